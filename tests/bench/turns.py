"""`python -m tests.bench.turns`: what an execution costs in this process, and what each further agent turn adds.

Chains of agents are executed through the use case, without HTTP. The fastest of several rounds counts, since whatever
else the machine does only makes a round slower.
"""

import argparse
import asyncio
import gc
import platform
import time
from typing import Any

from atthene_emulator.configuration.accepted import Acceptance, Configuration
from atthene_emulator.configuration.language import Language
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.runtime import execute
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.session import Session
from atthene_emulator.execution.scripts import read_script

_LENGTHS = (1, 2, 5, 10, 20)
_TARGET = 60.0  # µs for a further turn
_ACCOUNT = Account("ada", "company")
_MESSAGE = "Please open the settings, choose security, and select reset password."
_REPLY = "Open Settings, choose Security, and select Reset password. You will get an e-mail with a link."
_VARIANTS = ("default answer", "scripted", "with templates", "structured output")


def main() -> None:
    """Measure every variant at every length, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executions", type=int, default=400, help="of one round")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    print(
        f"{platform.platform()}, Python {platform.python_version()}; µs per execution, target {_TARGET:.0f} µs a turn"
    )
    heads = [f"{length:>4} agents" for length in _LENGTHS]
    print("  ".join([f"{'':17}", *heads, "per further turn"]))
    for variant in _VARIANTS:
        costs = [asyncio.run(_cost(variant, length, options.executions, options.rounds)) for length in _LENGTHS]
        cells = [f"{cost:11.1f}" for cost in costs]
        print("  ".join([f"{variant:17}", *cells, f"{_slope(costs):16.1f}"]), flush=True)


def _slope(costs: list[float]) -> float:
    """The cost of a further turn: the line through all lengths by least squares."""
    mean_x, mean_y = sum(_LENGTHS) / len(_LENGTHS), sum(costs) / len(costs)
    over = sum((x - mean_x) * (y - mean_y) for x, y in zip(_LENGTHS, costs, strict=True))
    return over / sum((x - mean_x) ** 2 for x in _LENGTHS)


def _chain(variant: str, length: int) -> dict[str, Any]:
    """A chain in which the last agent speaks."""
    names = [f"agent_{number}" for number in range(length)]
    prompt = "You are a helpful agent."
    if variant == "with templates":
        prompt += " {{ variables.tier }} {{ user_input }} {{ history[2] }}"
    agents: list[dict[str, Any]] = [
        {
            "name": name,
            "agent_type": "llm_agent",
            "prompt_config": {"system_prompt": prompt},
            "streaming_config": {"show_output_to_user": name == names[-1]},
        }
        for name in names
    ]
    if variant == "structured output":
        for agent in agents:
            schema = {"title": {"type": "str"}, "good": {"type": "bool"}, "scores": {"type": "list[int]"}}
            agent["structured_output"] = {"enabled": True, "schema": schema}
    edges = [{"from": one, "to": other} for one, other in zip(names, [*names[1:], "END"], strict=True)]
    variables = {"tier": {"type": "str", "default": "gold"}}
    return {
        "name": "Chain",
        "recursion_limit": 50,
        "entry_point": names[0],
        "variables": variables,
        "agents": agents,
        "edges": edges,
    }


def _namespace(variant: str) -> Namespace:
    scripts = (read_script({"name": "answer", "then": {"reply": _REPLY}}, 1),) if variant == "scripted" else ()
    seed = Seed(frozen_at=1736937000.0, accounts=(_ACCOUNT,), scripts=scripts)
    return Namespace("bench", seed, Acceptance(), Options())


async def _cost(variant: str, length: int, executions: int, rounds: int) -> float:
    """µs of one execution; each round has fresh sessions of one execution."""
    configuration = Acceptance().accept(_chain(variant, length), Language())
    best = float("inf")
    for _ in range(rounds):
        namespace = _namespace(variant)
        ids = _sessions(namespace, configuration, executions)
        gc.collect()
        began = time.perf_counter()
        for session_id in ids:
            await execute(namespace, _ACCOUNT, session_id, _MESSAGE, inputs={})
        best = min(best, (time.perf_counter() - began) / executions)
    return best * 1e6


def _sessions(namespace: Namespace, configuration: Configuration, count: int) -> list[str]:
    ids = [f"session_{number}" for number in range(count)]
    for session_id in ids:
        record = Session(session_id, _ACCOUNT.id, configuration, 1736937000.0, 1736937000.0)
        namespace.records.sessions.add(record)
    return ids


if __name__ == "__main__":
    main()
