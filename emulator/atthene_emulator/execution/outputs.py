"""Structured output: scripted and checked, or made from its types. This module is both."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.configuration.system import Agent
from atthene_emulator.configuration.type_notation import Type
from atthene_emulator.errors import Unscripted


def made_output(agent: Agent, times: int) -> Mapping[str, Any]:
    """An output that fits the agent's fields; `times` is how often it has answered in this execution.

    Booleans are true the first time and then change, so that a loop that waits for one ends (K28).
    """
    return {name: _made(name, wanted, times) for name, wanted in (agent.output or {}).items()}


def _made(name: str, wanted: Type, times: int) -> Any:  # noqa: PLR0911  # a table
    match wanted.name:
        case "bool":
            return times % 2 == 0
        case "int":
            return times + 1
        case "float":
            return times + 0.5
        case "list":
            return [_made(name, item, times) for item in wanted.of]
        case "dict":
            return {"example": _made(name, wanted.of[-1], times)} if wanted.of else {}
        case "|":
            return _made(name, wanted.of[0], times)
        case "None":
            return None
        case _:
            return f"example {name}"


def checked_output(agent: Agent, output: Mapping[str, Any], script: str, times: int = 0) -> Mapping[str, Any]:
    """A scripted output, with what it leaves out made from the types; `times` as in `made_output`.

    Raises:
        Unscripted: it does not fit the agent's structured_output.
    """
    fields = agent.output or {}
    for name, value in output.items():
        if name not in fields:
            known = ", ".join(fields) or "no structured_output"
            raise Unscripted(f"Script {script}: {agent.name} has no output field {name}; it has {known}")
        if not fields[name].fits(value):
            raise Unscripted(f"Script {script}: output.{name} must be {fields[name]}")
    return {**made_output(agent, times), **output}
