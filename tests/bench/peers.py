"""`make bench-peers`: the emulator beside programs for Node.js that answer alike, in one run. Prints a table and writes bench-peers.json.

aimock answers a chat completion of a fixture, with the text of our default answer; json-server gets one of as many items as we have
sessions. Each stands beside bare's answer to what is asked of us: rounds of all are interleaved, and the medians are compared. Each
server is one process on one core, the same for all, where the system can choose; load comes from wrk.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.load import Request, Result, measure, median
from tests.bench.payloads import EXECUTED, MESSAGE, SESSION
from tests.bench.servers import bare_command, emulator_command, free_port, running
from tests.bench.sessions import SESSIONS, create

_MODULES = Path("build/peers/node_modules")
_PACKAGES = {"aimock": "@copilotkit/aimock", "json-server": "json-server"}
_SOME = 256  # sessions, and items of json-server
_CONNECTIONS = 32
_ASKED = {"model": "gpt-4o", "messages": [{"role": "user", **MESSAGE}]}
_FIXTURES = {
    "fixtures": [
        {
            "match": {"userMessage": MESSAGE["content"]},
            "response": {"content": EXECUTED["messages"][0]["content"]},
        }
    ]
}
_COLUMNS = {"what": 46, "requests/s": 12, "ratio to bare": 15, "p50, ms": 9, "p99, ms": 9}


class Asked(NamedTuple):
    """What is asked of a server."""

    url: str
    request: Request


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of one round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    versions = {name: _version(package) for name, package in _PACKAGES.items()}
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    print(f"{platform.platform()}, Python {platform.python_version()}, Node.js {node}, {_CONNECTIONS} connections")
    print(_line({name: name for name in _COLUMNS}))
    rows: list[dict[str, Any]] = []
    with ExitStack() as stack:
        for compared in _compared(stack, versions):
            found: dict[str, list[Result]] = {what: [] for what in compared}
            for _ in range(1 + options.rounds):
                for what, asked in compared.items():
                    found[what].append(measure(asked.url, asked.request, _CONNECTIONS, options.seconds))
            results = {what: median(each[1:]) for what, each in found.items()}  # in the first, code gets compiled
            bare = next(iter(results.values()))
            for what, result in results.items():
                rows.append(_row(what, result, bare))
                print(_line(rows[-1]), flush=True)
    Path("bench-peers.json").write_text(json.dumps(rows, indent=2) + "\n")


def _version(package: str) -> str:
    version: str = json.loads((_MODULES / package / "package.json").read_text())["version"]
    return version


def _compared(stack: ExitStack, versions: Mapping[str, str]) -> list[dict[str, Asked]]:
    """Rows of the table, each with what is asked; the first of a group is bare's. The servers run as long as the stack."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    fixtures, items = folder / "fixtures.json", folder / "items.json"
    fixtures.write_text(json.dumps(_FIXTURES))
    numbered = [{"id": f"item_{number}", **SESSION} for number in range(_SOME)]
    items.write_text(json.dumps({"sessions": numbered}))

    def served(command: list[str], port: int, ready: str) -> str:
        stack.enter_context(running(_on_one_core(command), port, ready))
        return f"http://127.0.0.1:{port}"

    ports = [free_port() for _ in range(4)]
    bare = served(bare_command(ports[0]), ports[0], SESSIONS + "x/")
    emulator = served(emulator_command(ports[1]), ports[1], SESSIONS)
    aimock = served(_aimock_command(ports[2], fixtures), ports[2], "/health")
    json_server = served(_json_server_command(ports[3], items), ports[3], "/sessions/item_0")
    sessions = create(emulator, _SOME)
    get = Request("GET", [f"{SESSIONS}{session}/" for session in sessions])
    execute = Request("POST", [f"/api/v1/runtime/{session}/execute/" for session in sessions], MESSAGE)
    completion = Request("POST", ["/v1/chat/completions"], _ASKED)
    item = Request("GET", [f"/sessions/{one['id']}" for one in numbered])
    return [
        {
            "bare: execute": Asked(bare, execute),
            "emulator: execute, scripted answer": Asked(emulator, execute),
            f"aimock {versions['aimock']}: chat completion": Asked(aimock, completion),
        },
        {
            "bare: get session": Asked(bare, get),
            "emulator: get session": Asked(emulator, get),
            f"json-server {versions['json-server']}: get item": Asked(json_server, item),
        },
    ]


def _aimock_command(port: int, fixtures: Path) -> list[str]:
    program = str(_MODULES / "@copilotkit/aimock/dist/cli.js")
    return ["node", program, "--port", str(port), "--fixtures", str(fixtures), "--log-level", "warn"]


def _json_server_command(port: int, items: Path) -> list[str]:
    program = str(_MODULES / "json-server/lib/cli/bin.js")
    return ["node", program, "--port", str(port), "--host", "127.0.0.1", "--quiet", str(items)]


def _on_one_core(command: list[str]) -> list[str]:
    if shutil.which("taskset") is None:
        return command
    return ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), *command]


def _row(what: str, result: Result, bare: Result) -> dict[str, Any]:
    values = what, round(result.rate), round(result.rate / bare.rate, 3), round(result.p50, 2), round(result.p99, 2)
    return dict(zip(_COLUMNS, values, strict=True))


def _line(row: Mapping[str, Any]) -> str:
    return "".join(str(row[name]).ljust(width) for name, width in _COLUMNS.items()).rstrip()


if __name__ == "__main__":
    main()
