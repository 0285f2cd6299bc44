"""Emulators with a seed of a test's own, and what is told of the executions in them."""

import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from atthene_emulator.server import EmulatorServer
from tests.conftest import Api

SESSION = "s1"
PATIENCE = 10  # seconds that a test looks for something before it gives up
FROZEN = "clock: {mode: frozen, now: 2025-01-15T10:30:00Z}\n"
ACCOUNT = "accounts: [{id: ada, api_keys: [test-key]}]\n"
ONE_AGENT = (
    "sessions: [{id: s1, config: {name: Helper, agent_type: llm_agent, prompt_config: {system_prompt: Help.}}}]\n"
)


@contextmanager
def world(folder: Path, seed: str, *, clock: str = FROZEN) -> Iterator[Api]:
    """A client of an emulator with this seed, an account, and by default a frozen clock."""
    path = folder / "seed.yaml"
    path.write_text(clock + ACCOUNT + textwrap.dedent(seed), encoding="utf-8")
    with EmulatorServer(seeds=(str(path),)) as server:
        client = Api(server)
        try:
            yield client
        finally:
            client.http.close()


def executions(api: Api, session_id: str = SESSION) -> list[dict[str, Any]]:
    """What the control plane tells of a session's executions, oldest first, with their prompts."""
    path = f"/sessions/{session_id}/executions?tail=0&prompts=true"
    told: list[dict[str, Any]] = api.control("GET", path).json()["executions"]
    return told


def arrows(execution: dict[str, Any]) -> list[str]:
    """The path of an execution, a line for each step: `a -> b: why`."""
    return [
        f"{step['from']} {'-' + step['arm'] if step['arm'] else ''}-> {step['to']}: {step['why']}"
        for step in execution["path"]
    ]


def agents_of(execution: dict[str, Any]) -> list[str]:
    """The agents of an execution in the order of their turns."""
    return [turn["agent"] for turn in execution["turns"]]


def said(answer: requests.Response) -> list[str]:
    """The texts of the messages of an execute response."""
    assert answer.status_code == 200, answer.text
    return [message["content"] for message in answer.json()["messages"]]


def history(api: Api, session_id: str = SESSION) -> list[tuple[str, Any]]:
    """Role and content of every stored message."""
    messages = api.get(f"/runtime/{session_id}/messages/?limit=1000").json()["messages"]
    return [(message["role"], message["content"]) for message in messages]


def without_sessions(gate: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in gate.items() if key != "sessions"}


def until_gates_are(api: Api, expected: list[dict[str, Any]]) -> None:
    """Ask again and again until the list of gates, less whose executions wait, is as expected."""
    deadline = time.monotonic() + PATIENCE
    while (gates := [without_sessions(one) for one in api.control("GET", "/gates").json()]) != expected:
        assert time.monotonic() < deadline, gates


def held_at(api: Api, gate: str, content: Any, **more: Any) -> requests.Response:
    """The answer to a message that waits at a gate, which is opened as soon as it does."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(api.with_contract(api.contract).execute, SESSION, content, **more)
        until_gates_are(api, [{"name": gate, "open": False, "waiting": 1}])
        api.control("POST", f"/gates/{gate}/open")
        return running.result()
