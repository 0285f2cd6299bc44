"""What many worlds cost: namespaces and snapshots, over HTTP. Run with `python -m tests.bench.worlds`."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import requests

from tests.bench.load import Request, measure
from tests.bench.payloads import FLAT
from tests.bench.servers import emulator_command, free_port, memory, running

_SESSIONS = "/api/v1/sessions/"
_LIVE = 1000
_ROUNDS = 5


class _Control:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._http = requests.Session()

    def __call__(self, method: str, path: str, body: Any = None) -> requests.Response:
        answer = self._http.request(method, f"{self.url}/__emulator{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer

    def create_sessions(self, count: int) -> None:
        for _ in range(count):
            self._http.post(self.url + _SESSIONS, json=FLAT, headers={"x-api-key": "test-key"}).raise_for_status()


def main() -> None:
    """Print what each costs."""
    port = free_port()
    with running(emulator_command(port), port, _SESSIONS) as pid:
        control = _Control(port)
        _show("a control request, ms", _median(200, lambda: control("GET", "/clock")))
        _show("create a namespace and delete it, ms", _median(200, lambda: _create_and_delete(control)))
        _slowdown(control, pid)
        control.create_sessions(1000)
        _show(
            "take a snapshot of 1,000 sessions, ms", _median(50, lambda: control("POST", "/snapshots", {"name": "a"}))
        )
        _show("restore it, ms", _median(50, lambda: control("POST", "/snapshots/a/restore")))
        _show("export it, ms", _median(5, lambda: control("GET", "/snapshots/a")))


def _create_and_delete(control: _Control) -> None:
    name = control("POST", "/namespaces", {}).json()["name"]
    control("DELETE", f"/namespaces/{name}")


def _slowdown(control: _Control, pid: int) -> None:
    """Get a session with one namespace and with a thousand, in turn; and what an empty one weighs."""
    request = Request("GET", [f"{_SESSIONS}session_abc123/"])
    rates: dict[bool, list[float]] = {False: [], True: []}
    weights = []
    for _ in range(_ROUNDS):
        rates[False].append(measure(control.url, request, 1, 2).rate)
        before = memory(pid)
        names = [control("POST", "/namespaces", {"seed": "empty"}).json()["name"] for _ in range(_LIVE)]
        weights.append((memory(pid) - before) * 1024 / _LIVE)
        rates[True].append(measure(control.url, request, 1, 2).rate)
        for name in names:
            control("DELETE", f"/namespaces/{name}")
    one, many = statistics.median(rates[False]), statistics.median(rates[True])
    _show("get session, requests/s, one namespace", one)
    _show(f"get session, requests/s, {_LIVE:,} more namespaces", many)
    _show("ratio", many / one)
    _show("an empty namespace, KB (first round)", weights[0])


def _median(rounds: int, do: Callable[[], object]) -> float:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        do()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _show(what: str, value: float) -> None:
    print(f"{what:<50} {value:10.3f}", flush=True)


if __name__ == "__main__":
    main()
