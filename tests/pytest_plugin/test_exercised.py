"""`--atthene-fail-under`: what the tests of a run have exercised, by all workers together."""

import pytest

from atthene_emulator.server import EmulatorServer
from tests.pytest_plugin.conftest import WORKERS, Run

SEED = """
agents:
  - owner: user_123
    system_config:
      name: Desk
      entry_point: first
      agents: [{name: first, agent_type: llm_agent}, {name: second, agent_type: llm_agent}]
      edges: [{from: first, condition: Go on?, condition_type: boolean, routing: {yes: second, no: END}}]
"""
TESTS = """
import pytest

def ask(atthene, route):
    atthene.script("Hm.", agent="first", route=route)
    url = atthene.base_url + "/sessions/from-agent/?agent_key=desk"
    session = atthene.http.get(url, timeout=10).json()["session_id"]
    atthene.http.post(f"{atthene.base_url}/runtime/{session}/execute/", json={"content": "Hi"}, timeout=10)

@pytest.mark.parametrize("number", range(4))
def test_yes(atthene, number):
    ask(atthene, "yes")

@pytest.mark.parametrize("number", range(4))
def test_no(atthene, number):
    ask(atthene, "no")
"""


@pytest.fixture
def seeded(pytester: pytest.Pytester) -> str:
    return "--atthene-seed=" + str(pytester.makefile(".yaml", seed="accounts: [{id: user_123}]\n" + SEED))


@pytest.mark.parametrize("workers", [(), WORKERS], ids=["alone", "workers"])
def test_all_tests_count_together(run: Run, seeded: str, workers: tuple[str, ...]) -> None:
    result = run(TESTS, seeded, "--atthene-fail-under=100", *workers)
    result.assert_outcomes(passed=8)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*= atthene coverage =*",
            "Desk (*): 4 of 4 parts, 100 %",
            "  agent  first                8",
            "4 of 4 parts were exercised, 100.0 %; wanted are 100 %.",
        ]
    )


@pytest.mark.parametrize("workers", [(), WORKERS], ids=["alone", "workers"])
def test_too_little_fails_the_run(run: Run, seeded: str, workers: tuple[str, ...]) -> None:
    result = run(TESTS, seeded, "--atthene-fail-under=80", "-k", "no", *workers)
    result.assert_outcomes(passed=4, deselected=4 if not workers else 0)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["2 of 4 parts were exercised, 50.0 %; wanted are 80 %."])


def test_workers_that_share_an_emulator_are_not_counted_twice(run: Run) -> None:
    with EmulatorServer(seeds=("empty",)) as server:
        result = run(TESTS.replace("user_123", "x"), f"--atthene-url={server.url}", "--atthene-fail-under=1", *WORKERS)
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines(["nothing was executed; wanted are 1 %."])


@pytest.mark.parametrize("workers", [(), WORKERS], ids=["alone", "workers"])
def test_in_a_running_emulator_only_this_run_counts(run: Run, seeded: str, workers: tuple[str, ...]) -> None:
    with EmulatorServer(seeds=("empty",)) as server:
        options = (f"--atthene-url={server.url}", seeded, "--atthene-fail-under=60", *workers)
        assert run(TESTS, *options).ret == pytest.ExitCode.OK
        again = run(TESTS, *options, "-k", "yes")
        assert again.ret == pytest.ExitCode.OK
        again.stdout.fnmatch_lines(
            [
                "  agent  first                4",
                "  arm    first -no-> __end__  never",
                "3 of 4 parts were exercised, 75.0 %; *",
            ]
        )
        nothing = run("def test_it(atthene):\n    pass\n", *options)
        assert nothing.ret == pytest.ExitCode.TESTS_FAILED
        nothing.stdout.fnmatch_lines(["nothing was executed; wanted are 60 %."])


@pytest.mark.parametrize(
    "option", ["--collect-only", "--setup-only", "--setup-plan", "--fixtures", "--fixtures-per-test"]
)
def test_where_no_test_is_run_nothing_is_judged(run: Run, option: str) -> None:
    result = run("def test_it(atthene):\n    pass\n", "--atthene-fail-under=40", option)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*wanted are*")


def test_a_run_that_uses_no_emulator_has_exercised_nothing(run: Run) -> None:
    result = run("def test_it():\n    pass\n", "--atthene-fail-under=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["nothing was executed; wanted are 1 %."])


def test_without_the_option_nothing_is_said(run: Run) -> None:
    run("def test_it(atthene):\n    execute(atthene)\n").stdout.no_fnmatch_line("*coverage*")
