"""`python -m tests.bench.validation`: how fast configurations are checked, on one core, and how the schema step compares.

Every figure is the best of several rounds: what else runs on the machine can only make a round slower.
"""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import distribution, version
from itertools import count
from typing import Any

import jsonschema
import jsonschema_rs

from atthene_emulator.configuration.accepted import Acceptance, read
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.configuration.validation import validate

_ROUNDS = 7
_PROMPT = "You are a helpful agent of our newsroom. Be short, friendly and exact, and name your sources. "
_LANGUAGE = Language()
_PURE = {"jsonschema": ("jsonschema", "jsonschema-specifications", "referencing", "rpds-py", "attrs")}
_COMPILED = {"jsonschema_rs": ("jsonschema-rs",)}


def configuration(agents: int, prompts: int = 3) -> dict[str, Any]:
    """A workflow of every kind of edge and agent; ten agents are about 8 KB."""
    names = [f"agent_{number}" for number in range(agents)]
    edges: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        onward = names[number + 1] if number + 1 < agents else "END"
        choice = {"from": name, "condition": f"Is it good? {{{{ {name}.output.good }}}}"}
        match number % 3 if number + 1 < agents else 2:  # the last one leads to the end
            case 0:
                edges.append({**choice, "condition_type": "boolean", "routing": {"yes": onward, "no": names[0]}})
            case 1:
                edges.append({**choice, "condition_type": "literal", "possible_outputs": [onward, names[0]]})
            case _:
                edges.append({"from": name, "to": onward})
    return {
        "name": "Newsroom",
        "description": "Writes, checks and finishes articles",
        "entry_point": names[0],
        "recursion_limit": 50,
        "variables": {"topic": {"type": "str", "default": "news"}, "good": {"type": "bool", "default": False}},
        "agents": [_agent(name, number, prompts) for number, name in enumerate(names)],
        "edges": edges,
    }


def _agent(name: str, number: int, prompts: int) -> dict[str, Any]:
    schema = {"good": {"type": "bool", "description": "Is it good?"}}
    agent: dict[str, Any] = {
        "name": name,
        "agent_type": "react_agent" if number % 2 else "llm_agent",
        "description": "Does its part of the work",
        "prompt_config": {"system_prompt": _PROMPT * prompts + "{{ variables.topic }}", "include_history": 5},
        "llm_config": {"model": "gpt-4o", "temperature": 0.7, "max_tokens": 500},
        "structured_output": {"enabled": True, "schema": schema},
        "variable_assignments": {"good": f"{name}.output.good"},
    }
    return {**agent, "tools": ["calculator"]} if number % 2 else agent


def bodies(document: dict[str, Any]) -> Iterator[bytes]:
    """The same document again and again, each time with another name."""
    before, after = json.dumps(document).split("Newsroom", 1)
    return (f"{before}Newsroom {number}{after}".encode() for number in count())


def best(work: Callable[[], Any], repeats: int, rounds: int = _ROUNDS) -> float:
    """Seconds that one call takes, in the best round."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        times.append((time.perf_counter() - start) / repeats)
    return min(times)


def row(what: str, *columns: str) -> None:
    """Print one line of the table."""
    print(f"{what:44}" + "".join(f"{column:>16}" for column in columns), flush=True)


def main() -> None:
    """Measure everything."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{platform.platform()}, Python {platform.python_version()}, one core, best of {_ROUNDS} rounds\n")
    _throughput()
    _growth()
    _libraries()


def _throughput() -> None:
    ten = configuration(10)
    size = len(next(bodies(ten)))
    row(f"10 agents, {size / 1024:.1f} KB of JSON", "documents/s", "µs each")
    acceptance, new = Acceptance(), bodies(ten)
    first = next(new)
    unseen = best(lambda: acceptance.accept_text(next(new), "json", _LANGUAGE), 200)
    row("  not seen before", f"{1 / unseen:,.0f}", f"{unseen * 1e6:,.1f}")
    new_yaml = bodies(ten)
    as_yaml = best(lambda: acceptance.accept_text(next(new_yaml), "yaml", _LANGUAGE), 20)
    row("  not seen before, read as YAML", f"{1 / as_yaml:,.0f}", f"{as_yaml * 1e6:,.1f}")
    seen = Acceptance()
    seen.accept_text(first, "json", _LANGUAGE)
    known = best(lambda: seen.accept_text(first, "json", _LANGUAGE), 20_000)
    row("  accepted before", f"{1 / known:,.0f}", f"{known * 1e6:,.1f}")
    document = read(first, "json").value
    for what, step in (
        ("  of which reading", lambda: read(first, "json")),
        ("  of which schema", lambda: _SCHEMA.check(document)),
        ("  of which schema and rules", lambda: validate(document, _LANGUAGE)),
    ):
        seconds = best(step, 200)
        row(what, "", f"{seconds * 1e6:,.1f}")
    print()


def _growth() -> None:
    row("a document not seen before", "agents + edges", "KB", "ms", "µs per part")
    for agents in (5, 10, 20, 50):
        document = configuration(agents)
        acceptance, new = Acceptance(), bodies(document)
        size = len(next(new))
        seconds = best(lambda a=acceptance, n=new: a.accept_text(next(n), "json", _LANGUAGE), max(3, 400 // agents))
        parts = len(document["agents"]) + len(document["edges"])
        row(
            f"  {agents} agents",
            f"{parts}",
            f"{size / 1024:.1f}",
            f"{seconds * 1e3:.2f}",
            f"{seconds * 1e6 / parts:.1f}",
        )
    print()


_SCHEMA = Schema("configuration")


def _libraries() -> None:
    fast = jsonschema_rs.Draft202012Validator(_SCHEMA.document)
    slow = jsonschema.Draft202012Validator(_SCHEMA.document)
    row("the schema step alone, ms", "jsonschema", "jsonschema_rs", "ratio")
    for agents in (10, 50):
        document = configuration(agents)
        broken = {**document, "agents": [{**one, "llm_config": {"temperature": "x"}} for one in document["agents"]]}
        for what, value in (("valid", document), ("one mistake in each agent", broken)):
            pure = best(lambda v=value: [*slow.iter_errors(v)], max(1, 20 // agents), 5)
            compiled = best(lambda v=value: [*fast.iter_errors(v)], max(3, 400 // agents))
            row(f"  {agents} agents, {what}", f"{pure * 1e3:.2f}", f"{compiled * 1e3:.3f}", f"{pure / compiled:,.0f}x")
    pure, compiled = (_import_ms(name) for name in ("jsonschema", "jsonschema_rs"))
    row("import, ms", f"{pure:.1f}", f"{compiled:.1f}", f"{pure / compiled:,.1f}x")
    pure, compiled = (_installed_mb(names) for names in (_PURE["jsonschema"], _COMPILED["jsonschema_rs"]))
    row("installed with what it needs, MB", f"{pure:.2f}", f"{compiled:.2f}", f"{pure / compiled:,.2f}x")
    row("version", version("jsonschema"), version("jsonschema-rs"))


def _import_ms(name: str) -> float:
    """Milliseconds that an import takes in a fresh process, the interpreter's own start left out."""
    code = f"import time; start = time.perf_counter(); import {name}; print(time.perf_counter() - start)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(7)]
    return min(float(run.stdout) for run in runs) * 1e3


def _installed_mb(names: tuple[str, ...]) -> float:
    """Size of all installed files of these distributions, compiled bytecode left out."""
    files = [file for name in names for file in distribution(name).files or () if file.suffix != ".pyc"]
    paths = [file.locate() for file in files]
    return sum(os.stat(path).st_size for path in paths if os.path.exists(path)) / 1e6  # noqa: PTH110, PTH116


if __name__ == "__main__":
    main()
