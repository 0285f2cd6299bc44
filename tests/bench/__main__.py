"""`make bench`: the emulator beside a bare Starlette application, in one run. Prints a table and writes bench.json.

Rounds of both are interleaved and the medians are compared, so that a machine that slows down slows down both.
"""

import argparse
import json
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.knowledge import look_up
from tests.bench.load import Request, Result, has_wrk, measure, median, send_all
from tests.bench.payloads import FLAT, MESSAGE
from tests.bench.servers import (
    bare_command,
    cold_start,
    cores,
    emulator_command,
    first_answer,
    free_port,
    memory,
    running,
)
from tests.bench.sessions import SESSIONS, create
from tests.bench.sockets import measure_sockets
from tests.bench.uploads import measure_uploads

_HELD = 100_000
_MESSAGES = 10
_COLUMNS = {"what": 62, "bare": 9, "emulator": 9, "ratio": 6, "p50": 14, "p99": 14}

Row = dict[str, Any]


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--held", type=int, default=_HELD, help="sessions held for the memory rows; 0 leaves them out")
    options = parser.parse_args()
    rows: list[Row] = []

    def report(row: Row) -> None:
        rows.append(row)
        print(_line(row), flush=True)

    load = "wrk" if has_wrk() else "the generator of tests/bench/load.py"
    print(f"{platform.platform()}, Python {platform.python_version()}, {cores()} cores, load by {load}")
    print(_line({name: name for name in _COLUMNS}))
    start = cold_start([("bare", SESSIONS + "x/"), ("emulator", SESSIONS)], 2 * options.rounds + 1)
    report(_row("cold start, ms", start["bare"], start["emulator"]))
    for chunks in (1_000, 20_000):
        report({"what": f"look-up of a question in {chunks:,} chunks, ms", "emulator": round(look_up(chunks), 2)})
    _throughput(options.seconds, options.rounds, report)
    measure_sockets(options.seconds, options.rounds, lambda *measured: report(_row(*measured)))
    measure_uploads(options.rounds, lambda *measured: report(_row(*measured)))
    if options.held:
        _held(options.held, options.seconds, report)
    Path("bench.json").write_text(json.dumps(rows, indent=2) + "\n")


def _line(row: Row) -> str:
    """A row of the table; the columns are those of `_COLUMNS`."""
    cells = [str(row.get(name, "")) for name in _COLUMNS]
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, _COLUMNS.values(), strict=True)).rstrip()


def _row(what: str, bare: float | None, emulator: float, **more: Any) -> Row:
    if bare is None:
        return {"what": what, "emulator": round(emulator, 2), **more}
    return {
        "what": what,
        "bare": round(bare, 2),
        "emulator": round(emulator, 2),
        "ratio": round(emulator / bare, 3),
        **more,
    }


def _throughput(seconds: float, rounds: int, report: Callable[[Row], None]) -> None:
    bare_port, port = free_port(), free_port()
    bare, emulator = f"http://127.0.0.1:{bare_port}", f"http://127.0.0.1:{port}"
    with (
        running(bare_command(bare_port), bare_port, SESSIONS + "x/"),
        running(emulator_command(port), port, SESSIONS) as pid,
    ):
        report({"what": "memory at rest, MB", "emulator": round(memory(pid), 1)})
        ids = create(emulator, 256)
        requests = {
            "get session": Request("GET", [f"{SESSIONS}{session}/" for session in ids]),
            "create session, accepted before": Request("POST", [SESSIONS], FLAT),
            "execute, scripted": Request("POST", [f"/api/v1/runtime/{session}/execute/" for session in ids], MESSAGE),
        }
        for connections in (1, 32):
            for what, request in requests.items():
                both: dict[str, list[Result]] = {bare: [], emulator: []}
                for _ in range(rounds):
                    for url, results in both.items():
                        results.append(measure(url, request, connections, seconds))
                b, e = (median(both[url]) for url in (bare, emulator))
                percentiles = {"p50": f"{b.p50:.2f}/{e.p50:.2f} ms", "p99": f"{b.p99:.2f}/{e.p99:.2f} ms"}
                report(_row(f"{what}, requests/s, {connections} at once", b.rate, e.rate, **percentiles))


def _held(count: int, seconds: float, report: Callable[[Row], None]) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    page = Request("GET", [SESSIONS + "?limit=50"])
    with running(emulator_command(port), port, SESSIONS) as pid:
        before = memory(pid)
        create(url, 100)
        small = measure(url, page, 1, seconds)
        ids = create(url, count - 100)
        executes = [f"/api/v1/runtime/{session}/execute/" for session in ids]
        for _ in range(_MESSAGES // 2):
            send_all(url, Request("POST", executes, MESSAGE))
        first_answer(port, SESSIONS + "?limit=1")
        held = memory(pid) - before
        report(
            {
                "what": f"memory for {count:,} sessions of {_MESSAGES} messages, KB each",
                "emulator": round(held * 1024 / count, 2),
            }
        )
        large = measure(url, page, 1, seconds)
        report(_row(f"page of 50, p50 ms, at 100 and at {count:,} sessions", small.p50, large.p50))
        many = {
            "get": Request("GET", [f"{SESSIONS}{session}/" for session in ids]),
            "create": Request("POST", [SESSIONS], FLAT),
            "execute": Request("POST", executes, MESSAGE),
        }
        for what, request in many.items():
            slow = measure(url, request, 1, seconds * 2)
            report(
                {
                    "what": f"slowest {what} at {count:,} sessions, ms",
                    "emulator": round(slow.slowest, 2),
                    "p99": slow.p99,
                }
            )


main()
