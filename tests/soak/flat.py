"""`python -m tests.soak.flat`: whether a million requests leave an emulator as fast and as small as it was; a part of `make soak`.

One emulator in memory gets ten blocks of requests of every kind, in turn with a bare application, so that a machine that slows down
slows down both. How fast they are beside one another is told by the processor time that they need for a request, which what else the
machine does changes less than requests/s. Sessions are deleted as fast as they are created, and what the journal and the executions
keep is bounded, so memory that still grows after three blocks is lost.
"""

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import requests

from tests.bench.load import Request, Result, measure, run_script
from tests.bench.payloads import MESSAGE
from tests.bench.servers import bare_command, emulator_command, free_port, memory, running, used
from tests.bench.sessions import SESSIONS

_BLOCKS = 10
_SETTLED = 3  # blocks until everything that is bounded is full
_GROWTH, _SPEED = 1.05, 0.9
_CONNECTIONS = 32
_AGENT = {"name": "Flat", "agent_type": "llm_agent", "system_prompt": "Be brief."}
_EXECUTE = Request("POST", ["/api/v1/runtime/x/execute/"], MESSAGE)  # of the bare application

# Of ten requests one creates a session, one deletes the oldest of a hundred, one lists some, three get one, and four execute one;
# those two are about the newest, of which none is deleted meanwhile.
_SCRIPT = f"""
wrk.headers["content-type"] = "application/json"
wrk.headers["x-api-key"] = "test-key"
local sessions, executions = "{SESSIONS}", "/api/v1/runtime/"
local ids, first, last, sent, create, page = {{}}, 1, 0, 0
init = function()
  create = wrk.format("POST", sessions, nil, [==[{json.dumps(_AGENT)}]==])
  page = wrk.format("GET", sessions .. "?limit=20")
end
request = function()
  sent = sent + 1
  local step, there = sent % 10, last - first + 1
  if step == 0 or there == 0 then return create end
  if step == 1 then return page end
  if step == 2 and there > 100 then
    local oldest = ids[first]
    ids[first], first = nil, first + 1
    return wrk.format("DELETE", sessions .. oldest .. "/")
  end
  local id = ids[last - sent % math.min(there, 20)]
  if step % 2 == 0 then return wrk.format("GET", sessions .. id .. "/") end
  return wrk.format("POST", executions .. id .. "/execute/", nil, [==[{json.dumps(MESSAGE)}]==])
end
response = function(status, headers, body)
  if status == 201 then
    last = last + 1
    ids[last] = body:match('"session_id":"([^"]+)"')
  end
end
"""


class Side(NamedTuple):
    """One of the two in a block: requests per second, and milliseconds of processor time that each request needs."""

    rate: float
    cost: float


class Block(NamedTuple):
    """What a block of requests has shown.

    Attributes:
        emulator, bare: how fast they were meanwhile.
        memory: of the emulator afterwards, in MB.
    """

    emulator: Side
    bare: Side
    memory: float

    @property
    def ratio(self) -> float:
        """How fast the emulator is beside the bare application."""
        return self.bare.cost / self.emulator.cost


class Server(NamedTuple):
    """Where requests are sent, and what does so for some seconds, one after the other."""

    pid: int
    seconds: float
    send: Callable[[float], Result]


def main() -> None:
    """Send all blocks, and fail if the last ones are not as the first ones were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    size = parser.parse_args().requests // _BLOCKS
    if shutil.which("wrk") is None or not Path("/proc/self/stat").exists():
        print("Left out what needs wrk and /proc, a million requests to one emulator; on Debian: apt-get install wrk.")
        return
    blocks: list[Block] = []
    with _served() as servers:
        for number in range(_BLOCKS):
            emulator, bare = _sides(servers, size)
            blocks.append(Block(emulator, bare, memory(servers[0].pid)))
            print(f"{(number + 1) * size:>9,} requests: {_told(blocks[-1])}", flush=True)
    sys.exit("\n".join(faults(blocks)) or None)


@contextmanager
def _served() -> Iterator[tuple[Server, Server]]:
    """The emulator, and the bare application."""
    port, bare_port = free_port(), free_port()
    url, bare = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bare_port}"

    def send(seconds: float) -> Result:
        result = run_script(url, _SCRIPT, _CONNECTIONS, seconds)
        left = requests.delete(f"{url}{SESSIONS}delete-all/", headers={"x-api-key": "test-key"}, timeout=60)
        left.raise_for_status()
        return result

    with (
        running(emulator_command(port), port, SESSIONS) as pid,
        running(bare_command(bare_port), bare_port, SESSIONS + "x/") as bare_pid,
    ):
        yield Server(pid, 3, send), Server(bare_pid, 1, lambda seconds: measure(bare, _EXECUTE, _CONNECTIONS, seconds))


def _sides(servers: Sequence[Server], size: int) -> list[Side]:
    """How fast both are while the first gets so many requests, or a few more, in rounds."""
    sent, taken = [0.0 for _ in servers], [0.0 for _ in servers]
    rounds = 0
    while sent[0] < size:
        rounds += 1
        for which, server in enumerate(servers):
            before = used(server.pid)
            sent[which] += server.send(server.seconds).rate * server.seconds
            taken[which] += used(server.pid) - before
    return [
        Side(many / (rounds * server.seconds), 1000 * time / many)
        for server, many, time in zip(servers, sent, taken, strict=True)
    ]


def _told(block: Block) -> str:
    emulator, bare = (f"{one.rate:6,.0f}/s at {one.cost:.3f} ms" for one in (block.emulator, block.bare))
    return f"{emulator}, bare {bare}, ratio {block.ratio:.3f}, memory {block.memory:.1f} MB"


def faults(blocks: Sequence[Block]) -> list[str]:
    """What says that they are not even."""
    settled, end = blocks[_SETTLED - 1].memory, blocks[-1].memory
    first, last = (statistics.mean(one.ratio for one in some) for some in (blocks[:_SETTLED], blocks[-_SETTLED:]))
    found = []
    if end > settled * _GROWTH:
        found.append(f"Memory grows: {settled:.1f} MB after {_SETTLED} blocks, {end:.1f} MB at the end.")
    if last < first * _SPEED:
        found.append(f"It gets slower: a ratio of {first:.3f} in the first {_SETTLED} blocks, {last:.3f} in the last.")
    return found


if __name__ == "__main__":
    main()
