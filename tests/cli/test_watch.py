"""`serve --watch`: seed files are edited while the emulator runs."""

import json
import logging
import os
import queue
import signal
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from atthene_emulator.server import EmulatorServer
from tests.cli.running import invoke
from tests.cli.serving import KEY, Served, greeting, serving, started

SEED = """\
accounts: [{id: ada, api_keys: [test-key]}]
agents:
  - system_config: {name: Helper, agent_type: llm_agent}
sessions: [{id: s1, agent_key: helper}]
scripts:
  - {name: hello, when: {content: {contains: Hello}}, then: {reply: Hi}}
"""
WITH_SCOUT = SEED.replace("sessions:", "  - system_config: {name: Scout, agent_type: llm_agent}\nsessions:")
WRONG = SEED.replace("agent_key: helper", "agent_key: helpr")
SAME = {"added": 0, "changed": 0, "removed": 0}
ONE_MORE = {"added": 1, "changed": 0, "removed": 0}
ONE_CHANGED = {"added": 0, "changed": 1, "removed": 0}


class Watched(NamedTuple):
    """An emulator that looks at a seed file."""

    served: Served
    path: Path

    def write(self, text: str) -> None:
        self.path.write_text(textwrap.dedent(text), encoding="utf-8")

    def event(self) -> dict[str, Any]:
        """The next event."""
        assert self.served.process.stdout is not None
        told: dict[str, Any] = json.loads(self.served.process.stdout.readline())
        return told

    def changes(self) -> dict[str, Any]:
        """What is different after the next event, which is a reload of the seed file."""
        told = self.event()
        assert (told["event"], told["files"]) == ("reloaded", [str(self.path)])
        return {kind: change for kind, change in told["changes"].items() if change != SAME}

    def agents(self) -> list[str]:
        return sorted(agent["agent_key"] for agent in self.served.get("/agent/").json())


@contextmanager
def watching(folder: Path, *arguments: str, text: str = SEED) -> Iterator[Watched]:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with serving("--watch", "--no-log-requests", "--seed", str(path), *arguments) as served:
        yield Watched(served, path)


class TestReload:
    def test_an_agent_that_is_added_appears(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            assert watched.agents() == ["helper"]
            watched.write(WITH_SCOUT)
            assert watched.changes() == {"agents": ONE_MORE}
            assert watched.agents() == ["helper", "scout"]

    def test_the_event_counts_every_kind(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            watched.write(
                """\
                clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
                accounts: [{id: ada, api_keys: [test-key, other]}, {id: bob}]
                agents:
                  - owner: ada
                    system_config: {name: Helper, agent_type: llm_agent, system_prompt: Be kind.}
                sessions:
                  - {id: s2, owner: ada, agent_key: helper}
                  - {owner: ada, agent_key: helper}
                scripts:
                  - {name: hello, when: {content: {contains: Hello}}, then: {reply: Good morning}}
                  - {then: {reply: What?}}
                faults: [{status: 503}]
                prompts: {kind: Be kind.}
                scenarios: {gloom: {description: Rain., scripts: [{then: {reply: It rains.}}]}}
                provider_states: {it rains: {scenario: gloom}}
                """
            )
            told = watched.event()
        assert told == {
            "event": "reloaded",
            "files": [str(watched.path)],
            "changes": {
                "agents": ONE_CHANGED,
                "sessions": {"added": 2, "changed": 0, "removed": 1},
                **{
                    key: {"added": 0, "changed": 0, "removed": 0} for key in ("files", "collections", "knowledge_bases")
                },
                "scripts": {"added": 1, "changed": 1, "removed": 0},
                "faults": ONE_MORE,
                "accounts": ONE_MORE,
                "keys": ONE_MORE,
                "prompts": ONE_MORE,
                "scenarios": ONE_MORE,
                "provider_states": ONE_MORE,
                "settings": ONE_CHANGED,
            },
        }

    def test_its_scripts_answer(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            assert watched.served.execute("Hello", "s1").headers["X-Emulator-Script"] == "hello"
            watched.write(SEED.replace("reply: Hi", "reply: Good morning"))
            assert watched.changes() == {"scripts": ONE_CHANGED}
            assert "Good morning" in watched.served.execute("Hello", "s1").text

    def test_its_keys_open_and_others_do_not(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            watched.write(SEED.replace("test-key", "new-key"))
            assert watched.changes() == {"keys": {"added": 1, "changed": 0, "removed": 1}}
            url = watched.served.ready["base_url"] + "/sessions/"
            assert requests.get(url, headers=KEY, timeout=10).status_code == 401
            assert requests.get(url, headers={"x-api-key": "new-key"}, timeout=10).status_code == 200

    def test_a_key_that_another_namespace_has_leads_to_the_default_one(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            seed = {"accounts": [{"id": "bob", "api_keys": ["shared"]}]}
            control, shared = watched.served.ready["control_url"], {"x-api-key": "shared"}
            made = requests.post(f"{control}/namespaces", json={"name": "bobs", "seed": seed}, timeout=10)
            assert made.status_code == 201
            url = watched.served.ready["base_url"] + "/agent/"
            assert requests.get(url, headers=shared, timeout=10).json() == []
            for text, count in ((SEED.replace("test-key", "shared"), 1), (SEED, 0)):
                watched.write(text)
                watched.changes()
                assert len(requests.get(url, headers=shared, timeout=10).json()) == count
            assert requests.delete(f"{control}/namespaces/bobs", timeout=10).status_code == 204
            assert requests.get(url, headers=shared, timeout=10).status_code == 401

    def test_its_contract_is_followed_unless_one_was_chosen(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            watched.write("contract: reference\n" + SEED)
            assert watched.changes() == {"settings": ONE_CHANGED}
            assert watched.served.control("/health").json()["contract"] == "reference"
        with watching(tmp_path, "--contract", "connecting") as watched:
            watched.write("contract: reference\n" + SEED)
            watched.changes()
            assert watched.served.control("/health").json()["contract"] == "connecting"

    def test_resets_and_new_namespaces_start_from_it_and_others_go_on(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            url = watched.served.ready["base_url"] + "/agent/"

            def namespace() -> str:
                made = requests.post(watched.served.ready["control_url"] + "/namespaces", timeout=10)
                key: str = made.json()["api_key"]
                return key

            def agents(key: str) -> int:
                return len(requests.get(url, headers={"x-api-key": key}, timeout=10).json())

            before = namespace()
            watched.write(WITH_SCOUT)
            watched.changes()
            assert watched.served.control("/reset", "POST").status_code == 200
            assert watched.agents() == ["helper", "scout"]
            assert (agents(before), agents(namespace())) == (1, 2)

    def test_journal_and_snapshots_stay(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            watched.agents()
            assert watched.served.control("/snapshots", "POST").status_code == 201
            watched.write(WITH_SCOUT)
            watched.changes()
            assert [entry["id"] for entry in watched.served.control("/journal").json()] == ["req_000001"]
            (snapshot,) = watched.served.control("/snapshots").json()
            assert watched.served.control(f"/snapshots/{snapshot['name']}/restore", "POST").status_code == 200
            assert watched.agents() == ["helper"]

    def test_a_file_that_is_saved_as_it_was_starts_again(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            assert watched.served.post("/sessions/", json={"name": "H", "agent_type": "llm_agent"}).status_code == 201
            watched.write(SEED)
            assert watched.changes() == {}
            assert watched.served.control("/state").json()["counts"]["sessions"] == 1

    def test_a_file_that_another_replaces(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            for text, change in ((WITH_SCOUT, ONE_MORE), (SEED, {"added": 0, "changed": 0, "removed": 1})):
                other = tmp_path / "other.yaml"
                other.write_text(text, encoding="utf-8")
                os.utime(other, ns=(0, watched.path.stat().st_mtime_ns))
                os.replace(other, watched.path)  # noqa: PTH105  # as editors do
                assert watched.changes() == {"agents": change}

    def test_a_file_that_is_gone_for_a_moment_is_no_mistake(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            watched.path.unlink()
            watched.write(WITH_SCOUT)
            assert watched.changes() == {"agents": ONE_MORE}

    def test_a_file_that_is_half_written_for_a_moment_is_no_mistake(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            with watched.path.open("w", encoding="utf-8") as file:
                file.write(WITH_SCOUT[:50])
                file.flush()
                file.write(WITH_SCOUT[50:])
            assert watched.changes() == {"agents": ONE_MORE}

    def test_a_configuration_that_the_seed_names(self, tmp_path: Path) -> None:
        config = tmp_path / "agents" / "helper.yaml"
        config.parent.mkdir()
        config.write_text("name: Helper\nagent_type: llm_agent\n")
        seed = "accounts: [{id: ada, api_keys: [test-key]}]\nagents: [{config_file: agents/helper.yaml}]\n"
        with watching(tmp_path, text=seed) as watched:
            config.write_text("name: Scout\nagent_type: llm_agent\n")
            told = watched.event()
            assert (told["event"], told["files"]) == ("reloaded", [str(config)])
            assert watched.agents() == ["scout"]
            config.write_text("name: Scout\nagent_type: llm_agnt\n")
            told = watched.event()
            assert (told["event"], told["files"]) == ("reload_failed", [str(config)])
            assert "agents/helper.yaml:2:13: agent_type: " in told["message"]
            watched.write(SEED)
            assert watched.event()["event"] == "reloaded"
            config.write_text("name: Nobody\nagent_type: llm_agent\n")  # not named any more
            watched.write(WITH_SCOUT)
            assert watched.changes() == {"agents": ONE_MORE}

    def test_every_seed_is_read_again_and_bundled_ones_are_fine(self, tmp_path: Path) -> None:
        with watching(tmp_path, "--seed", "default", text="accounts: [{id: bob, api_keys: [bobs]}]\n") as watched:
            watched.write("accounts: [{id: bob, api_keys: [bobs, more]}]\n")
            assert watched.changes() == {"keys": ONE_MORE}
            assert watched.served.get("/sessions/session_abc123/").status_code == 200


class TestMistakes:
    def test_a_wrong_file_says_where_and_all_stays_until_it_is_mended(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            made = watched.served.post("/sessions/", json={"name": "H", "agent_type": "llm_agent"}).json()
            watched.write(WRONG)
            assert watched.event() == {
                "event": "reload_failed",
                "files": [str(watched.path)],
                "message": (f"{watched.path}:4:32: sessions.0.agent_key: ada has no agent helpr; did you mean helper?"),
            }
            assert watched.served.get(f"/sessions/{made['session_id']}/").status_code == 200
            assert watched.agents() == ["helper"]
            watched.write(WITH_SCOUT)
            assert watched.changes() == {"agents": ONE_MORE}
            assert watched.agents() == ["helper", "scout"]

    def test_what_is_no_yaml_is_told_with_its_line(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            watched.write("accounts:\n\t- id: ada\n")
            told = watched.event()
            assert told["message"] == f"{watched.path}:2:1: A tab stands here; YAML is indented with spaces only."
            assert watched.agents() == ["helper"]

    def test_a_file_that_is_deleted_is_told_once_and_read_when_it_is_back(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            watched.path.unlink()
            told = watched.event()
            assert told["event"] == "reload_failed"
            assert told["message"] == f"{watched.path}: cannot be read: No such file or directory."
            assert watched.agents() == ["helper"]
            watched.write(WITH_SCOUT)
            assert watched.changes() == {"agents": ONE_MORE}

    def test_a_configuration_that_is_missing_is_read_when_it_is_there(self, tmp_path: Path) -> None:
        with watching(tmp_path) as watched:
            watched.write(SEED.replace("sessions:", "  - config_file: scout.yaml\nsessions:"))
            told = watched.event()
            assert told["event"] == "reload_failed"
            assert f"{watched.path}:4:18: agents.1.config_file: " in told["message"]
            (tmp_path / "scout.yaml").write_text("name: Scout\nagent_type: llm_agent\n")
            told = watched.event()
            assert (told["event"], told["files"]) == ("reloaded", [str(tmp_path / "scout.yaml")])
            assert watched.agents() == ["helper", "scout"]


class TestForPeople:
    def test_lines_say_what_changed_or_what_is_wrong(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.yaml"
        path.write_text(SEED)
        with started("--port", "0", "--watch", "--seed", str(path)) as process:
            assert greeting(process)[1] == f"  seed     {path} (watched)"
            assert process.stdout is not None
            path.write_text(WITH_SCOUT.replace("reply: Hi", "reply: Good morning"))
            line = process.stdout.readline()
            assert line == f"Reloaded {path}: agents +1 ~0 -0, scripts +0 ~1 -0\n"
            path.write_text(WRONG)
            assert [process.stdout.readline() for _ in range(2)] == [
                "Not reloaded, all stays as it was:\n",
                f"{path}:4:32: sessions.0.agent_key: ada has no agent helpr; did you mean helper?\n",
            ]
            path.write_text(SEED)
            assert process.stdout.readline() == f"Reloaded {path}: agents +0 ~0 -1, scripts +0 ~1 -0\n"
            path.write_text(SEED)
            assert process.stdout.readline() == f"Reloaded {path}: it says the same as before\n"
            process.send_signal(signal.SIGTERM)
            assert process.communicate() == ("", "")
            assert process.returncode == 0

    @pytest.mark.parametrize("seeds", [[], ["--seed", "busy"]], ids=["none", "bundled"])
    def test_there_must_be_a_file_to_look_at(self, seeds: list[str]) -> None:
        done = invoke("--port", "0", "--watch", *seeds)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "atthene-emulator: --watch has no seed file to look at; name one by its path, as in --seed ./mine.yaml.\n"
        )

    def test_the_environment_can_ask_for_it(self) -> None:
        assert "--watch has no seed file" in invoke("--port", "0", ATTHENE_EMULATOR_WATCH="1").stderr

    def test_without_it_files_are_read_once(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.yaml"
        path.write_text(SEED)
        with serving("--no-log-requests", "--seed", str(path)) as served:
            path.write_text(WITH_SCOUT)
            assert len(served.get("/agent/").json()) == 1
            served.process.send_signal(signal.SIGTERM)
            assert served.process.communicate() == ("", "")


class _Messages(logging.Handler):
    """Log messages, to be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.told: queue.Queue[tuple[str, str]] = queue.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self.told.put((record.levelname, record.getMessage()))


def test_a_server_of_python_tells_the_log(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SEED)
    log, messages = logging.getLogger("atthene_emulator"), _Messages()
    log.addHandler(messages)
    level = log.level
    log.setLevel(logging.INFO)
    try:
        with EmulatorServer(seeds=(str(path),), watch=True) as server:
            path.write_text(WITH_SCOUT)
            assert messages.told.get(timeout=20) == ("INFO", f"Reloaded {path}: agents +1 ~0 -0")
            url, key = server.base_url + "/agent/", {"x-api-key": server.api_key}
            assert len(requests.get(url, headers=key, timeout=10).json()) == 2
            path.write_text(WRONG)
            level_name, message = messages.told.get(timeout=20)
            assert level_name == "WARNING"
            assert f"{path}:4:32: " in message
    finally:
        log.setLevel(level)
        log.removeHandler(messages)
