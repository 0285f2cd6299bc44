"""Which emulator tests use: one in their process, one in its own, one that runs already; and from which seeds."""

import sys
import types
from dataclasses import fields
from pathlib import Path

import pytest

import atthene_emulator
from atthene_emulator.cli.exec import execute
from atthene_emulator.client import EmulatorClient
from atthene_emulator.errors import EmulatorUnreachable, SetupError
from atthene_emulator.pytest_plugin.process import options
from atthene_emulator.server import EmulatorServer
from atthene_emulator.settings import Settings
from tests.foreign import run as run_foreign
from tests.pytest_plugin.conftest import Run


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
        ("{'seeds': 'seed.yaml'}", "seeds is a tuple of names, such as ('default',), not 'seed.yaml'."),
        ("{'strict': 'yes'}", "strict is True or False, not 'yes'."),
        ("{'max_body': '5'}", "max_body is a whole number, not '5'."),
        ("None", "atthene_emulator_settings returns settings by their names, such as {'strict': True}, not None."),
    ],
)
@pytest.mark.parametrize("option", ["--strict-markers", "--atthene-process"])
def test_settings_that_cannot_be_are_said_in_a_line(
    pytester: pytest.Pytester, run: Run, settings: str, said: str, option: str
) -> None:
    if option == "--atthene-process" and "defalt" in settings:
        said = f"*{said}"  # its process says so
    pytester.makeconftest(f"""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {settings}
""")
    result = run("def test_it(atthene):\n    pass\n", option)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said.replace("[", "[[]")])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*another exception*")


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
    result.stdout.fnmatch_lines(["No emulator answers at http://127.0.0.1:9; start one with *--atthene-url names)"])


# One that runs already

RUNS_ALREADY = "def test_it(atthene, atthene_server):\n    assert atthene_server.url == {url!r}\n"


def test_the_one_of_the_environment_is_followed_and_named(
    server: EmulatorServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTHENE_EMULATOR_URL", server.url)
    result = run(RUNS_ALREADY.format(url=server.url))
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"atthene: the emulator at {server.url}, which ATTHENE_EMULATOR_URL names"])


def test_the_token_of_the_environment_is_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmulatorServer(seeds=("empty",), control_token="open sesame") as server:
        monkeypatch.setenv("ATTHENE_EMULATOR_URL", server.url)
        monkeypatch.setenv("ATTHENE_EMULATOR_CONTROL_TOKEN", "open sesame")
        run(RUNS_ALREADY.format(url=server.url)).assert_outcomes(passed=1)


def test_the_token_of_the_environment_may_stand_in_a_file(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("open sesame\n")
    with EmulatorServer(seeds=("empty",), control_token="open sesame") as server:
        monkeypatch.setenv("ATTHENE_EMULATOR_URL", server.url)
        monkeypatch.setenv("ATTHENE_EMULATOR_CONTROL_TOKEN_FILE", str(tmp_path / "token"))
        run(RUNS_ALREADY.format(url=server.url)).assert_outcomes(passed=1)
        monkeypatch.setenv("ATTHENE_EMULATOR_CONTROL_TOKEN_FILE", str(tmp_path / "missing"))
        result = run(RUNS_ALREADY.format(url=server.url))
    result.stdout.fnmatch_lines(["ATTHENE_EMULATOR_CONTROL_TOKEN_FILE names *missing, which cannot be read: *"])


@pytest.mark.parametrize("how", ["option", "environment"])
def test_who_uses_a_url_is_not_told_to_logs(
    server: EmulatorServer, run: Run, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    source = "def test_it(atthene):\n    print(atthene)\n    assert not atthene\n"
    for port in ("9", server.url.rpartition(":")[2]):
        url = f"http://bob:hunter2@127.0.0.1:{port}"
        monkeypatch.setenv("ATTHENE_EMULATOR_URL", url if how == "environment" else "")
        result = run(source, *([f"--atthene-url={url}"] if how == "option" else []))
        result.stdout.fnmatch_lines([f"atthene: the emulator at http://[[]redacted]@127.0.0.1:{port}, which *"])
        result.stdout.no_fnmatch_line("*hunter2*")
    result.stdout.fnmatch_lines(["Point your program at atthene.base_url, http://[[]redacted]@127.0.0.1:*"])


def test_an_option_wins_over_the_environment(server: EmulatorServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTHENE_EMULATOR_URL", "http://127.0.0.1:9")
    run(RUNS_ALREADY.format(url=server.url), f"--atthene-url={server.url}").assert_outcomes(passed=1)


def test_an_emulator_in_this_process_is_nothing_to_mention(run: Run) -> None:
    result = run("def test_it(atthene):\n    pass\n")
    result.stdout.no_fnmatch_line("atthene:*")


def test_the_tests_of_exec_use_its_emulator(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("""
def test_it(atthene, atthene_server):
    assert atthene.state()["counts"]["agents"] == 0
    assert atthene_server.health().contract == atthene.state()["contract"] == "reference"
""")
    options = ("-p", "atthene", "-p", "no:cacheprovider", "-W", "error")
    served = (sys.executable, "-m", "atthene_emulator", "exec", "--contract", "reference", "--seed", "empty", "--")
    done = run_foreign(
        *served, sys.executable, "-m", "pytest", *options, cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )
    assert "1 passed" in done.stdout, done.stdout
    assert "which ATTHENE_EMULATOR_URL names" in done.stdout


def test_worlds_in_a_running_emulator_start_from_the_projects_seeds(
    server: EmulatorServer, pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makefile(".yaml", agent="name: Mine\nagent_type: llm_agent\n")
    pytester.makefile(".yaml", seed="agents: [{owner: user_123, config_file: agent.yaml}]\n")
    pytester.makeconftest("""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {"seeds": ("default", "seed.yaml"), "contract": "reference"}
""")
    run(
        """
import pytest

def test_seed(atthene):
    assert "mine" in [one["agent_key"] for one in atthene.state()["agents"]]
    assert atthene.state()["contract"] == "reference"

@pytest.mark.atthene(seed="empty", contract="connecting")
def test_own(atthene):
    assert (atthene.state()["counts"]["agents"], atthene.state()["contract"]) == (0, "connecting")
""",
        f"--atthene-url={server.url}",
    ).assert_outcomes(passed=2)


def test_worlds_in_a_running_emulator_follow_options(server: EmulatorServer, run: Run) -> None:
    source = """
def test_seed(atthene):
    assert (atthene.state()["counts"]["agents"], atthene.state()["contract"]) == (0, "reference")
"""
    options = (f"--atthene-url={server.url}", "--atthene-seed=empty", "--atthene-contract=reference")
    run(source, *options).assert_outcomes(passed=1)


def test_settings_for_a_running_emulator_are_checked_as_well(
    server: EmulatorServer, pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makeconftest("""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {"seeds": "default"}
""")
    result = run("def test_it(atthene):\n    pass\n", f"--atthene-url={server.url}")
    result.stdout.fnmatch_lines(["seeds is a tuple of names, such as ('default',), not 'default'."])


def test_settings_that_a_running_emulator_cannot_be_given_are_refused(
    server: EmulatorServer, pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makeconftest("""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {"strict": True, "max_body": 10}
""")
    result = run("def test_it(atthene):\n    pass\n", f"--atthene-url={server.url}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [f"strict, max_body cannot be set for the emulator at {server.url}, which runs already; *"]
    )


# Seeds


def test_paths_of_settings_are_relative_to_the_root_folder(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "seed.yaml").write_text("accounts: [{id: ada}, {id: bob}]\n")
    (pytester.path / "option.yaml").write_text("accounts: [{id: ada}]\n")
    pytester.makeconftest("""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {"seeds": ["tests/seed.yaml"]}
""")
    source = """
import pytest

def test_setting(atthene):
    assert atthene.state()["counts"]["accounts"] == NUMBER

@pytest.mark.atthene(seed="tests/seed.yaml")
def test_marker(atthene):
    assert atthene.state()["counts"]["accounts"] == 2
"""
    monkeypatch.chdir(pytester.path / "tests")
    run(source.replace("NUMBER", "2"), "..").assert_outcomes(passed=2)
    run(source.replace("NUMBER", "1"), "..", "--atthene-seed=../option.yaml").assert_outcomes(passed=2)


@pytest.mark.parametrize("option", ["--strict-markers", "--atthene-process"])
def test_files_may_be_named_by_paths(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "mine").write_text("accounts: [{id: ada}, {id: bob}]\n")
    (pytester.path / "tests" / "seed.yaml").write_text("accounts: [{id: ada}, {id: bob}, {id: eve}]\n")
    pytester.makeconftest("""
import pathlib
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {"seeds": [pathlib.Path("tests/mine")]}
""")
    monkeypatch.chdir(pytester.path / "tests")
    source = """
import pathlib
import pytest

FOLDER = pathlib.Path(__file__).parent / "tests"

def test_setting(atthene):
    assert atthene.state()["counts"]["accounts"] == 2

@pytest.mark.atthene(seed=FOLDER / "mine")
def test_marker(atthene):
    assert atthene.state()["counts"]["accounts"] == 2

@pytest.mark.atthene(seed=[pathlib.Path("tests/seed.yaml"), {"accounts": [{"id": "zoe"}]}])
def test_several(atthene):
    assert atthene.state()["counts"]["accounts"] == 4
"""
    run(source, "..", option).assert_outcomes(passed=3)


@pytest.mark.parametrize("name", ["certificate", "certificate_key", "observations"])
def test_files_of_settings_are_looked_for_from_the_root_folder(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (pytester.path / "tests").mkdir()
    (pytester.path / "there.json").write_text("no such document")
    pytester.makeconftest(f"""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {{"certificate": "there.json", {name!r}: "there.json"}}
""")
    monkeypatch.chdir(pytester.path / "tests")
    result = run("def test_it(atthene):\n    pass\n", "..")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{pytester.path / 'there.json'}*"])
    result.stdout.no_fnmatch_line("*No such file*")


def test_a_test_may_have_a_seed_of_its_own(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makefile(".yaml", agent="name: Mine\nagent_type: llm_agent\n")
    pytester.makefile(".yaml", seed="agents: [{owner: user_123, config_file: agent.yaml}]\n")
    run("""
import pytest

def names(atthene):
    return sorted(one["agent_key"] for one in atthene.state()["agents"])

BOTH = ["customer_support_agent", "research_assistant"]

@pytest.mark.atthene(seed="busy")
def test_bundled(atthene):
    assert len(names(atthene)) == 50

@pytest.mark.atthene(seed={"accounts": [{"id": "ada"}], "agents": [{"system_config": {"name": "A", "agent_type": "llm_agent"}}]})
def test_mapping(atthene):
    assert names(atthene) == ["a"]

@pytest.mark.atthene(seed=["default", "seed.yaml", {"contract": "reference"}])
def test_several(atthene):
    assert names(atthene) == [BOTH[0], "mine", BOTH[1]]
    assert atthene.state()["contract"] == "reference"

def test_none(atthene):
    assert names(atthene) == BOTH
""").assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ("'defalt'", "There is no seed defalt; did you mean default?"),
        ("'missing.yaml'", "*missing.yaml: cannot be read: No such file or directory."),
        ("{'agnets': []}", "The seed has mistakes: seed.agnets: agnets is not known here; did you mean agents?"),
        ("['default', 'default']", "The seed default does not fit those before it: seed.1: *"),
        ("pathlib.Path('missing')", "*missing: cannot be read: No such file or directory."),
        ("5", "seed is a name, a path, a mapping, or a list of them, not 5."),
        ("['default', None]", "seed is a name, a path, a mapping, or a list of them, not [[]'default', None]."),
        ("{'clock': {'now': pathlib.Path('x')}}", "POST /namespaces cannot be sent, since JSON has no word for it: *"),
    ],
)
def test_a_seed_that_cannot_be_is_said_in_a_line(run: Run, seed: str, said: str) -> None:
    result = run(f"import pathlib\nimport pytest\n@pytest.mark.atthene(seed={seed})\ndef test_it(atthene):\n    pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*another exception*")


# In a process of its own


def test_every_setting_is_an_option_of_exec_or_said_to_have_none() -> None:
    known = {name for parameter in execute.params for name in parameter.opts}
    for field in fields(Settings):
        if field.name == "control_token":
            continue  # told by the environment
        value = ("a",) if isinstance(field.default, tuple) else True if isinstance(field.default, bool) else "a"
        try:
            assert next(options({field.name: value})) in known
        except SetupError:
            assert field.name in ("rulings", "watch", "workers")


def test_a_setting_that_has_no_option_is_said_in_a_line(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makefile(".yaml", seed="accounts: [{id: ada}]\n")
    pytester.makeconftest(
        """
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {"seeds": ("seed.yaml",), "trusted_proxies": ("10.0.0.0/8",), "watch": WATCH}
""".replace("WATCH", "True")
    )
    result = run("def test_it(atthene):\n    pass\n", "--atthene-process")
    result.stdout.fnmatch_lines(["watch cannot be set for an emulator in a process of its own."])
    conftest = pytester.path / "conftest.py"
    conftest.write_text(conftest.read_text().replace("True", "False"))
    run("def test_it(atthene):\n    pass\n", "--atthene-process").assert_outcomes(passed=1)


IN_ITS_OWN = """
import pathlib

def test_it(atthene, atthene_server):
    assert execute(atthene).status_code == 200
    assert atthene_server.health().contract == "reference"
    assert atthene.state()["counts"]["agents"] == 2
    pathlib.Path("url").write_text(atthene_server.url)
"""


def gone(url: str) -> bool:
    """Whether no emulator answers there any more."""
    with EmulatorClient(url) as client:
        try:
            client.health()
        except EmulatorUnreachable:
            return True
    return False


def test_an_emulator_of_its_own_process_has_the_settings_and_ends_with_the_run(
    pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makeconftest("""
import pytest

@pytest.fixture(scope="session")
def atthene_emulator_settings():
    return {"seeds": ("default", ), "strict": False, "journal_entries": 5, "control_token": "open sesame"}
""")
    options = ("--atthene-process", "--atthene-contract=reference")
    result = run(IN_ITS_OWN, *options)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["atthene: an emulator in a process of its own"])
    assert gone((pytester.path / "url").read_text())


def test_an_emulator_of_another_environment_is_started_by_its_command(pytester: pytest.Pytester, run: Run) -> None:
    here = Path(atthene_emulator.__file__).parents[1]
    command = f"env PYTHONPATH={here} {sys.executable} -m atthene_emulator"
    result = run(IN_ITS_OWN, f"--atthene-command={command}", "--atthene-contract=reference")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"atthene: an emulator started by {command}"])
    assert gone((pytester.path / "url").read_text())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--atthene-command=/nowhere/atthene-emulator",), "*by /nowhere/atthene-emulator: No such file or directory."),
        ((f"--atthene-command={sys.executable} -c 1/0 --",), "*ZeroDivisionError*"),
        (("--atthene-command=true",), "*by true: it says nothing"),
        (("--atthene-command=echo",), "*by echo: it says nothing"),
        (("--atthene-process", "--atthene-seed=defalt"), "*There is no bundled seed defalt; did you mean default?"),
    ],
)
def test_a_process_that_does_not_start_is_said_in_a_line(run: Run, options: tuple[str, ...], said: str) -> None:
    result = run("def test_it(atthene):\n    pass\n", *options)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--atthene-command=it's", "*--atthene-command cannot be read: No closing quotation."),
        ("--atthene-fail-under=101", "*--atthene-fail-under is a percentage from 0 to 100, not 101."),
    ],
)
def test_an_option_that_cannot_be_is_said_in_a_line(run: Run, option: str, said: str) -> None:
    result = run("def test_it(atthene):\n    pass\n", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])


def test_a_project_may_have_a_package_called_emulator(pytester: pytest.Pytester, run: Run) -> None:
    (pytester.path / "emulator").mkdir()
    (pytester.path / "emulator" / "__init__.py").write_text("MINE = True\n")
    run("import emulator\ndef test_it(atthene):\n    assert emulator.MINE\n    execute(atthene)\n").assert_outcomes(
        passed=1
    )


@pytest.mark.parametrize("option", ["--atthene-process", "--atthene-command=atthene-emulator"])
def test_an_emulator_that_runs_already_is_not_started(run: Run, option: str) -> None:
    result = run("", "--atthene-url=http://127.0.0.1:9", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--atthene-process and --atthene-command start an emulator; *"])


@pytest.mark.parametrize(("library", "module"), [("gevent", "gevent.monkey"), ("eventlet", "eventlet.patcher")])
def test_a_process_whose_threads_are_patched_has_the_emulator_in_another(
    run: Run, monkeypatch: pytest.MonkeyPatch, library: str, module: str
) -> None:
    patched = types.SimpleNamespace(is_module_patched=lambda _: True, is_monkey_patched=lambda _: True)
    monkeypatch.setitem(sys.modules, module, patched)
    result = run("def test_it(atthene):\n    execute(atthene)\n")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"atthene: an emulator in a process of its own, since {library} has patched this one"])
