"""No request takes long or much, however nasty: every operation is sent the largest and worst that it may be sent.

Processor time and memory are those of a server that is a process of its own, so that a busy machine changes little; what takes
long is compared with how long the bare library takes on the same machine.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE
from time import process_time
from typing import Any, NamedTuple

import pytest
import requests
import yaml

from atthene_emulator.limits import BODY, MIB, VALUES
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS
from tests.cli.running import COMMAND, environment
from tests.cli.serving import Served, ready_line
from tests.foreign import UNMEASURED

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read below /proc")

SECONDS, MEBIBYTES = 1.0, 100
READS = (
    2.5  # how many times as long as the bare library reads as much YAML, on a machine where that is more than SECONDS
)
SIZE = BODY.most
TICKS = 100  # of the kernel's clock, in a second
SEED = """
accounts: [{id: ada, company: acme, api_keys: [test-key]}]
agents:
  - {id: 11111111-1111-4111-8111-111111111111, system_config: {name: Helper, agent_type: llm_agent, system_prompt: Help.}}
sessions:
  - id: s1
    config:
      name: Team
      description: Repeats what it hears.
      entry_point: a
      variables: {mood: {type: str, default: good}}
      agents:
        - &one
          name: a
          agent_type: llm_agent
          prompt_config: {system_prompt: "{{ user_input }} {{ history }} {{ full_history[1] }} {{ variables.mood }} {{ a.output }}"}
        - {<<: *one, name: b}
        - {<<: *one, name: c}
      edges: [{from: a, to: b}, {from: b, to: c}, {from: c, to: END}]
scripts:
  - {when: {content: {matches: "^(a+)+$"}}, then: {reply: "{{ user_input }}"}}
  - {when: {content: {matches: "(?=a)(a|aa)+$"}}, then: {reply: "no"}}
"""
IDS = {"session_id": "s1", "agent_id": "helper", "name": "seed"}


class Nasty(NamedTuple):
    """A body with its media type and a name."""

    name: str
    body: bytes
    media: str = "application/json"


class Cost(NamedTuple):
    """What the server has used: seconds of processor time, and bytes at most."""

    seconds: float
    peak: int


def cost_of(pid: int) -> Cost:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert peak is not None
    return Cost((int(fields[11]) + int(fields[12])) / TICKS, int(peak[1]) * 1024)


def allowed() -> float:
    """Seconds of processor time that a request may take on this machine, as it is now."""
    keys = next(one for one in ANYTHING if one.name == "YAML keys")
    began = process_time()
    yaml.load(keys.body, Loader=yaml.CSafeLoader)
    return max(SECONDS, READS * (process_time() - began))


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def filled(start: bytes, part: bytes, end: bytes, most: int = SIZE) -> bytes:
    """A body of a part again and again, as many as go into it."""
    return start + part * ((most - len(start) - len(end)) // len(part)) + end


MANY = {f"k{number}": 0 for number in range(VALUES.most - 100)}
NUMBERS = [0] * (VALUES.most - 100)
ANYTHING = (
    Nasty("brackets", b"[" * SIZE),
    Nasty("spaces", b" " * SIZE),
    Nasty("commas", filled(b"[", b"0,", b"0]")),
    Nasty("a long text", filled(b'"', b"x", b'"')),
    Nasty("escapes", filled(b'{"content": "', b"\\u0041", b'"}')),
    Nasty("half pairs", filled(b'{"content": "', b"\\ud800", b'"}')),
    Nasty("a text that never ends", filled(b'[1e999x,"', b'\\"', b"")),
    Nasty("digits", b"1" * SIZE),
    Nasty("a long fraction", filled(b"[0.", b"1", b"]")),
    Nasty("no UTF-8", filled(b'{"content": "', b"\xff", b'"}')),
    Nasty("many keys", json.dumps(MANY).encode()),
    Nasty("a long key", filled(b'{"', b"k", b'": 0}')),
    Nasty("the same key twice", json.dumps(MANY).encode()[:-1] + b',"k1":0}'),
    Nasty("numbers", json.dumps(NUMBERS).encode()),
    Nasty("nested", b'{"k":' * 63 + b"0" + b"}" * 63),
    Nasty("YAML keys", b"".join(b"k%d: v\n" % number for number in range(VALUES.most - 100)), "application/yaml"),
    Nasty("YAML anchors", b"".join(b"- &a%d x\n" % number for number in range(VALUES.most - 100)), "application/yaml"),
    Nasty("YAML aliases of aliases", b"".join(b"a%d: &a%d [*a%d,*a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 999)).replace(b"[*a0,*a0]", b"x"), "application/yaml"),
    Nasty("YAML dashes", b"- " * (SIZE // 2), "application/yaml"),
    Nasty("YAML words", filled(b"content: ", b"x ", b""), "application/yaml"),
)  # fmt: skip


def worst(size: int) -> tuple[Any, ...]:
    """Values for a member of a body: templates, texts, lists and mappings that are as large as they may be."""
    return (
        "{{user_input}}" * (size // 14),
        "{{ full_history[1] }}{{ history[7] }}" * (size // 40),
        "a" * size + "!",
        "\N{GRINNING FACE}" * (size // 12),
        NUMBERS,
        MANY,
        [{"type": "text", "text": "{{ history }}"}] * (VALUES.most // 3 - 100),
        [[]] * (VALUES.most - 100),
    )


# What rows want besides, so that a body comes further than its schema.
WHOLE: dict[str, Any] = {
    "journal.wait": {"timeout_seconds": 0.01},
    "scripts.add": {"then": {"reply": "yes"}},
    "faults.add": {"status": 503},
    "clock.set": {"mode": "running"},
    "clock.advance": {"seconds": 1},
    "rate_limit.set": {"requests": 9},
    "latency.set": {"ms": 1},
    "scenarios.state": {"state": "empty"},
}
MEMBERS: dict[str, Any] = {
    "scripts.add": ("name", "when", "then", "times"),
    "faults.add": ("id", "operation", "message", "first"),
    "snapshots.import": ("configurations", "agents", "sessions", "scripts"),
    "agents.validate": (),  # every member of a configuration is grown below
    "sessions.create": ("name", "variables", "agents"),
}
MORE = {
    "scripts.add": [
        [{"then": {"reply": "x"}}] * 20_000,
        {"when": {"content": {"matches": "(a|b|ab)*" * 20_000}}, "then": {"reply": "x"}},
        {"when": {"content": {"matches": "(" * 50_000}}, "then": {"reply": "x"}},
        {"when": {"content": {"matches": "(?=" + "a{1,1000}" * 9 + ")"}}, "then": {"reply": "x"}},
        {"when": {"variables": MANY}, "then": {"reply": "x"}},
        {"then": [{"reply": "x"}] * 20_000},
    ],
    "faults.add": [[{"status": 503}] * 20_000],
}


def bodies_of(row: Operation) -> Iterator[Nasty]:
    """The worst bodies that an operation may be sent."""
    if row.body is None:
        return
    yield from ANYTHING
    whole = row.example if isinstance(row.example, dict) else WHOLE.get(row.name, {})
    for member in MEMBERS.get(row.name, row.body.source.get("properties", ())):
        for number, value in enumerate(worst(SIZE - len(json.dumps(whole)) - 100)):
            body = json.dumps({**whole, member: value}, ensure_ascii=False).encode()
            assert len(body) <= SIZE
            yield Nasty(f"{member} {number}", body)
    for number, value in enumerate(MORE.get(row.name, ())):
        yield Nasty(f"more {number}", json.dumps(value).encode())


def paths_of(row: Operation) -> Iterator[str]:
    """The path with ids that are there, with long ones, and with as much of a query as a head has room for."""
    usual = row.path
    for name, value in IDS.items():
        usual = usual.replace(f"{{{name}}}", value)
    usual = re.sub(r"\{\w+\}", "x", usual)
    yield usual
    if "{" in row.path:
        yield re.sub(r"\{\w+\}", "x" * 30_000, row.path)
    yield usual + "?" + "&".join(f"k{number}=" for number in range(5_000))
    for parameter in row.query:
        yield f"{usual}?{parameter.name}={'9' * 30_000}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    seed = tmp_path_factory.mktemp("bounds") / "seed.yaml"
    seed.write_text(SEED)
    command = [*COMMAND, "serve", "--port", "0", "--json", "--log-level", "critical", "--seed", str(seed)]
    plain = {**environment(), **UNMEASURED}  # measuring coverage takes longer than what is measured
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True, env=plain) as process:
        try:
            yield Served(process, ready_line(process))
        finally:
            process.terminate()


@pytest.fixture
def fresh(served: Served) -> Served:
    """The server, as its seed has it, and with a journal that is full."""
    served.control("/reset", "POST").raise_for_status()
    served.control("/faults", "DELETE").raise_for_status()
    return served


def ask(served: Served, row: Operation, path: str, nasty: Nasty | None = None) -> requests.Response:
    base: str = served.ready["base_url" if row.plane == "api" else "control_url"]
    headers = {"x-api-key": "test-key", **({"Content-Type": nasty.media} if nasty else {})}
    body = nasty.body if nasty else None
    with requests.request(row.method, base + path, data=body, headers=headers, timeout=30, stream=True) as answer:
        if row.name != "events.follow":
            assert answer.content is not None
    return answer


@pytest.mark.parametrize("row", [*OPERATIONS, *CONTROL], ids=lambda row: row.name)
def test_the_worst_that_an_operation_may_be_sent_costs_little(fresh: Served, row: Operation) -> None:
    path, *others = paths_of(row)
    asked = [*((path, nasty) for nasty in bodies_of(row)), (path, None), *((other, None) for other in others)]
    dear = []
    for where, nasty in asked:
        forget_peak(fresh.process.pid)
        before = cost_of(fresh.process.pid)
        answer = ask(fresh, row, where, nasty)
        after = cost_of(fresh.process.pid)
        seconds, grown = after.seconds - before.seconds, (after.peak - before.peak) / MIB
        if (seconds > SECONDS and seconds > allowed()) or grown > MEBIBYTES or answer.status_code == 500:
            name = nasty.name if nasty else where[:80]
            dear.append(f"{name}: {answer.status_code}, {seconds:.2f} s, {grown:.0f} MiB")
    assert dear == []


def test_others_are_answered_while_a_large_document_is_read(fresh: Served) -> None:
    """Of many answers that came meanwhile, hardly one took long: the loop was free."""
    nasty = next(one for one in ANYTHING if one.name == "YAML keys")
    validate = next(row for row in OPERATIONS if row.name == "agents.validate")
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(ask, fresh, validate, validate.path, nasty)
        answered = 0
        while not reading.done():
            assert fresh.control("/ready").status_code == 200
            answered += 1
    reading.result()
    assert answered >= 5
