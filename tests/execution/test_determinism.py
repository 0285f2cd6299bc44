"""The same requests on the same seed give byte-identical answers in any process."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

SEED = """\
clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
accounts: [{id: ada, api_keys: [test-key]}]
prompts: {tone: Be kind.}
agents:
  - system_config:
      name: Desk
      entry_point: START
      variables: {tier: {type: str, default: gold}, count: {type: int, default: 1}, log: {type: str, default: "", mode: concat}}
      agents:
        - name: classifier
          agent_type: llm_agent
          structured_output:
            enabled: true
            schema: {team: {type: str}, scores: {type: "dict[str, float]"}, urgent: {type: "bool | None"}}
          variable_assignments: {log: classifier.output.team}
        - {name: lead, agent_type: supervisor, supervised_agents: [ann, bob], return_to_supervisor: true}
        - {name: ann, agent_type: llm_agent, system_prompt: "{{ prompts.tone }} {{ classifier.output }}"}
        - {name: bob, agent_type: react_agent, tools: [calculator, wikipedia_search]}
      edges:
        - {from: START, to: classifier}
        - {from: START, to: ann}
        - {from: classifier, condition: "{{classifier.output.team}}", condition_type: literal, possible_outputs: [lead]}
        - {from: ann, to: END}
        - {from: lead, to: END}
sessions: [{id: s1, agent_key: desk}]
scripts:
  - {name: sum, when: {agent: bob, content: {contains: sum}}, then: {reply: "4", delay_ms: 1500, tool_calls: [{name: calculator, arguments: {b: 2, a: 1}, result: 4}]}}
  - {name: end, when: {agent: classifier, turn: 3}, then: {output: {team: x}, route: END}}
  - {name: fail, when: {agent: ann, turn: 4}, then: {error: {message: Ann is ill}}}
"""

NEW = {"name": "New", "agent_type": "llm_agent", "system_prompt": "Help."}
API, CONTROL = "/api/v1", "/__emulator"
REQUESTS: tuple[tuple[str, str, Any], ...] = (
    ("GET", f"{API}/agent/", None),
    ("POST", f"{API}/agent/", {"system_config": NEW}),
    ("POST", f"{API}/sessions/", NEW),
    ("GET", f"{API}/sessions/from-agent/?agent_key=desk", None),
    ("POST", f"{API}/runtime/s1/execute/", {"content": "What is the sum?", "correlation_id": "c1"}),
    ("POST", f"{API}/runtime/s1/execute/", {"content": "Again", "inputs": {"tier": "silver"}}),
    ("POST", f"{API}/runtime/s1/execute/", {"content": "To the end"}),
    ("POST", f"{API}/runtime/s1/execute/", {"content": "Fail"}),
    ("POST", f"{API}/runtime/s1/execute/", {"content": "x", "inputs": {"count": "many", "other": 2}}),
    ("POST", f"{API}/runtime/s1/execute/", {"content": "!emulator fial"}),
    ("POST", f"{API}/agent/validate/", {"name": "Wrong", "agents": [{"nmae": "a"}], "edges": [{"from": "a", "to": "b"}]}),
    ("GET", f"{API}/runtime/s1/messages/", None),
    ("GET", f"{API}/runtime/s1/status/", None),
    ("GET", f"{API}/sessions/", None),
    ("GET", f"{API}/sessions/s1/", None),
    ("GET", f"{CONTROL}/sessions/s1/executions", None),
    ("GET", f"{CONTROL}/coverage", None),
    ("GET", f"{CONTROL}/scripts", None),
    ("GET", f"{CONTROL}/state", None),
)  # fmt: skip


def answers(seed: Path, hash_seed: str) -> list[tuple[int, bytes, str | None]]:
    """Status, body and scripts of each answer of a fresh process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ATTHENE_")}
    command = [sys.executable, "-m", "atthene_emulator", "--port", "0", "--json", "--seed", str(seed)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**environment, "PYTHONHASHSEED": hash_seed}
    ) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            found = []
            with requests.Session() as http:
                http.headers["x-api-key"] = "test-key"
                for method, path, body in REQUESTS:
                    answer = http.request(method, url + path, json=body, timeout=10)
                    found.append((answer.status_code, answer.content, answer.headers.get("X-Emulator-Script")))
            return found
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[int, bytes, str | None]]]:
    """The answers of two processes whose hashes differ."""
    seed = tmp_path_factory.mktemp("determinism") / "seed.yaml"
    seed.write_text(SEED)
    return [answers(seed, hash_seed) for hash_seed in ("1", "4242")]


@pytest.mark.parametrize(
    "number", range(len(REQUESTS)), ids=[f"{index} {one[0]} {one[1]}" for index, one in enumerate(REQUESTS)]
)
def test_an_answer_is_the_same_in_another_process(runs: list[list[tuple[int, bytes, str | None]]], number: int) -> None:
    first, second = (run[number] for run in runs)
    assert first == second


def test_the_answers_are_those_of_real_executions(runs: list[list[tuple[int, bytes, str | None]]]) -> None:
    first = runs[0]
    assert [status for status, _, _ in first] == [200, 201, 201, 200, 200, 200, 200, 200, 400, 400, *[200] * 9]
    assert [script for _, _, script in first[4:8]] == ["default, sum", "default", "end, default", "default, fail"]
    assert len({body for _, body, _ in first}) == len(first)
