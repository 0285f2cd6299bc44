"""Values of variables for one execution: from the request, the checkpoint, the defaults. This module is that rule (D34)."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from atthene_emulator.configuration.document import brief
from atthene_emulator.configuration.system import System, Variable
from atthene_emulator.errors import InvalidRequest, Problem, Unscripted
from atthene_emulator.wording import did_you_mean, shown

NO_VARIABLES: MappingProxyType[str, Any] = MappingProxyType({})


def resolve_variables(
    system: System, checkpoint: Mapping[str, Any], inputs: Mapping[str, Any]
) -> MappingProxyType[str, Any]:
    """Every variable's value for this execution; inputs win over the checkpoint, and that over defaults.

    Request-level variables ignore the checkpoint.

    Raises:
        InvalidRequest: with `inputs.<name>` for each that is missing, undeclared or of the wrong type.
    """
    if not system.variables and not inputs:
        return NO_VARIABLES
    problems = [_undeclared(name, system) for name in inputs if name not in system.variables]
    values: dict[str, Any] = {}
    for name, variable in system.variables.items():
        if name in inputs:
            values[name] = inputs[name]
            if not variable.type.fits(inputs[name]):
                problems.append(_mistyped(variable, inputs[name]))
        elif name in checkpoint and not variable.every_execution:
            values[name] = checkpoint[name]
        else:
            values[name] = variable.default
            if variable.default is None and variable.required and not variable.type.fits(None):
                problems.append(_missing(variable))
    if problems:
        raise InvalidRequest("The inputs do not fit the variables of this configuration", problems)
    return MappingProxyType(values)


def checkpoint_of(system: System, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What later executions of the session start from: session-level variables only."""
    if not values:
        return values
    kept = {name: value for name, value in values.items() if not system.variables[name].every_execution}
    return MappingProxyType(kept)


def _undeclared(name: str, system: System) -> Problem:
    known = tuple(system.variables)
    end = f"; declared are {', '.join(known)}." if known else "; it declares none."
    return Problem(f"inputs.{name}", f"{name} is not a variable of this configuration{did_you_mean(name, known, end)}")


def _mistyped(variable: Variable, value: Any) -> Problem:
    return Problem(f"inputs.{variable.name}", f"{variable.name} must be {variable.type}, not {_json(value)}.")


def _missing(variable: Variable) -> Problem:
    when = "with every execution" if variable.every_execution else "with the first execution"
    return Problem(
        f"inputs.{variable.name}", f"{variable.name} ({variable.type}) is required {when}; add it to inputs."
    )


def assigned(system: System, values: Mapping[str, Any], name: str, value: Any, who: str) -> Mapping[str, Any]:
    """The values after an assignment: replaced, or appended in mode concat (K14).

    Raises:
        Unscripted: there is no such variable, or the value does not fit; `who` is named.
    """
    variable = system.variables.get(name)
    if variable is None:
        near = did_you_mean(name, tuple(system.variables), "; the configuration declares none of that name")
        raise Unscripted(f"{who}: there is no variable {name}{near}")
    if variable.separator is not None:
        value = _appended(variable, values.get(name), value)
    if not variable.type.fits(value):
        raise Unscripted(f"{who}: {name} must be {variable.type}, not {_json(value)}")
    return {**values, name: value}


def _json(value: Any) -> str:
    return brief(json.dumps(value, ensure_ascii=False))


def _appended(variable: Variable, before: Any, value: Any) -> Any:
    if variable.type.name == "list":
        more = value if isinstance(value, list) else [] if value is None else [value]
        return [*(before or []), *more]
    texts = [text if isinstance(text, str) else shown(text) for text in (before, value) if text not in (None, "")]
    return (variable.separator or "").join(texts)
