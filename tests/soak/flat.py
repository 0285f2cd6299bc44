"""`python -m tests.soak.flat`: whether a million requests leave an emulator as fast and as small as it was; a part of `make soak`.

One emulator in memory gets ten blocks of requests of every kind, in turn with a bare application, so that a machine that slows down
slows down both. Sessions are deleted as fast as they are created, and what the journal and the executions keep is bounded, so
memory that still grows after three blocks is lost.
"""

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Sequence
from typing import NamedTuple

import requests

from tests.bench.load import Request, measure, run_script
from tests.bench.payloads import MESSAGE
from tests.bench.servers import bare_command, emulator_command, free_port, memory, running
from tests.bench.sessions import SESSIONS

_BLOCKS = 10
_SETTLED = 3  # blocks until everything that is bounded is full
_GROWTH, _SPEED = 1.05, 0.9
_CONNECTIONS = 32
_SECONDS, _BARE_SECONDS = 3, 1  # of a round
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


class Block(NamedTuple):
    """What a block of requests has shown.

    Attributes:
        rate, bare: requests per second of the emulator, and of the bare application meanwhile.
        memory: of the emulator afterwards, in MB.
    """

    rate: float
    bare: float
    memory: float

    @property
    def ratio(self) -> float:
        """How fast the emulator is beside the bare application."""
        return self.rate / self.bare


def main() -> None:
    """Send all blocks, and fail if the last ones are not as the first ones were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    size = parser.parse_args().requests // _BLOCKS
    if shutil.which("wrk") is None:
        print("Left out what needs wrk, a million requests to one emulator; on Debian: apt-get install wrk.")
        return
    blocks: list[Block] = []
    bare_port, port = free_port(), free_port()
    with (
        running(bare_command(bare_port), bare_port, SESSIONS + "x/"),
        running(emulator_command(port), port, SESSIONS) as pid,
    ):
        for number in range(_BLOCKS):
            rate, bare = _send(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bare_port}", size)
            blocks.append(Block(rate, bare, memory(pid)))
            print(f"{(number + 1) * size:>9,} requests: {_told(blocks[-1])}", flush=True)
    sys.exit("\n".join(faults(blocks)) or None)


def _send(url: str, bare: str, size: int) -> tuple[float, float]:
    """Send at least so many requests, in rounds; requests per second of both."""
    rates: list[float] = []
    bare_rates: list[float] = []
    while sum(rates) * _SECONDS < size:
        rates.append(run_script(url, _SCRIPT, _CONNECTIONS, _SECONDS).rate)
        bare_rates.append(measure(bare, _EXECUTE, _CONNECTIONS, _BARE_SECONDS).rate)
        requests.delete(f"{url}{SESSIONS}delete-all/", headers={"x-api-key": "test-key"}, timeout=60).raise_for_status()
    return statistics.mean(rates), statistics.mean(bare_rates)


def _told(block: Block) -> str:
    return f"{block.rate:7,.0f}/s, bare {block.bare:7,.0f}/s, ratio {block.ratio:.3f}, memory {block.memory:.1f} MB"


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
