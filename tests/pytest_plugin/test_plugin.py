"""The pytest plugin in a project that is not ours: a world for each test, and failures that say why."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from atthene_emulator.client import EmulatorClient
from atthene_emulator.server import EmulatorServer
from tests.foreign import run as run_foreign
from tests.pytest_plugin.conftest import EXECUTE, WORKERS, Run

ECHO = "POST /api/v1/runtime/session_abc123/execute/ → 200 default_answer · default"


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


def test_a_failed_test_shows_which_scripts_nearly_answered(run: Run) -> None:
    result = run("""
def test_answer(atthene):
    atthene.script("It rains.", name="rain", content="How is the weather")
    assert execute(atthene).json()["messages"][0]["content"] == "It rains."

def test_none(atthene):
    atthene.script("It rains.")
    execute(atthene)
    atthene.delete()
    assert False

def test_answered(atthene):
    atthene.script("It rains.")
    execute(atthene)
    assert False
""")
    result.assert_outcomes(failed=3)
    near = 'the nearest is rain, whose content wants "How is the weather" and got "How is the weather?"'
    result.stdout.fnmatch_lines(
        ["*- atthene scripts of ns-* -*", f"session_abc123, execution 2: no script answers main; {near}"]
    )
    assert result.stdout.str().count("atthene scripts of") == 1


def test_a_failed_test_shows_at_which_gate_an_execution_waits(run: Run) -> None:
    result = run("""
from threading import Thread

def test_answer(atthene):
    atthene.script("It rains.", gate="slow")
    Thread(target=execute, args=(atthene,), daemon=True).start()
    atthene.gate("slow").wait_until_waiting()
    assert False
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- atthene waiting of ns-* -*", "1 execution at the gate slow: session_abc123"])


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


FAILING = """
import pytest

def test_assertion(atthene):
    execute(atthene, "first")
    assert False

def test_failure(atthene):
    execute(atthene, "second")
    pytest.fail("No.", pytrace=False)

@pytest.fixture
def broken(atthene):
    execute(atthene, "third")
    raise ValueError("broken")

def test_error(broken):
    pass
"""


@pytest.mark.parametrize("options", [(), WORKERS], ids=["alone", "workers"])
def test_the_journal_is_in_the_report_for_machines(
    pytester: pytest.Pytester, run: Run, options: tuple[str, ...]
) -> None:
    run(FAILING, "--junitxml=report.xml", *options).assert_outcomes(failed=2, errors=1)
    cases = ET.parse(pytester.path / "report.xml").findall(".//testcase")  # noqa: S314  # our own
    failures = {case.get("name"): case[0].text or "" for case in cases}
    for name, content in (("test_assertion", "first"), ("test_failure", "second"), ("test_error", "third")):
        assert "atthene journal of ns-" in failures[name]
        assert f'> {{"content": "{content}"}}' in failures[name]


def test_a_journal_that_cannot_be_shown_ends_nothing(run: Run) -> None:
    result = run("""
import atthene_emulator.client

def test_it(atthene, monkeypatch):
    monkeypatch.setattr(atthene_emulator.client.EmulatorNamespace, "journal", lambda *_: 1 / 0)
    assert False

def test_other(atthene):
    pass
""")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["The journal cannot be shown: ZeroDivisionError: division by zero"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


EARLIER = "of this test or of one before it that passed"


def test_requests_that_came_elsewhere_are_told(run: Run) -> None:
    result = run("""
import requests

def ask(atthene, key):
    requests.get(atthene.base_url + "/sessions/", headers={"x-api-key": key}, timeout=10)

def test_unknown(atthene):
    ask(atthene, "wrong")
    ask(atthene, "wrong")
    assert False

def test_of_the_seed(atthene):
    ask(atthene, "test-key")
    assert False

def test_nothing(atthene):
    assert False
""")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "no request came",
            f"2 requests with an unknown key came, {EARLIER}, refused with 401: GET /api/v1/sessions/ → 401 auth_error",
            "Use the key atthene.api_key, which belongs to this test alone",
            "Point your program at atthene.base_url, http://127.0.0.1:*/api/v1",
            "no request came",
            f"1 request came to the namespace default, {EARLIER}: GET /api/v1/sessions/ → 200 ok",
            "no request came",
            "Point your program at atthene.base_url, http://127.0.0.1:*/api/v1",
        ],
        consecutive=False,
    )
    assert result.stdout.str().count(EARLIER) == 2


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_in_between_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for other in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    source = "def test_it(atthene):\n    assert False\n"
    said = f"{name} is set, and NO_PROXY leaves out 127.0.0.1: clients look for it at the proxy"
    run(source).stdout.fnmatch_lines([said])
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    run(source).stdout.no_fnmatch_line(f"{name} is set*")


def test_a_wait_in_vain_is_a_failure_with_what_came_instead(run: Run) -> None:
    result = run("""
def test_it(atthene):
    execute(atthene)
    atthene.wait(timeout=0.01, operation="agents.create")
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *AssertionError: 0 of 1 requests with operation agents.create came*1 others came: req_*"]
    )
    result.stdout.no_fnmatch_line("*EmulatorRefused*")


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
    result.stdout.fnmatch_lines(["*- atthene journal of ns-* -*", "no request came"])


SEVERAL = """
import pytest

@pytest.fixture
def broken(atthene):
    execute(atthene)
    raise ValueError("broken")

def test_first(atthene):
    execute(atthene)
    print(f"first {atthene.namespace}.")
    assert False

@pytest.mark.parametrize("number", range(21))
def test_passed(atthene, number):
    pass

def test_broken(broken):
    pass

@pytest.mark.xfail
def test_expected(atthene):
    assert False
"""


def test_only_the_worlds_of_failed_tests_can_be_looked_at_afterwards(run: Run) -> None:
    with EmulatorServer() as running:
        result = run(SEVERAL, f"--atthene-url={running.url}")
        result.assert_outcomes(failed=1, passed=21, errors=1, xfailed=1)
        kept = [one.name for one in running.client.namespaces(deleted=True) if one.deleted_at]
        journals = [EmulatorClient(running.url, namespace=name).journal() for name in kept]
    assert f"first {kept[1]}." in result.stdout.str()
    assert [[one.content for one in entries] for entries in journals] == [["How is the weather?"]] * 2


def test_the_first_twenty_that_fail_can_be_looked_at_afterwards(run: Run) -> None:
    with EmulatorServer() as running:
        result = run(
            "import pytest\n@pytest.mark.parametrize('number', range(22))\n"
            "def test_it(atthene, number):\n    atthene.script('Hm.', name=f'number-{number}')\n    assert False\n",
            f"--atthene-url={running.url}",
        )
        result.assert_outcomes(failed=22)
        kept = [one.name for one in running.client.namespaces(deleted=True) if one.deleted_at]
        scripts = [EmulatorClient(running.url, namespace=name).scripts()[0].name for name in reversed(kept)]
    assert scripts == [f"number-{number}" for number in range(20)]


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


@pytest.mark.parametrize(
    ("arguments", "which"), [("'strict'", ""), ("strickt=True", "strickt is not known; did you mean strict? ")]
)
def test_a_marker_that_says_something_else_is_refused(run: Run, arguments: str, which: str) -> None:
    result = run(f"import pytest\n@pytest.mark.atthene({arguments})\ndef test_it(atthene):\n    pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"{which}The marker is atthene(seed=…, contract=…, strict=…, server_errors=False)*"])


def test_markers_of_a_module_and_of_a_test_add_up(run: Run) -> None:
    result = run("""
import pytest
pytestmark = pytest.mark.atthene(strict=True)

@pytest.mark.atthene(seed="empty")
def test_both(atthene):
    assert atthene.state()["counts"]["agents"] == 0
    atthene.script("Hm.", name="unused")
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["The script unused has answered nothing*"])


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
    assert [one.name for one in atthene.scripts() if one.hits] == ["same"]

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
