"""`scenario`, `reset` and `snapshot`: the control plane from a shell; and what all commands have in common."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest

from atthene_emulator import EmulatorNamespace
from atthene_emulator.cli import commands
from atthene_emulator.cli.group import Commands
from atthene_emulator.resources import fixture_names
from atthene_emulator.server import EmulatorServer
from tests.cli.running import Done, invoke

SESSION = "session_abc123"


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def world(emulator: EmulatorServer) -> Iterator[EmulatorNamespace]:
    with emulator.client.create_namespace() as made:
        yield made


def tell(world: EmulatorNamespace, *arguments: str, stdin: str | None = None) -> Done:
    """Run a command about one namespace."""
    return invoke(*arguments, "--url", world.url, "--namespace", world.namespace, stdin=stdin)


def said(world: EmulatorNamespace, *arguments: str) -> str:
    done = tell(world, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def as_json(world: EmulatorNamespace, *arguments: str) -> Any:
    return json.loads(said(world, *arguments, "--json"))


def execute(world: EmulatorNamespace) -> int:
    url = f"{world.base_url}/runtime/{SESSION}/execute/"
    return world.http.post(url, json={"content": "Hello"}, timeout=10).status_code


def messages(world: EmulatorNamespace) -> int:
    return len(world.http.get(f"{world.base_url}/runtime/{SESSION}/messages/", timeout=10).json()["messages"])


class TestScenario:
    def test_they_are_listed_with_what_they_are_for(self, world: EmulatorNamespace) -> None:
        lines = said(world, "scenario", "list").splitlines()
        assert [line.split()[0] for line in lines] == list(fixture_names("scenarios"))
        assert not any(line.lstrip().startswith("*") for line in lines)

    def test_one_is_switched_to_and_marked(self, world: EmulatorNamespace) -> None:
        assert said(world, "scenario", "use", "refusal").startswith("refusal: Every message is refused")
        assert execute(world) == 400
        marked = [line.split()[1] for line in said(world, "scenario", "list").splitlines() if line.startswith("  *")]
        assert marked == ["refusal"]
        assert [one["name"] for one in as_json(world, "scenario", "list") if one["active"]] == ["refusal"]

    def test_json_is_a_record(self, world: EmulatorNamespace) -> None:
        shown = as_json(world, "scenario", "use", "timeout")
        assert (shown["name"], shown["active"], set(shown)) == ("timeout", True, {"name", "description", "active"})

    def test_an_unknown_name_suggests_the_near_one(self, world: EmulatorNamespace) -> None:
        done = tell(world, "scenario", "use", "hapy-path")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "atthene-emulator: There is no scenario 'hapy-path'; did you mean happy-path?\n"

    @pytest.mark.xfail(version("click").startswith("8.1"), reason="click 8.1 shows the help and ends with 0")
    def test_without_a_verb_the_help_is_shown_with_2(self) -> None:
        done = invoke("scenario")
        assert done.returncode == 2
        assert "Usage: atthene-emulator scenario" in done.stderr

    @pytest.mark.parametrize("arguments", [["use"], ["use", "a", "b"], ["ues", "refusal"]], ids=str)
    def test_wrong_usage_is_2(self, arguments: list[str]) -> None:
        assert invoke("scenario", *arguments).returncode == 2


class TestReset:
    def test_a_namespace_is_as_its_seed_has_it(self, world: EmulatorNamespace) -> None:
        before = messages(world)
        execute(world)
        world.freeze()
        shown = said(world, "reset")
        assert (
            shown
            == f"{world.namespace} is as its seed has it: state, scripts, faults, rate_limit, latency, on_disconnect, transitions, clock.\n"
        )
        assert (messages(world), world.clock().mode, len(world.journal()) > 0) == (before, "running", True)

    @pytest.mark.parametrize(
        "scopes", [["--scope", "journal", "--scope", "faults"], ["--scope", "journal,faults"]], ids=["twice", "list"]
    )
    def test_scopes_are_what_is_reset(self, world: EmulatorNamespace, scopes: list[str]) -> None:
        execute(world)
        world.fault(429)
        world.freeze()
        shown = as_json(world, "reset", *scopes)
        assert shown == {"reset": world.namespace, "scope": ["journal", "faults"]}
        assert (world.journal(), world.faults(), world.clock().mode) == ((), (), "frozen")

    def test_an_unknown_scope_suggests_the_near_one(self, world: EmulatorNamespace) -> None:
        done = tell(world, "reset", "--scope", "jurnal")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "atthene-emulator: There is no scope jurnal; did you mean journal?\n"


class TestSnapshot:
    def test_saved_and_restored_it_is_as_it_was(self, world: EmulatorNamespace) -> None:
        before = messages(world)
        assert said(world, "snapshot", "save", "before").startswith("Saved before: 2 agents, 1 session, taken at ")
        execute(world)
        assert messages(world) > before
        assert said(world, "snapshot", "restore", "before").startswith("Restored before: ")
        assert messages(world) == before

    def test_a_name_is_chosen_without_one(self, world: EmulatorNamespace) -> None:
        shown = as_json(world, "snapshot", "save")
        assert [one.name for one in world.snapshots()] == [shown["name"]]

    def test_they_are_listed(self, world: EmulatorNamespace) -> None:
        assert said(world, "snapshot", "list") == "There are no snapshots.\n"
        assert as_json(world, "snapshot", "list") == []
        for name in ("one", "two"):
            world.snapshot(name)
        lines = said(world, "snapshot", "list").splitlines()
        assert [line.split()[0] for line in lines] == ["one", "two"]
        assert lines[0].endswith("2 agents  1 session")
        assert [one["name"] for one in as_json(world, "snapshot", "list")] == ["one", "two"]

    def test_dropped_it_is_gone(self, world: EmulatorNamespace) -> None:
        world.snapshot("one")
        assert said(world, "snapshot", "drop", "one") == "Dropped one.\n"
        assert world.snapshots() == ()

    def test_exported_it_has_secrets_only_if_they_are_wanted(self, world: EmulatorNamespace) -> None:
        configuration = {"name": "Tool", "agent_type": "llm_agent", "llm_config": {"api_key": "sk-hidden"}}
        world.http.post(f"{world.base_url}/sessions/", json=configuration, timeout=10).raise_for_status()
        world.snapshot("one")
        done = tell(world, "snapshot", "export", "one")
        assert "sk-hidden" not in done.stdout
        assert done.stderr == "atthene-emulator: secrets were taken out of the snapshot; --with-secrets keeps them.\n"
        assert "sk-hidden" in said(world, "snapshot", "export", "one", "--with-secrets")

    def test_exported_and_imported_it_is_the_same(self, world: EmulatorNamespace, tmp_path: Path) -> None:
        world.snapshot("one")
        path = tmp_path / "one.json"
        path.write_text(said(world, "snapshot", "export", "one"))
        assert json.loads(path.read_text()) == world.export_snapshot("one")
        assert said(world, "snapshot", "import", str(path), "--name", "two").startswith("Imported two: 2 agents, 1 ")
        world.drop_snapshot("one")
        assert as_json(world, "snapshot", "import", str(path))["name"] == "one"
        assert said(world, "snapshot", "restore", "one").startswith("Restored one: ")

    def test_a_file_may_be_named_for_both(self, world: EmulatorNamespace, tmp_path: Path) -> None:
        world.snapshot("one")
        path = tmp_path / "one.json"
        assert said(world, "snapshot", "export", "one", "--output", str(path)) == f"Exported one to {path}.\n"
        done = tell(world, "snapshot", "import", "-", "--name", "two", stdin=path.read_text())
        assert done.stdout.startswith("Imported two: ")

    @pytest.mark.parametrize("verb", ["restore", "drop", "export"])
    def test_an_unknown_name_is_2(self, world: EmulatorNamespace, verb: str) -> None:
        world.snapshot("before")
        done = tell(world, "snapshot", verb, "befor")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "atthene-emulator: There is no snapshot 'befor'; did you mean before?\n"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "is no JSON"),
            ("[]", "is no snapshot"),
            ("{}", "the document has no name"),
            ('{"name": "a"}', "This is no snapshot that can be used here"),
        ],
        ids=["no JSON", "a list", "no name", "no snapshot"],
    )
    def test_a_document_that_is_none_is_2(
        self, world: EmulatorNamespace, tmp_path: Path, text: str, message: str
    ) -> None:
        path = tmp_path / "wrong.json"
        path.write_text(text)
        done = tell(world, "snapshot", "import", str(path))
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr

    def test_files_that_cannot_be_read_or_written_are_2(self, world: EmulatorNamespace, tmp_path: Path) -> None:
        world.snapshot("one")
        missing = tmp_path / "no" / "where.json"
        for arguments in (["import", str(missing)], ["export", "one", "--output", str(missing)]):
            done = tell(world, "snapshot", *arguments)
            assert (done.returncode, done.stdout) == (2, "")
            assert f"{missing}" in done.stderr

    def test_a_mistyped_command_suggests_the_near_one(self) -> None:
        done = invoke("snapshot", "resore")
        assert (done.returncode, done.stdout) == (2, "")
        assert "No such command 'resore'; did you mean restore?" in done.stderr


ASKING = [
    ["scenario", "list"],
    ["scenario", "use", "refusal"],
    ["reset"],
    ["snapshot", "save"],
    ["snapshot", "list"],
    ["snapshot", "restore", "one"],
    ["snapshot", "drop", "one"],
    ["snapshot", "export", "one"],
    ["why", SESSION],
    ["coverage"],
    ["env"],
]


@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
class TestEveryCommandThatAsks:
    def test_without_an_emulator_it_is_3(self, arguments: list[str], free_url: str) -> None:
        done = invoke(*arguments, "--url", free_url)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.startswith(f"atthene-emulator: No emulator answers at {free_url}; start one")

    def test_an_unknown_namespace_is_2(self, emulator: EmulatorServer, arguments: list[str]) -> None:
        done = invoke(*arguments, "--url", emulator.url, "--namespace", "defualt")
        assert (done.returncode, done.stdout) == (2, "")
        assert "did you mean default?" in done.stderr


def test_a_wrong_control_token_is_3_and_the_right_one_may_be_in_the_environment() -> None:
    with EmulatorServer(control_token="s3cret") as server:
        assert invoke("reset", "--url", server.url).returncode == 3
        assert invoke("reset", "--url", server.url, "--control-token", "guess").returncode == 3
        assert invoke("reset", "--url", server.url, ATTHENE_EMULATOR_CONTROL_TOKEN="s3cret").returncode == 0


def leaves(group: Commands, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Every command, by its words."""
    for name, command in group.everyone().items():
        if isinstance(command, Commands):
            yield from leaves(command, *names, name)
        yield " ".join((*names, name)), command


ALL = dict(leaves(commands))
EACH = pytest.mark.parametrize(("words", "command"), ALL.items(), ids=ALL.keys())


@EACH
def test_every_option_is_a_variable_too(words: str, command: click.Command) -> None:  # noqa: ARG001
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    assert [one.opts[0] for one in options if "ATTHENE_" not in str(one.envvar)] == []


@EACH
def test_help_has_an_example_and_fits(words: str, command: click.Command) -> None:
    text = command.get_help(click.Context(command, info_name=words, terminal_width=100))
    assert f"atthene-emulator {words}" in text
    short = command.get_short_help_str(60)
    assert short.endswith(".")
    assert not short.endswith("..."), short


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["srve"], "No such command 'srve'; did you mean serve?"),
        (["snapshots", "list"], "No such command 'snapshots'; did you mean snapshot?"),
        (["doktor"], "No such command 'doktor'; did you mean doctor?"),
        (["xyzzy"], "No such command 'xyzzy'; there are serve, exec, env, doctor, validate"),
        (["reset", "--nmespace", "a"], "--namespace"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_mistyped_suggests_the_near_one(arguments: list[str], near: str) -> None:
    done = invoke(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert near in done.stderr


def test_who_has_no_token_hears_how_it_is_given() -> None:
    with EmulatorServer(control_token="s3cret") as server:
        for token in ([], ["--control-token", "guess"]):
            done = invoke("reset", "--url", server.url, *token)
            assert (done.returncode, done.stdout) == (3, "")
            assert "--control-token, or as ATTHENE_EMULATOR_CONTROL_TOKEN." in done.stderr


def test_a_key_in_place_of_the_token_means_its_namespace() -> None:
    with EmulatorServer(control_token="s3cret") as server, server.client.create_namespace() as world:
        done = invoke("reset", "--url", server.url, "--control-token", world.api_key, "--json")
        assert json.loads(done.stdout)["reset"] == world.namespace
        done = invoke("reset", "--control-token", world.api_key, ATTHENE_BASE_URL=server.base_url)
        assert done.stdout.startswith(f"{world.namespace} is as its seed has it")
        assert f"this was {world.namespace} at" in done.stderr
