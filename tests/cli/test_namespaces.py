"""`atthene-emulator namespace`: what there is, and clearing up after those that are gone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from atthene_emulator import EmulatorNamespace
from atthene_emulator.server import EmulatorServer
from tests.cli.running import Done, invoke


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def worlds(emulator: EmulatorServer) -> list[EmulatorNamespace]:
    return [emulator.client.create_namespace(name, ttl_seconds=ttl) for name, ttl in (("shop", 90), ("basket", None))]


def tell(emulator: EmulatorServer, *arguments: str, **more: str) -> Done:
    return invoke("namespace", *arguments, "--url", emulator.url, **more)


def as_json(emulator: EmulatorServer, *arguments: str) -> Any:
    done = tell(emulator, *arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def names(emulator: EmulatorServer) -> list[str]:
    return [one.name for one in emulator.client.namespaces()]


@pytest.mark.usefixtures("worlds")
class TestNamespaces:
    def test_they_are_listed_with_their_times(self, emulator: EmulatorServer) -> None:
        lines = tell(emulator, "list").stdout.splitlines()
        assert [line.split()[0] for line in lines] == ["default", "shop", "basket"]
        assert [line.partition("kept ")[2] for line in lines] == ["for good", "for 90 s unused", "for good"]
        listed = as_json(emulator, "list")
        assert [(one["name"], one["ttl_seconds"]) for one in listed] == [
            ("default", None),
            ("shop", 90),
            ("basket", None),
        ]

    def test_deleted_they_are_gone(self, emulator: EmulatorServer) -> None:
        assert tell(emulator, "delete", "shop", "basket").stdout == "Forgot shop, basket.\n"
        assert names(emulator) == ["default"]

    def test_those_that_were_deleted_are_listed_if_they_are_wanted(self, emulator: EmulatorServer) -> None:
        tell(emulator, "delete", "shop")
        lines = tell(emulator, "list", "--deleted").stdout.splitlines()
        assert [line.split()[0] for line in lines] == ["default", "basket", "shop"]
        assert ["deleted 20" in line for line in lines] == [False, False, True]
        assert [one["name"] for one in as_json(emulator, "list", "--deleted")] == ["default", "basket", "shop"]
        assert "shop" not in tell(emulator, "list").stdout

    @pytest.mark.parametrize(
        "arguments", [["list"], ["prune"], ["delete", "shop"], ["delete", "shop", "basket"]], ids=str
    )
    def test_one_that_is_gone_and_still_named_by_a_variable_does_not_disturb(
        self, emulator: EmulatorServer, arguments: list[str]
    ) -> None:
        done = tell(emulator, *arguments, ATTHENE_EMULATOR_NAMESPACE="gone")
        assert (done.returncode, done.stderr) == (0, "")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [(["shop", "baskte"], "did you mean basket?"), (["baskte"], "did you mean basket?"),
         (["shop", "default"], "default cannot be deleted"), (["default"], "default cannot be deleted"), ([], "NAME")],
        ids=str,
    )  # fmt: skip
    def test_a_wrong_name_forgets_nothing(self, emulator: EmulatorServer, arguments: list[str], said: str) -> None:
        done = tell(emulator, "delete", *arguments)
        assert (done.returncode, done.stdout, said in done.stderr) == (2, "", True)
        assert names(emulator) == ["default", "shop", "basket"]

    def test_those_that_nobody_uses_are_pruned(self, emulator: EmulatorServer) -> None:
        assert tell(emulator, "prune", "--unused-for", "1h").stdout == "Nothing is to be forgotten.\n"
        assert as_json(emulator, "prune", "--unused-for", "0s") == {"deleted": ["shop", "basket"]}
        assert names(emulator) == ["default"]

    @pytest.mark.parametrize("length", ["soon", "-1h", "1w", "", "1h30m", "٣h"])
    def test_what_is_no_length_of_time_is_wrong_usage(self, emulator: EmulatorServer, length: str) -> None:
        done = tell(emulator, "prune", "--unused-for", length)
        assert (done.returncode, "write it like 30s, 15m, 1h or 2d" in done.stderr) == (2, True)


def test_a_world_of_a_shell_is_not_kept_for_ever(emulator: EmulatorServer) -> None:
    for given, kept in (([], 86_400), (["--ttl", "15m"], 900)):
        done = invoke("env", "--url", emulator.url, "--new-namespace", "--format", "json", *given)
        name = json.loads(done.stdout)["ATTHENE_EMULATOR_NAMESPACE"]
        assert {one.name: one.ttl_seconds for one in emulator.client.namespaces()}[name] == kept


def test_a_namespaces_own_key_deletes_it() -> None:
    with EmulatorServer(control_token="open sesame") as running:
        made = running.client.create_namespace("mine")
        given = {"ATTHENE_EMULATOR_CONTROL_TOKEN": made.api_key}
        assert tell(running, "list", **given).returncode == 3
        assert tell(running, "delete", "mine", **given).stdout == "Forgot mine.\n"
        assert names(running) == ["default"]


def test_what_was_reset_by_the_key_of_a_namespace_is_named() -> None:
    with EmulatorServer(control_token="open sesame") as server:
        world = server.client.create_namespace("shop")
        for token, name in ((world.api_key, "shop"), ("open sesame", "default")):
            done = invoke("reset", "--url", server.url, "--control-token", token)
            assert done.stdout.startswith(f"{name} is as its seed has it")
            shown = invoke("reset", "--json", ATTHENE_BASE_URL=server.base_url, ATTHENE_EMULATOR_CONTROL_TOKEN=token)
            assert json.loads(shown.stdout)["reset"] == name
            assert f"this was {name} at" in shown.stderr
