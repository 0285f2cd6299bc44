"""The pytest plugin in a project that is not ours: a world for each test, and failures that say why."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from atthene_emulator.server import EmulatorServer
from tests.foreign import run as run_foreign

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]

EXECUTE = """
def execute(atthene, content="How is the weather?", **headers):
    url = f"{atthene.base_url}/runtime/session_abc123/execute/"
    return atthene.http.post(url, json={"content": content}, headers=headers, timeout=10)
"""
ECHO = "POST /api/v1/runtime/session_abc123/execute/ → 200 default_answer · default"


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Run tests in a project of their own in which warnings are errors."""
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\nfilterwarnings = error")

    def run_tests(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(EXECUTE + source)
        return pytester.runpytest_inprocess("-ra", *options)

    return run_tests


def test_a_test_has_a_world_of_its_own(run: Run) -> None:
    result = run("""
def test_one(atthene):
    atthene.script("It rains.")
    assert execute(atthene).json()["messages"][0]["content"] == "It rains."
    atthene.assert_executed(content="How is the weather?", times=1)
    atthene.assert_path("main")
    atthene.assert_no_default_answers()

def test_another(atthene, atthene_server):
    assert atthene.journal() == ()
    assert [one.name for one in atthene_server.namespaces()] == ["default", atthene.namespace]
    assert atthene.http.headers["x-api-key"] == atthene.api_key
    assert atthene.base_url == atthene_server.base_url

def test_none(atthene_server):
    assert [one.name for one in atthene_server.namespaces()] == ["default"]
""")
    result.assert_outcomes(passed=3)


def test_a_failed_test_shows_its_journal(run: Run) -> None:
    result = run("""
def test_answer(atthene):
    assert execute(atthene).json()["messages"][0]["content"] == "It rains."
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*- atthene journal of ns-* -*", ECHO, '    > {"content": "How is the weather?"}', "    < {*"]
    )


def test_a_test_whose_setup_fails_shows_its_journal(run: Run) -> None:
    result = run("""
import pytest

@pytest.fixture
def asked(atthene):
    execute(atthene)
    raise ValueError("broken")

def test_answer(asked):
    pass
""")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*- atthene journal of ns-* -*", ECHO])


def test_a_long_journal_is_cut_and_an_empty_one_said(run: Run) -> None:
    result = run("""
def test_many(atthene):
    for _ in range(23):
        atthene.http.get(atthene.base_url + "/sessions/", timeout=10)
    assert False

def test_none(atthene):
    assert False
""")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*journal of*", "3 earlier requests", "GET /api/v1/sessions/ → 200 ok"])
    result.stdout.fnmatch_lines(["*journal of*", "no request came"])
    assert result.stdout.str().count("GET /api/v1/sessions/") == 20


def test_a_passed_test_shows_nothing(run: Run) -> None:
    result = run("def test_answer(atthene):\n    execute(atthene)\n")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*journal*")


UNEXPECTED = """
def test_it(atthene):
    assert execute(atthene, **{"X-Emulator-Strict": "1"}).status_code == 501
"""


def test_an_unexpected_server_error_fails_the_test_that_caused_it(run: Run) -> None:
    result = run(UNEXPECTED + "\ndef test_other(atthene):\n    execute(atthene)\n")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        [
            "* test_it *",
            "The emulator answered req_000001 (POST /api/v1/runtime/session_abc123/execute/) with 501: No script answers *",
            "*- atthene journal of ns-* -*",
        ]
    )


def test_an_expected_server_error_does_not(run: Run) -> None:
    result = run("import pytest\n@pytest.mark.atthene(server_errors=True)" + UNEXPECTED)
    result.assert_outcomes(passed=1)


def test_an_injected_server_error_does_not(run: Run) -> None:
    result = run("""
def test_retry(atthene):
    atthene.fault(503, times=1)
    assert [execute(atthene).status_code for _ in range(2)] == [503, 200]
""")
    result.assert_outcomes(passed=1)


def test_a_test_that_fails_by_a_server_error_may_be_expected_to(run: Run) -> None:
    result = run("import pytest\n@pytest.mark.xfail(strict=True)" + UNEXPECTED)
    result.assert_outcomes(xfailed=1)


def test_a_test_may_delete_its_world(run: Run) -> None:
    result = run(
        "def test_it(atthene):\n    atthene.delete()\n"
        "def test_failing(atthene):\n    atthene.delete()\n    assert False\n"
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*- atthene journal of ns-* -*", "There is no namespace 'ns-*"])


LOOSE = """
def test_default(atthene):
    execute(atthene)

def test_unused(atthene):
    atthene.script("It snows.", name="snow", content="snow?")
    atthene.fault(429, id="limit", operation="agents.list")
    atthene.script("It rains.")
    execute(atthene)

def test_neat(atthene):
    atthene.script("It rains.")
    execute(atthene)
"""


def test_loose_ends_are_no_failures_by_default(run: Run) -> None:
    run(LOOSE).assert_outcomes(passed=3)


def test_loose_ends_are_failures_when_strict(run: Run) -> None:
    result = run(LOOSE, "--atthene-strict")
    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines(
        [
            "No script answered 'How is the weather?'; add one, such as atthene.script('…', content=*",
            'The script snow has answered nothing: {"name": "snow", *',
            'The fault limit has struck nothing: {"status": 429, *',
        ]
    )


@pytest.mark.parametrize(("strict", "option", "failed"), [(True, [], 1), (False, ["--atthene-strict"], 0)])
def test_a_test_may_be_strict_or_not_by_itself(run: Run, strict: bool, option: list[str], failed: int) -> None:  # noqa: FBT001
    result = run(
        f"import pytest\n@pytest.mark.atthene(strict={strict})\ndef test_default(atthene):\n    execute(atthene)\n",
        *option,
    )
    result.assert_outcomes(failed=failed, passed=1 - failed)


@pytest.mark.parametrize("arguments", ["'strict'", "strickt=True"])
def test_a_marker_that_says_something_else_is_refused(run: Run, arguments: str) -> None:
    result = run(f"import pytest\n@pytest.mark.atthene({arguments})\ndef test_it(atthene):\n    pass\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["The marker is atthene(strict=…, server_errors=False)*"])


# Which emulator


def test_settings_are_overridden_by_the_project(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makefile(".yaml", seed="accounts: [{id: user_1}]\nclock: {mode: frozen, now: 2025-01-15T10:30:00Z}\n")
    pytester.makeconftest("""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {"seeds": ("seed.yaml",), "contract": "reference", "control_token": "open sesame"}
""")
    run("""
def test_seed(atthene, atthene_server):
    assert atthene.clock().now == "2025-01-15T10:30:00Z"
    assert atthene_server.health().contract == "reference"
""").assert_outcomes(passed=1)


def test_options_win_over_settings(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makeconftest("""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings(atthene_emulator_settings):
    return {**atthene_emulator_settings, "seeds": ("default",), "contract": "reference"}
""")
    options = ("--atthene-seed=empty", "--atthene-contract=connecting", "--atthene-control-token=open sesame")
    run(
        """
def test_seed(atthene, atthene_server):
    assert atthene.state()["counts"]["agents"] == 0
    assert atthene_server.health().contract == "connecting"
""",
        *options,
    ).assert_outcomes(passed=1)


def test_seeds_add_up(run: Run) -> None:
    source = "def test_seed(atthene):\n    assert atthene.state()['counts']['agents'] == 2\n"
    run(source, "--atthene-seed=default").assert_outcomes(passed=1)
    run(source, "--atthene-seed=default", "--atthene-seed=default").assert_outcomes(errors=1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            "{'seed': 'default'}",
            "seed is not a setting of the emulator; atthene_emulator_settings may have host, port, *",
        ),
        ("{'seeds': ('defalt',)}", "There is no bundled seed defalt; did you mean default?"),
        ("{'contract': 'curent'}", "There is no contract curent; did you mean current?"),
    ],
    ids=["name", "seed", "contract"],
)
def test_settings_that_cannot_be_are_said_in_a_line(
    pytester: pytest.Pytester, run: Run, settings: str, said: str
) -> None:
    pytester.makeconftest(f"""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {settings}
""")
    result = run("def test_it(atthene):\n    pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_running_emulator_is_used(server: EmulatorServer, run: Run) -> None:
    before = len(server.client.namespaces())
    run(
        f"""
def test_it(atthene, atthene_server):
    assert atthene.base_url == atthene_server.base_url == {server.base_url!r}
    assert len(atthene_server.namespaces()) == {before + 1}
""",
        f"--atthene-url={server.base_url}",
    ).assert_outcomes(passed=1)
    assert len(server.client.namespaces()) == before


def test_a_running_emulator_is_sent_its_token(run: Run) -> None:
    with EmulatorServer(seeds=("empty",), control_token="open sesame") as server:
        source = "def test_it(atthene):\n    pass\n"
        url = f"--atthene-url={server.url}"
        run(source, url, "--atthene-control-token=open sesame").assert_outcomes(passed=1)
        result = run(source, url)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["The control plane wants Authorization: Bearer with the control token"])


def test_an_emulator_that_is_not_there_is_said_in_a_line(run: Run) -> None:
    result = run("def test_it(atthene):\n    pass\n", "--atthene-url=http://127.0.0.1:9")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["No emulator answers at http://127.0.0.1:9; start one with *"])


@pytest.mark.parametrize("option", ["--atthene-seed=empty", "--atthene-contract=current"])
def test_a_running_emulator_is_not_started_otherwise(run: Run, option: str) -> None:
    result = run("", "--atthene-url=http://127.0.0.1:9", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--atthene-seed and --atthene-contract say how an emulator is started*"])


# Many at once

TOGETHER = """
import pytest

@pytest.mark.parametrize("number", range(60))
def test_alone(atthene, atthene_server, number, worker_id):
    with open(f"used-{worker_id}", "w") as file:
        file.write(atthene_server.url)
    atthene.script(f"Answer {number}.", name="same")
    created = atthene.http.post(atthene.base_url + "/agent/", json={"system_config": SYSTEM}, timeout=10)
    assert created.status_code == 201
    assert execute(atthene).json()["messages"][0]["content"] == f"Answer {number}."
    assert [one.operation for one in atthene.journal()] == ["agents.create", "runtime.execute"]
    assert atthene.state()["counts"]["agents"] == 3
    assert [one.hits for one in atthene.scripts()] == [1, 0, 0]

SYSTEM = {"name": "Same", "agent_type": "llm_agent", "llm_config": {"model": "gpt-4o"}, "system_prompt": "Help."}
"""


def in_workers(folder: Path, *options: str) -> str:
    """What is said of the tests of a folder in processes of their own, without the plugins of others, slow to load."""
    quiet = ("-p", "xdist", "-p", "atthene", "-p", "no:cacheprovider", "-W", "error", "-q")
    command = (sys.executable, "-m", "pytest", *quiet, *options)
    return run_foreign(*command, cwd=folder, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1").stdout


def test_workers_share_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_together.py").write_text(EXECUTE + TOGETHER)
    said = in_workers(tmp_path, "-n", "3")
    assert "60 passed" in said, said
    assert len({path.read_text() for path in tmp_path.glob("used-gw*")}) == 3


def test_workers_share_a_running_emulator_and_nothing_in_it(tmp_path: Path, server: EmulatorServer) -> None:
    (tmp_path / "test_together.py").write_text(EXECUTE + TOGETHER)
    said = in_workers(tmp_path, "-n", "2", f"--atthene-url={server.url}")
    assert "60 passed" in said, said
    assert {path.read_text() for path in tmp_path.glob("used-gw*")} == {server.url}
