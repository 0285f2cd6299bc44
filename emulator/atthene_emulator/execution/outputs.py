"""Structured output: scripted and checked, or made from its types. This module is both.

It is a mapping of fields, or the bare value of a field `__root__` [documented: structured-output@G4].
"""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.configuration.system import ROOT, Agent
from atthene_emulator.configuration.type_notation import Type
from atthene_emulator.errors import Unscripted
from atthene_emulator.execution.failures import wrong_output
from atthene_emulator.execution.templates import as_json


def made_output(agent: Agent, times: int) -> Any:
    """An output that fits the agent's fields; `times` is how often it has answered in this execution.

    Booleans are true the first time and then change, so that a loop that waits for one ends (K28).
    """
    fields = agent.output or {}
    if ROOT in fields:
        return _made("value", fields[ROOT], times)
    return {name: _made(name, wanted, times) for name, wanted in fields.items()}


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
            key = "example" if wanted.of and wanted.of[0].fits("example") else "1"  # numbers as keys (K12)
            return {key: _made(name, wanted.of[1], times)} if wanted.of else {}
        case "|":
            return _made(name, wanted.of[0], times)
        case "None":
            return None
        case _:
            return f"example {name}"


def checked_output(agent: Agent, output: Any, script: str, times: int = 0) -> Any:
    """A scripted output, with what it leaves out made from the types; `times` as in `made_output`.

    Raises:
        Failed: a value is of the wrong type; null never is [documented: structured-output@G4].
        Unscripted: the agent has no such field.
    """
    fields = agent.output or {}
    if ROOT in fields:
        _check(ROOT, fields[ROOT], output)
        return output
    if not isinstance(output, Mapping):
        raise Unscripted(f"Script {script}: output must be a mapping of fields of {agent.name}")
    for name, value in output.items():
        if name not in fields:
            known = ", ".join(fields) or "no structured_output"
            raise Unscripted(f"Script {script}: {agent.name} has no output field {name}; it has {known}")
        _check(name, fields[name], value)
    return {**made_output(agent, times), **output}


def _check(name: str, wanted: Type, value: Any) -> None:
    if value is not None and not wanted.fits(value):
        raise wrong_output(name, wanted, value)


def written(output: Any) -> str:
    """A structured output as a message: a bare text as it is, everything else as JSON."""
    return output if isinstance(output, str) else as_json(output)
