"""The live socket from Python, in threads and awaited: opening it, every word that is said, waiting, and how it ends."""

import base64
import inspect
import json
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from socket import create_server
from typing import Any, NamedTuple

import anyio
import anyio.lowlevel
import pytest

from atthene_emulator import AsyncEmulatorNamespace, EmulatorClient, EmulatorNamespace, EmulatorServer
from atthene_emulator.client import NeverCame, SocketEvent, SocketPause
from atthene_emulator.errors import EmulatorUnreachable, SetupError, SocketClosed, SocketError
from atthene_emulator.event_types import EVENT_TYPES
from atthene_emulator.web.socket.events import BY_TYPE
from tests.conftest import FLAT
from tests.protocol.test_certificate import pair_in
from tests.web.socket_frames import check_frame

SESSION, APPROVAL = "session_abc123", "session_approval"
PAGE = "https://shop.example.com"
SEED = {
    "clock": {"mode": "frozen", "now": "2025-01-15T10:30:00Z"},
    "agents": [
        {"id": "public", "owner": "user_123", "is_public": True, "origin_url": PAGE, "system_config": {**FLAT, "name": "P"}}
    ],
    "sessions": [{"id": "session_public", "owner": "user_123", "agent_key": "p"}],
}  # fmt: skip
TURN = [
    "ExecutionStarted",
    "RunStarted",
    "TextMessageStart",
    "TextMessageContent",
    "TextMessageContent",
    "TextMessageEnd",
    "RunFinished",
    "ExecutionFinished",
]


class Way(NamedTuple):
    """How a socket is used: in a thread, or awaited in an event loop."""

    is_awaited: bool
    loop: str


WAYS = [Way(False, "asyncio"), Way(True, "asyncio")]  # noqa: FBT003  # records
if find_spec("trio"):
    WAYS.append(Way(True, "trio"))  # noqa: FBT003


@pytest.fixture(params=WAYS, ids=lambda way: f"awaited-{way.loop}" if way.is_awaited else "blocking")
def way(request: pytest.FixtureRequest) -> Way:
    made: Way = request.param
    return made


@pytest.fixture
def anyio_backend(way: Way) -> str:
    return way.loop


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running, running.client:
        yield running


@pytest.fixture
def blocking(server: EmulatorServer) -> Iterator[EmulatorNamespace]:
    """A world whose sockets must have been sent what is promised."""
    with server.client.create_namespace(seed=["default", SEED]) as made:
        yield made
        for socket in made.sockets:
            for frame in socket._incoming.frames:  # noqa: SLF001  # all that came
                if isinstance(frame.body, dict):
                    check_frame(json.dumps(frame.body))


@pytest.fixture
def world(blocking: EmulatorNamespace, way: Way) -> Any:
    return AsyncEmulatorNamespace.of(blocking) if way.is_awaited else blocking


async def done(value: Any) -> Any:
    """What a method returns, awaited or not."""
    return await value if inspect.isawaitable(value) else value


@pytest.fixture
async def socket(world: Any) -> AsyncIterator[Any]:
    made = await done(world.socket(SESSION))
    yield made
    await done(made.close())


def execute(world: EmulatorNamespace, content: str = "Hi", session: str = SESSION) -> Any:
    """What the service answers to a message over REST."""
    url = f"{world.base_url}/runtime/{session}/execute/"
    return world.http.post(url, json={"content": content}, timeout=10).json()


def types(events: list[SocketEvent]) -> list[str]:
    return [one.type for one in events]


def text_of(events: list[SocketEvent]) -> str:
    return "".join(one.delta for one in events if one.type == "TextMessageContent")


def token(**claims: Any) -> str:
    """A token of an end user."""
    parts = (json.dumps(one).encode() for one in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts), "signature"])


async def until_said(socket: Any, what: str) -> None:
    """Return when a frame with these words has come, without reading it."""
    while what not in await done(socket.conversation()):
        await anyio.lowlevel.checkpoint()


pytestmark = pytest.mark.anyio


# A turn


async def test_a_message_is_sent_and_its_turn_is_read(world: Any, socket: Any) -> None:
    await done(world.script("It rains."))
    await done(socket.send("How is the weather?", correlation_id="c1"))
    events = await done(socket.until("ExecutionFinished"))
    result = await done(socket.result())
    assert types(events) == TURN
    assert text_of(events) == await done(socket.text()) == "It rains."
    assert {one.correlation_id for one in events} == {result.correlation_id} == {"c1"}
    assert (events[0].prev_message_id, events[0].message_id) == (None, "1736937000000-0")
    assert events[1].prev_message_id == events[0].message_id
    assert events[4].payload["delta"] == events[4].delta == " rains."
    assert (result.session_id, result.status, result.error) == (SESSION, "completed", None)
    assert result.messages[0]["content"] == "It rains."
    assert socket.events == tuple(events)


async def test_a_message_has_what_it_is_given(socket: Any, blocking: EmulatorNamespace) -> None:
    await done(socket.send([{"type": "text", "text": "Hi"}], inputs={"a": 1}, timezone="Europe/Berlin"))
    await done(socket.result())
    (entry,) = blocking.journal(operation="socket.user_message")
    assert entry.body == {
        "type": "user_message",
        "client_type": "api",
        "session_id": SESSION,
        "content": [{"type": "text", "text": "Hi"}],
        "inputs": {"a": 1},
        "timezone": "Europe/Berlin",
    }


async def test_the_next_event_of_a_type_passes_over_others(world: Any, socket: Any) -> None:
    await done(world.script("It rains."))
    await done(socket.send("Hi"))
    first = await done(socket.next_event())
    piece = await done(socket.next_event("TextMessageContent"))
    rest = await done(socket.until())
    assert (first.type, piece.delta) == ("ExecutionStarted", "It")
    assert types(rest) == TURN[4:]
    assert types(list(socket.events)) == TURN


async def test_events_are_looped_over_until_the_turn_ends(world: Any, socket: Any, way: Way) -> None:
    await done(world.script("It rains."))
    for _ in range(2):
        await done(socket.send("Hi"))
        seen = [one async for one in socket] if way.is_awaited else list(socket)
        assert types(seen) == TURN
    assert (await done(socket.result())).status == "completed"
    assert await done(socket.text()) == "It rains."


async def test_the_text_is_that_of_the_turn_that_is_waited_for(world: Any, socket: Any) -> None:
    await done(world.script(["One.", "Two."]))
    await done(socket.send("Hi"))
    await done(socket.until("ExecutionFinished"))
    assert [await done(socket.text()), await done(socket.text())] == ["One.", "One."]
    await done(socket.send("Hi"))
    assert await done(socket.text()) == "Two."


async def test_who_has_read_a_turn_to_its_end_has_its_result_without_waiting(world: Any, socket: Any, way: Way) -> None:
    await done(world.script(["One.", "It rains."]))
    await done(socket.send("Hi"))
    assert await done(socket.text()) == "One."
    assert (await done(socket.result(timeout=0))).messages[0]["content"] == "One."
    with pytest.raises(NeverCame, match=r"; the turn is over(\n|$)"):
        await done(socket.result(timeout=0.01))
    await done(socket.send("Hi"))
    assert types([one async for one in socket] if way.is_awaited else list(socket)) == TURN
    assert (await done(socket.result(timeout=0))).messages[0]["content"] == "It rains."


@pytest.mark.parametrize("read", ["loop", "text", "result"])
async def test_after_a_reconnect_a_turn_that_was_read_is_over(
    world: Any, socket: Any, blocking: EmulatorNamespace, way: Way, read: str
) -> None:
    await done(world.script(["It rains.", "It snows."]))
    await done(socket.send("Hi"))
    if read == "loop":
        assert types([one async for one in socket] if way.is_awaited else list(socket)) == TURN
    else:
        await done(getattr(socket, read)())
    await done(socket.drop())
    await done(socket.reconnect())
    execute(blocking)
    assert await done(socket.text()) == "It snows."
    assert (await done(socket.result(timeout=0))).messages[0]["content"] == "It snows."


async def test_a_message_passes_over_the_rest_of_a_turn_that_is_over(world: Any, socket: Any) -> None:
    await done(world.script(["One.", "Two.", "Three."]))
    for number, kind in enumerate(("ExecutionFinished", "TextMessageContent"), 1):
        await done(socket.send("Hi"))
        await done(socket.until(kind))
        await done(world.wait(number, operation="socket.execution_result"))
    await done(socket.send("Hi"))
    assert await done(socket.text()) == "Three."


async def test_a_message_passes_over_no_error(socket: Any) -> None:
    await done(socket.send("Hi"))
    await done(socket.next_event())
    await done(socket.send_frame("no JSON"))
    await done(socket.send("Hi"))
    with pytest.raises(SocketError, match=r"^invalid_message_format: "):
        await done(socket.result())


async def test_raw_frames_are_sent_and_read_as_they_are(world: Any, socket: Any) -> None:
    for frame, code in [
        ("no JSON", "invalid_message_format"),
        (b"bytes", "invalid_message_format"),
        ({"type": "connect"}, "missing_client_type"),
        ({"type": "conect", "client_type": "api"}, "unknown_message_type"),
    ]:
        await done(socket.send_frame(frame))
        answer = await done(socket.next_frame())
        assert (answer["type"], answer["error_code"]) == ("error", code)
    await done(world.script("It rains."))
    await done(socket.send_frame({"type": "user_message", "client_type": "mobile_frontend", "content": "Hi"}))
    assert await done(socket.text()) == "It rains."


async def test_a_frame_that_is_no_json_is_a_text_and_passed_over(world: Any, socket: Any) -> None:
    await done(world.fault("malformed", operation="socket.user_message", times=1))
    await done(socket.send("Hi"))
    broken = await done(socket.next_frame())
    assert broken.startswith('{"type":"event"')
    assert (await done(socket.next_event())).type == "RunStarted"


# Other people's turns


async def test_what_is_executed_over_rest_is_seen(blocking: EmulatorNamespace, socket: Any) -> None:
    blocking.script("It rains.")
    execute(blocking)
    assert types(await done(socket.until())) == TURN
    assert await done(socket.text()) == "It rains."


async def test_two_sockets_on_one_session_see_the_same(world: Any, socket: Any) -> None:
    other = await done(world.socket(SESSION))
    await done(socket.send("Hi"))
    there, here = await done(other.until()), await done(socket.until())
    assert there == here
    assert await done(other.text()) == await done(socket.text()) == "Hello! How can I help you today?"


async def test_a_session_that_was_left_is_not_seen_until_it_is_joined_again(
    blocking: EmulatorNamespace, socket: Any
) -> None:
    await done(socket.disconnect())
    execute(blocking)
    await done(socket.send("Hi"))
    assert (await done(socket.next_frame()))["error_code"] == "not_subscribed"
    await done(socket.reconnect())
    assert await done(socket.text())


async def test_only_events_that_are_wanted_come(world: Any) -> None:
    socket = await done(world.socket(SESSION, event_types=["TextMessageContent", "ExecutionFinished"]))
    await done(socket.send("Hi"))
    await done(socket.result())
    assert set(types(list(socket.events))) == {"TextMessageContent", "ExecutionFinished"}
    await done(socket.drop())
    await done(socket.reconnect("0-0"))
    await done(socket.result())
    assert set(types(list(socket.events))) == {"TextMessageContent", "ExecutionFinished"}


# Approvals


@pytest.fixture
async def asking(world: Any) -> AsyncIterator[Any]:
    await done(world.use_scenario("approval"))
    made = await done(world.socket(APPROVAL))
    yield made
    await done(made.close())


async def test_a_pause_says_what_is_asked(asking: Any) -> None:
    assert asking.pause is None
    await done(asking.send("Write to Ada."))
    asked = (await done(asking.until("HitlRequired")))[-1]
    mail = {"to": "ada@example.com", "subject": "Our meeting", "body": "Dear Ada, shall we meet at three?"}
    assert asking.pause == SocketPause(
        kind="approval",
        tool_call_id=asked.payload["payload"]["tool_call_id"],
        tool_name="mail_send_email",
        display_name="Mail: Send Email",
        agent_name="main",
        display_text="Send this email?",
        tool_args=mail,
        args_schema={name: {"type": "string"} for name in mail},
    )


async def test_an_approval_lets_the_turn_go_on(asking: Any) -> None:
    await done(asking.send("Write to Ada."))
    await done(asking.approve())
    events = await done(asking.until())
    resolved = next(one for one in events if one.type == "HitlResolved")
    assert resolved.payload["outcome"] == "accepted"
    assert await done(asking.text()) == "The e-mail is on its way."
    assert asking.pause is None


async def test_an_approval_may_have_edited_arguments_and_a_scope(asking: Any) -> None:
    await done(asking.send("Write to Ada."))
    await done(asking.until("HitlRequired"))
    await done(asking.approve({**asking.pause.tool_args, "to": "bob@example.com"}, scope="session"))
    called = await done(asking.next_event("ToolCallArgs"))
    assert json.loads(called.delta)["to"] == "bob@example.com"
    await done(asking.result())
    await done(asking.send("Once more."))
    events = await done(asking.until())
    assert "HitlRequired" not in types(events)


async def test_a_decline_says_why(world: Any) -> None:
    await done(world.use_scenario("approval-declined"))
    socket = await done(world.socket("session_approval_declined"))
    await done(socket.send("Write to all."))
    await done(socket.decline("Too many."))
    assert await done(socket.text()) == "I have not sent it. You said: Too many."


async def test_a_question_is_answered(world: Any) -> None:
    asked = {"kind": "ask_user_question", "question": "Which one?", "options": ["red", "blue"]}
    await done(world.use_scenario("approval"))
    await done(
        world.script(
            {
                "tool_calls": [{"name": "mail_send_email", "arguments": {}, "hitl": asked}],
                "reply": "{{ hitl.answer }} it is.",
            }
        )
    )
    socket = await done(world.socket(APPROVAL))
    for answer, said in [({"selected_option": "blue"}, "blue it is."), ({"text": "Green!"}, "Green! it is.")]:
        await done(socket.send("Hi"))
        await done(socket.until("HitlRequired"))
        assert (socket.pause.question, socket.pause.options) == ("Which one?", ["red", "blue"])
        await done(socket.answer(**answer))
        assert await done(socket.text()) == said


async def test_several_calls_are_approved_one_by_one(world: Any, asking: Any) -> None:
    call = {"name": "mail_send_email", "arguments": {"to": "a"}}
    await done(world.script({"tool_calls": [call, call], "reply": "Both sent."}))
    await done(asking.send("Write twice."))
    await done(asking.approve())
    await done(asking.approve())
    events = await done(asking.until())
    assert types(events).count("HitlResolved") == 2
    assert await done(asking.text()) == "Both sent."


async def test_a_refused_answer_leaves_the_question_open(asking: Any) -> None:
    await done(asking.send("Write to Ada."))
    await done(asking.answer(text="Blue."))
    with pytest.raises(SocketError) as failed:
        await done(asking.result())
    assert failed.value.error_code == "hitl_response_failed"
    await done(asking.approve())
    assert (await done(asking.result())).status == "completed"


async def test_another_socket_may_answer(world: Any, asking: Any) -> None:
    other = await done(world.socket(APPROVAL))
    await done(asking.send("Write to Ada."))
    await done(other.decline())
    assert await done(asking.text()) == "All right, I have not sent it."


async def test_approving_when_nobody_is_asked_fails(socket: Any) -> None:
    await done(socket.send("Hi"))
    await done(socket.result())
    for decide in (socket.approve, socket.decline, socket.answer):
        with pytest.raises(
            NeverCame, match=r"^HitlRequired has not come within 0.01 s; nothing came after .*ExecutionFin"
        ):
            await done(decide(timeout=0.01))


async def test_approving_what_has_failed_says_so(socket: Any) -> None:
    await done(socket.send(" "))
    with pytest.raises(SocketError, match=r"^empty_content: "):
        await done(socket.approve())


# Cancelling, and connections that break


async def test_a_turn_is_cancelled(world: Any, socket: Any) -> None:
    await done(world.use_scenario("cancelled"))
    await done(socket.send("Hi"))
    for _ in range(8):
        await done(socket.next_event("TextMessageContent"))
    await done(socket.cancel())
    assert types(await done(socket.until("ExecutionCancelled")))[0] == "TextMessageEnd"
    result = await done(socket.result())
    assert (result.status, result.error) == ("error", "Execution cancelled")
    await done(socket.cancel())
    with pytest.raises(SocketError, match=r"^execution_cancel_failed: No active execution found to cancel$"):
        await done(socket.next_event())


async def test_after_a_drop_no_piece_is_lost_or_doubled(world: Any, socket: Any) -> None:
    await done(world.use_scenario("slow-stream"))
    await done(socket.send("Who was it?"))
    for _ in range(3):
        await done(socket.next_event("TextMessageContent"))
    await done(socket.drop())
    await done(world.gate("slow-stream").open())
    await done(socket.reconnect())
    result = await done(socket.result())
    ids = [one.message_id for one in socket.events]
    assert [one.prev_message_id for one in socket.events] == [None, *ids[:-1]]
    assert await done(socket.text()) == result.messages[0]["content"] == text_of(socket.events)


async def test_after_a_lost_connection_the_rest_is_heard(world: Any, socket: Any) -> None:
    await done(world.use_scenario("lost-connection"))
    await done(socket.send("Hi"))
    with pytest.raises(SocketClosed) as lost:
        await done(socket.until())
    assert lost.value.code == 1006
    assert len(socket.events) == 6
    await done(socket.reconnect())
    assert types(await done(socket.until()))[:6] == types(list(socket.events))[:6]
    assert await done(socket.text()) == (
        "First there was a click, then a long silence, and then everything that had been missing came at once."
    )


async def test_a_reconnect_brings_nothing_that_has_come(world: Any, socket: Any) -> None:
    await done(world.script(["One.", "Two."]))
    await done(socket.send("Hi"))
    assert await done(socket.text()) == "One."
    for _ in range(2):
        await done(socket.reconnect())
    await done(socket.send("Hi"))
    assert types(await done(socket.until())) == TURN[:4] + TURN[5:]
    assert await done(socket.text()) == "Two."


async def test_a_reconnect_may_go_back_further(socket: Any) -> None:
    await done(socket.send("Hi"))
    await done(socket.result())
    before = socket.events
    await done(socket.reconnect(before[1].message_id))
    assert await done(socket.until()) == list(before[2:])


async def test_without_any_event_a_reconnect_brings_all_that_is_kept(world: Any, socket: Any) -> None:
    other = await done(world.socket(SESSION))
    await done(other.drop())
    await done(socket.send("Hi"))
    text = await done(socket.text())
    await done(other.reconnect())
    assert await done(other.text()) == text


async def test_a_pause_is_answered_after_a_drop(asking: Any) -> None:
    await done(asking.send("Write to Ada."))
    await done(asking.until("HitlRequired"))
    await done(asking.drop())
    await done(asking.reconnect())
    await done(asking.approve())
    assert await done(asking.text()) == "The e-mail is on its way."


# Waiting in vain


async def test_a_timeout_says_what_came_instead(world: Any, socket: Any, way: Way) -> None:
    await done(world.script("It rains."))
    await done(socket.send("Hi"))
    await until_said(socket, "execution_result")
    with pytest.raises(NeverCame) as failed:
        await done(socket.next_event("ToolCallStart", timeout=0.01))
    said, _, blocked = str(failed.value).partition("\n")
    assert said == (
        "ToolCallStart has not come within 0.01 s; this came instead: ExecutionStarted, RunStarted, TextMessageStart, "
        "TextMessageContent (2 times), TextMessageEnd, RunFinished, ExecutionFinished, execution_result (completed); "
        "the turn is over"
    )
    assert blocked.startswith("next_event() has blocked the event loop") != way.is_awaited
    assert isinstance(failed.value, AssertionError | TimeoutError)


async def test_what_was_passed_over_in_vain_stays_to_be_read(world: Any, socket: Any) -> None:
    await done(world.script("It rains."))
    await done(socket.send("Hi"))
    with pytest.raises(NeverCame):
        await done(socket.until("ToolCallStart", timeout=0.05))
    assert types(await done(socket.until())) == TURN


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("TextMesageContent", "There is no event TextMesageContent; did you mean TextMessageContent?"),
        ("executionfinished", "There is no event executionfinished; did you mean ExecutionFinished?"),
        ("execution_result", "execution_result is no event but the end of a turn; result() waits for it."),
    ],
)
async def test_a_type_that_is_misspelt_is_told_at_once(socket: Any, kind: str, said: str) -> None:
    for call in (socket.next_event, socket.until):
        with pytest.raises(SetupError) as failed:
            await done(call(kind, timeout=60))
        assert str(failed.value) == said


async def test_a_type_that_nobody_knows_may_still_come(socket: Any) -> None:
    with pytest.raises(NeverCame, match=r"^Applause has not come within 0 s; "):
        await done(socket.next_event("Applause", timeout=0))


async def test_a_timeout_says_that_nothing_came(socket: Any) -> None:
    for call in (socket.next_frame, socket.next_event):
        with pytest.raises(NeverCame, match=r"^An? (frame|event) has not come within 0 s; nothing came(\n|$)"):
            await done(call(timeout=0))
    with pytest.raises(NeverCame, match=r"^ExecutionFinished has not come within 0.01 s; nothing came"):
        await done(socket.until(timeout=0.01))
    for call in (socket.result, socket.text):
        with pytest.raises(NeverCame, match=r"^execution_result has not come within 0.01 s; nothing came"):
            await done(call(timeout=0.01))


async def test_a_timeout_tells_of_the_newest_frames_alone(socket: Any) -> None:
    for number in range(12):
        await done(socket.send_frame({"type": f"kind_{number}", "client_type": "api"}))
    await until_said(socket, "kind_11'")
    frames = [await done(socket.next_frame()) for _ in range(12)]
    assert "kind_11" in frames[-1]["message"]
    with pytest.raises(NeverCame) as failed:
        await done(socket.next_frame(timeout=0))
    assert str(failed.value).count("error unknown_message_type: There is no frame 'kind_") == 3


async def test_a_timeout_says_that_a_person_is_asked(asking: Any) -> None:
    await done(asking.send("Write to Ada."))
    await done(asking.until("HitlRequired"))
    hint = "; a person is asked about mail_send_email: approve(), decline() or answer() goes on"
    with pytest.raises(NeverCame) as failed:
        await done(asking.result(timeout=0.01))
    assert str(failed.value).partition("\n")[0] == (
        f"execution_result has not come within 0.01 s; nothing came after ExecutionStarted, RunStarted, HitlRequired{hint}"
    )


async def test_the_time_to_wait_is_chosen_for_a_socket(world: Any) -> None:
    socket = await done(world.socket(SESSION, timeout=0.3))  # it has to open in that, too
    with pytest.raises(NeverCame, match=r"within 0.3 s"):
        await done(socket.next_frame())


# Errors, and ends


async def test_an_error_frame_is_raised_and_the_socket_lives_on(socket: Any) -> None:
    await done(socket.send(""))
    with pytest.raises(SocketError) as failed:
        await done(socket.until())
    assert (failed.value.error_code, failed.value.message) == ("empty_content", "content has neither text nor media")
    assert str(failed.value) == "empty_content: content has neither text nor media"
    await done(socket.send("Hi"))
    assert (await done(socket.result())).status == "completed"


async def test_a_session_that_there_is_not_is_an_error(world: Any) -> None:
    socket = await done(world.socket("nobody"))
    with pytest.raises(SocketError, match=r"^invalid_session: Session nobody not found or access denied$"):
        await done(socket.next_event())


async def test_a_socket_that_the_server_closes_says_why(world: Any, socket: Any) -> None:
    await done(world.fault("close", close=4001, operation="socket.user_message"))
    await done(socket.send("Hi"))
    with pytest.raises(SocketClosed) as closed:
        await done(socket.until())
    assert (closed.value.code, closed.value.reason) == (4001, "An injected close")
    assert str(closed.value) == (
        "The socket was closed with 4001: An injected close\nExecutionFinished was waited for; nothing came"
    )
    with pytest.raises(SocketClosed, match=r"^The socket was closed with 4001: An injected close$"):
        await done(socket.send("Hi"))
    assert repr(socket).endswith(f"Socket({SESSION!r}, closed with 4001)")


async def test_what_came_before_the_end_is_read(world: Any, socket: Any) -> None:
    await done(world.fault("close", close=4001, after_events=3, operation="socket.user_message"))
    await done(socket.send("Hi"))
    with pytest.raises(SocketClosed, match=r"this came instead: ExecutionStarted, RunStarted, TextMessageStart$"):
        await done(socket.until())
    assert types(await done(socket.until("TextMessageStart"))) == TURN[:3]


async def test_a_socket_that_is_closed_here_is_closed_for_good(socket: Any) -> None:
    await done(socket.send("Hi"))
    await until_said(socket, "execution_result")
    await done(socket.close())
    await done(socket.close())
    assert types(await done(socket.until()))[-1] == "ExecutionFinished"
    await done(socket.result())
    with pytest.raises(SocketClosed) as closed:
        await done(socket.next_frame())
    assert closed.value.code == 1000


async def test_a_context_closes_its_socket(world: Any, way: Way) -> None:
    if way.is_awaited:
        async with world.socket(SESSION) as socket:
            assert repr(socket) == f"AsyncSocket({SESSION!r}, open)"
    else:
        with world.socket(SESSION) as socket:
            assert repr(socket) == f"Socket({SESSION!r}, open)"
    assert repr(socket).endswith("closed with 1000)")


@pytest.fixture
def leave(world: Any, way: Way) -> Callable[..., Any]:
    """Use a socket in a context, and leave that."""

    async def used(use: Callable[[Any], Any], session: str = SESSION) -> None:
        if way.is_awaited:
            async with world.socket(session) as socket:
                await done(use(socket))
        else:
            with world.socket(session) as socket:
                use(socket)

    return used


async def test_the_end_of_a_context_raises_an_error_that_nobody_has_read(leave: Callable[..., Any]) -> None:
    with pytest.raises(SocketError, match=r"^invalid_session: Session nope not found or access denied") as failed:
        await leave(lambda socket: socket.send("x"), "nope")
    assert failed.value.__notes__ == ["Nobody has read this error frame while the socket was open."]
    with pytest.raises(SocketError, match=r"^empty_content: "):
        await leave(lambda socket: socket.send(""))
    with pytest.raises(SocketError, match=r"^invalid_session: "):
        await leave(repr, "nope")


async def test_the_end_of_a_context_says_nothing_of_an_error_that_was_read(world: Any, way: Way) -> None:
    if way.is_awaited:
        async with world.socket(SESSION) as socket:
            await socket.send("")
            assert (await socket.next_frame())["error_code"] == "empty_content"
    else:
        with world.socket(SESSION) as socket:
            socket.send("")
            assert socket.next_frame()["error_code"] == "empty_content"


async def test_the_end_of_a_context_leaves_the_exception_that_ends_it(leave: Callable[..., Any]) -> None:
    with pytest.raises(NeverCame, match=r"^ExecutionFinished"):
        await leave(lambda socket: socket.until(timeout=0))


async def test_a_world_closes_its_sockets(server: EmulatorServer, way: Way) -> None:
    with server.client.create_namespace() as blocking:
        world: Any = AsyncEmulatorNamespace.of(blocking) if way.is_awaited else blocking
        socket = await done(world.socket(SESSION))
    with pytest.raises(SocketClosed):
        await done(socket.next_frame())
    assert "open" not in repr(socket)


# Opening


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"key": "wrong"}, 4003),
        ({"key": "expired-key"}, 4003),
        ({"origin": "https://evil.example"}, 4003),
        ({"agent_key": "nobody", "origin": PAGE}, 4000),
        ({"agent_key": "p", "origin": "https://evil.example"}, 4003),
        ({"user_token": "nothing"}, 4000),
        ({"user_token": token(sub="ada", exp=1)}, 4001),
        ({"fault": "close=4007"}, 4007),
        ({"fault": "drop"}, 1006),
    ],
    ids=str,
)
async def test_who_is_not_let_in_is_told_at_once(world: Any, options: dict[str, str], code: int) -> None:
    with pytest.raises(SocketClosed) as closed:
        await done(world.socket(SESSION, **options))
    assert closed.value.code == code


async def test_another_key_and_a_page_of_this_machine_are_let_in(world: Any, blocking: EmulatorNamespace) -> None:
    socket = await done(world.socket(SESSION, key="test-key", origin="http://localhost:5173"))
    await done(socket.send("Hi"))
    assert (await done(socket.result())).status == "completed"
    (entry,) = blocking.journal(operation="socket.open")
    assert entry.headers["origin"] == "http://localhost:5173"


async def test_a_page_comes_by_the_key_of_a_public_agent(world: Any) -> None:
    socket = await done(world.socket("session_public", agent_key="p", origin=PAGE))
    await done(socket.send("Hi"))
    assert (await done(socket.result())).status == "completed"
    other = await done(world.socket(SESSION, agent_key="p", origin=PAGE))
    with pytest.raises(SocketError, match=r"^invalid_session: "):
        await done(other.next_event())


async def test_an_end_users_token_is_sent_with_each_message(world: Any) -> None:
    user = token(sub="ada", exp=4_000_000_000)
    socket = await done(world.socket(SESSION, user_token=user))
    await done(socket.send("Hi"))
    assert (await done(socket.result())).status == "completed"
    await done(socket.send("Hi", ext_token=token(sub="bob", exp=4_000_000_000)))
    with pytest.raises(SocketError, match=r"^user_message_failed: "):
        await done(socket.next_event())
    await done(socket.send_frame({"type": "user_message", "client_type": "api", "content": "Hi"}))
    with pytest.raises(SocketError, match=r"^missing_ext_token: "):
        await done(socket.next_event())
    assert user not in await done(socket.conversation())


async def test_the_fault_of_an_upgrade_strikes_once(world: Any) -> None:
    with pytest.raises(SocketClosed, match="4007"):
        await done(world.socket(SESSION, fault="close=4007"))
    socket = await done(world.socket(SESSION, fault="delay=1"))
    await done(socket.drop())
    await done(socket.reconnect())
    await done(socket.send("Hi"))
    assert (await done(socket.result())).status == "completed"


async def test_what_no_header_can_carry_is_said(world: Any) -> None:
    with pytest.raises(SetupError, match=r"^Origin of the socket has characters that no header can carry"):
        await done(world.socket(SESSION, origin="a\nb"))


async def test_a_namespace_that_is_gone_is_a_closed_socket(world: Any) -> None:
    await done(world.delete())
    with pytest.raises(SocketClosed) as closed:
        await done(world.socket(SESSION))
    assert (closed.value.code, closed.value.reason[:21]) == (1008, "There is no namespace")


# In threads and loops


async def test_who_waits_while_another_task_cancels_is_told(world: Any, socket: Any, way: Way) -> None:
    await done(world.use_scenario("cancelled"))
    await done(socket.send("Hi"))
    await done(socket.next_event("TextMessageContent"))
    if not way.is_awaited:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(socket.result)
            socket.cancel()
            assert waiting.result(5).error == "Execution cancelled"
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(socket.cancel)
        assert (await socket.result()).error == "Execution cancelled"


@pytest.mark.parametrize("way", WAYS[1:], ids=lambda way: way.loop, indirect=True)
async def test_a_call_that_is_given_up_reads_nothing_and_leaves_the_socket_open(world: Any, socket: Any) -> None:
    await world.script("It rains.", gate="slow")
    await socket.send("Hi")
    await socket.next_event("RunStarted")
    with anyio.move_on_after(0.02) as scope:
        await socket.until(timeout=60)
    assert scope.cancelled_caught
    await world.gate("slow").open()
    assert types(await socket.until()) == TURN[2:]


async def test_a_world_has_the_url_of_its_socket(server: EmulatorServer, world: Any) -> None:
    assert world.socket_url == f"ws://{server.url.removeprefix('http://')}/ws/amas/"


# What is not parametrised


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://localhost:8484/api/v1", "wss://localhost:8484/ws/amas/"),
        ("localhost:8484", "ws://localhost:8484/ws/amas/"),
    ],
)
def test_the_url_of_the_socket_is_as_encrypted_as_that_of_the_emulator(url: str, shown: str) -> None:
    assert EmulatorClient(url).socket_url == shown


def test_the_types_that_a_client_knows_are_those_that_the_server_sends() -> None:
    assert set(EVENT_TYPES) == set(BY_TYPE)


def test_the_default_namespace_has_a_key_of_its_own(server: EmulatorServer) -> None:
    with server.client.socket(SESSION) as socket:
        socket.send("Hi")
        assert socket.text() == "Hello! How can I help you today?"


def test_a_namespace_without_a_key_wants_one(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("accounts: [{id: a, api_keys: [{key: k, permissions: []}]}]\n")
    with (
        EmulatorServer(seeds=(str(seed),)) as other,
        pytest.raises(SetupError, match=r"^The namespace default has no key that may do everything; name one by key="),
    ):
        other.client.socket(SESSION)


def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(EmulatorUnreachable, match=r"^No emulator answers at "):
        EmulatorNamespace("http://127.0.0.1:9", "x", "k").socket(SESSION)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nNope.", "is no emulator: it says 404 Nope."),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "^No emulator answers at "),
        (b"", "^No emulator answers at "),
    ],
    ids=["HTTP", "SSH", "nothing"],
)
def test_something_else_there_is_no_emulator(answer: bytes, said: str) -> None:
    with create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:

        def serve() -> None:
            with listening.accept()[0] as connection:
                connection.recv(10_000)
                connection.sendall(answer)

        served = pool.submit(serve)
        with pytest.raises(EmulatorUnreachable, match=said):
            EmulatorNamespace(f"http://127.0.0.1:{listening.getsockname()[1]}", "x", "k").socket(SESSION, timeout=2)
        served.result(5)


def test_somebody_who_says_nothing_is_too_slow() -> None:
    with (
        create_server(("127.0.0.1", 0)) as listening,
        pytest.raises(EmulatorUnreachable, match=r"answer within 0.05 s"),
    ):
        EmulatorNamespace(f"http://127.0.0.1:{listening.getsockname()[1]}", "x", "k").socket(SESSION, timeout=0.05)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_an_encrypted_emulator_has_encrypted_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = pair_in(tmp_path / "pair")
    monkeypatch.setenv("SSL_CERT_FILE", pair.certificate)
    with (
        EmulatorServer(certificate=pair.certificate, certificate_key=pair.key) as server,
        server.client as client,
        client.create_namespace() as world,
        world.socket(SESSION) as socket,
    ):
        world.use_scenario("cancelled")
        socket.send("Hi")
        with pytest.raises(NeverCame):
            socket.result(timeout=0.1)
        socket.cancel()
        assert socket.result().error == "Execution cancelled"
        socket.drop()
        socket.reconnect()
        world.use_scenario("happy-path")
        socket.send("Hi")
        assert socket.result().status == "completed"


def test_keys_are_not_logged(blocking: EmulatorNamespace, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), blocking.socket(SESSION) as socket:
        socket.send("Hi")
        socket.result()
    assert blocking.api_key not in caplog.text


def test_a_conversation_has_both_sides_without_secrets(blocking: EmulatorNamespace) -> None:
    socket = blocking.socket(SESSION)
    blocking.script("It rains.")
    socket.send("Hi", correlation_id="c1", ext_token="a.b.c")
    socket.result()
    lines = socket.conversation().splitlines()
    assert lines[0] == f"Socket({SESSION!r}, open)"
    assert lines[1] == f'    > {{"type": "connect", "client_type": "api", "session_id": "{SESSION}"}}'
    assert '"ext_token": "[redacted]"' in lines[2]
    assert lines[3].startswith('    < {"type": "ExecutionStarted", "execution_id": "exec_')
    assert lines[-1].startswith('    < {"type":"execution_result"')


def test_a_message_larger_than_a_socket_takes_closes_it(blocking: EmulatorNamespace) -> None:
    socket = blocking.socket(SESSION)
    socket.send("a" * 2_000_000)
    with pytest.raises(SocketClosed) as closed:
        socket.result()
    assert closed.value.code == 1009


def test_a_server_that_stops_closes_sockets() -> None:
    with EmulatorServer() as server:
        socket = server.client.socket(SESSION)
    with pytest.raises(SocketClosed) as closed:
        socket.next_frame()
    assert closed.value.code == 1001
    with pytest.raises(EmulatorUnreachable):
        socket.reconnect()


def test_a_fault_that_there_is_not_is_told_in_the_emulators_words(blocking: EmulatorNamespace) -> None:
    with pytest.raises(SocketClosed, match="'no such fault' is not a fault: ") as closed:
        blocking.socket(SESSION, fault="no such fault")
    assert closed.value.code == 1008


def test_a_turn_that_ends_as_the_one_before_it_has_an_end_after_a_lost_connection(blocking: EmulatorNamespace) -> None:
    blocking.script("Hm.")
    with blocking.socket(SESSION) as socket:
        for _ in range(2):
            socket.send("Hi")
            assert socket.text() == "Hm."
            socket.drop()
            socket.reconnect()
