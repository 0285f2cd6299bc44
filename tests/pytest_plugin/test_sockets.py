"""The live socket in the tests of a project that is not ours: closed when a test has ended, and told of when it fails."""

import pytest

from tests.pytest_plugin.conftest import WORKERS, Run

FAILING = """
def test_answer(atthene):
    atthene.script("It rains.")
    socket = atthene.socket("session_abc123")
    socket.send("How is the weather?", ext_token="a.b.c")
    assert socket.text() == "It snows."
"""


def test_a_socket_that_a_test_left_open_is_closed(run: Run) -> None:
    result = run("""
import pytest

@pytest.fixture(scope="session")
def kept():
    return []

def test_one(atthene, kept):
    kept.append(atthene.socket("session_abc123"))
    kept[0].send("Hi")
    assert kept[0].text() == "Hello! How can I help you today?"
    assert repr(kept[0]) == "Socket('session_abc123', open)"

def test_other(kept):
    assert "closed with" in repr(kept[0])
""")
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("options", [(), WORKERS], ids=["alone", "workers"])
def test_a_failed_test_shows_what_was_said(run: Run, options: tuple[str, ...]) -> None:
    result = run(FAILING, *options)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- atthene journal of ns-* -*",
            "*- atthene sockets of ns-* -*",
            "Socket('session_abc123', open)",
            '    > {"type": "connect", *',
            '    > {"type": "user_message", *"content": "How is the weather?", "ext_token": "[[]redacted]"}',
            '    < {"type": "ExecutionStarted", *',
            '    < {"type": "TextMessageContent", *"delta": " rains.", *',
            '    < {"type":"execution_result",*"status":"completed",*',
        ]
    )


def test_what_was_not_read_is_shown_too(run: Run) -> None:
    result = run("""
def test_answer(atthene):
    socket = atthene.socket("session_abc123")
    socket.send("Hi")
    atthene.wait(operation="socket.execution_result")
    assert False
""")
    result.stdout.fnmatch_lines(['    < {"type":"execution_result",*'])


def test_an_error_that_nobody_has_read_fails_the_test_and_is_shown(run: Run) -> None:
    result = run("""
def test_answer(atthene):
    with atthene.socket("nope") as socket:
        socket.send("x")
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *.SocketError: invalid_session: Session nope not found or access denied",
            "test_*.py:*: SocketError",
            "Socket('nope', closed with 1000)",
            '    > {"type": "user_message", *',
            '    < {"type":"error",*"error_code":"invalid_session"}',
        ]
    )


def test_only_the_newest_sockets_are_shown(run: Run) -> None:
    result = run("""
def test_many(atthene):
    for _ in range(7):
        atthene.socket("session_abc123").close()
    assert False
""")
    result.stdout.fnmatch_lines(["*- atthene sockets of ns-* -*", "2 earlier sockets", "Socket(*closed with 1000)"])
    assert result.stdout.str().count("Socket('session_abc123', closed with 1000)") == 5


def test_without_sockets_nothing_is_said_of_them(run: Run) -> None:
    result = run("def test_none(atthene):\n    assert False\n")
    result.stdout.fnmatch_lines(["*- atthene journal of ns-* -*"])
    result.stdout.no_fnmatch_line("*- atthene sockets of *")


def test_a_timeout_points_at_the_tests_own_line(run: Run) -> None:
    result = run("""
def test_answer(atthene):
    with atthene.socket("session_abc123") as socket:
        socket.until("ToolCallStart", timeout=0.01)
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *.NeverCame: ToolCallStart has not come within 0.01 s; nothing came", "test_*.py:*: NeverCame"]
    )


def test_a_socket_is_awaited_in_a_test_with_a_loop(run: Run) -> None:
    result = run("""
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
async def test_answer(atthene_async):
    await atthene_async.script("It rains.")
    async with atthene_async.socket("session_abc123") as socket:
        await socket.send("How is the weather?")
        assert [event.delta async for event in socket if event.type == "TextMessageContent"] == ["It", " rains."]
        assert await socket.text() == "It rains."
""")
    result.assert_outcomes(passed=1)
