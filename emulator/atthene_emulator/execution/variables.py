"""Values of variables: at the start of an execution, and when they are assigned. This module is those rules.

[documented: variables-system@G3, variables-in-rest-api@G3, type-notation@G4]
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from atthene_emulator.configuration.coercion import coerce, python_name
from atthene_emulator.configuration.document import brief
from atthene_emulator.configuration.system import Assignment, System, Variable
from atthene_emulator.errors import MissingVariable, UncoercibleVariable, Unscripted
from atthene_emulator.execution.templates import Scope, as_json, fill
from atthene_emulator.wording import did_you_mean

NO_VARIABLES: MappingProxyType[str, Any] = MappingProxyType({})
MISSING: Any = object()


def resolve_variables(
    system: System,
    checkpoint: Mapping[str, Any],
    inputs: Mapping[str, Any],
    scope: Callable[[Mapping[str, Any]], Scope],
) -> Mapping[str, Any]:
    """Every variable's value for this execution: its input, else the checkpoint, else its default.

    Inputs that no variable is named after are ignored; null for a type without null counts as not given (K44).

    Args:
        system: the configuration.
        checkpoint: what earlier executions of the session have left.
        inputs: of the request.
        scope: what templates in defaults may name, when variables have these values.

    Raises:
        MissingVariable: one that is needed has no value; the first by the order of the document.
        UncoercibleVariable: a value does not become one of its type.
    """
    if not system.variables:
        return NO_VARIABLES
    values: dict[str, Any] = {}
    templates = []
    missing = set()
    for name, variable in system.variables.items():
        value = _given(variable, inputs) if inputs else MISSING
        if value is MISSING and checkpoint and not variable.every_execution:
            value = _given(variable, checkpoint)
        if value is not MISSING:
            values[name] = coerce(variable.type, value)
            continue
        values[name] = default = variable.default
        if variable.every_execution or (default is None and not _may_be_unset(variable)):
            missing.add(name)
        elif variable.has_template:
            templates.append(variable)
    for variable in templates:  # they may name variables that are declared behind them
        values[variable.name] = coerce(variable.type, _filled(variable.default, scope(values)))
    for name, variable in system.variables.items():
        _check(variable, values[name], is_missing=name in missing)
    return MappingProxyType(values)


def _check(variable: Variable, value: Any, *, is_missing: bool) -> None:
    """Refuse a value that is not there, or not of its type."""
    if is_missing:
        raise MissingVariable(variable.name)
    if not variable.type.fits(value) and not (value is None and variable.filled_by_agents):
        raise UncoercibleVariable(variable.name, str(variable.type), python_name(value))


def _filled(default: Any, scope: Scope) -> Any:
    """A default with the templates in its texts filled in."""
    if isinstance(default, str):
        return fill(default, scope)
    if isinstance(default, list):
        return [_filled(item, scope) for item in default]
    return {key: _filled(item, scope) for key, item in default.items()} if isinstance(default, dict) else default


def _given(variable: Variable, source: Mapping[str, Any]) -> Any:
    """What inputs or the checkpoint say; MISSING for nothing."""
    value = source.get(variable.name, MISSING)
    return MISSING if value is None and not variable.type.nullable else value


def _may_be_unset(variable: Variable) -> bool:
    """Null is a value of it, or an agent will give it one (K45)."""
    return variable.filled_by_agents or variable.type.nullable


def checkpoint_of(system: System, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What later executions of the session start from: session-level variables only."""
    if not values:
        return values
    kept = {name: value for name, value in values.items() if not system.variables[name].every_execution}
    return MappingProxyType(kept)


def assigned_by_agent(
    system: System, values: Mapping[str, Any], assignment: Assignment, value: Any
) -> tuple[Mapping[str, Any], str | None]:
    """The values after an agent's assignment, and what the service would log about it.

    `value` is MISSING where the output that is named is not there: then the variable keeps its value, as it does for null
    that is no value of it. A value that cannot be coerced is kept as it is.
    """
    variable = system.variables[assignment.variable]
    if value is None or value is MISSING:
        if not variable.type.nullable:
            path = ".".join((assignment.agent or "", "output", *assignment.path))
            return values, (
                f"Agent '{assignment.agent}' returned null for '{path}'; "
                f"keeping previous value of non-nullable variable '{variable.name}'"
            )
        if value is MISSING:
            return values, None
    value = _joined(variable, values.get(variable.name), value)
    note = None
    if not variable.type.fits(value):
        note = (
            f"Type coercion failed for variable '{variable.name}'. "
            f"Expected '{variable.type}', got '{python_name(value)}'. Falling back to raw value."
        )
    return {**values, variable.name: value}, note


def assigned_by_script(
    system: System, values: Mapping[str, Any], name: str, value: Any, script: str
) -> Mapping[str, Any]:
    """The values after what a script assigns.

    Raises:
        Unscripted: there is no such variable, or the value does not fit.
    """
    variable = system.variables.get(name)
    if variable is None:
        near = did_you_mean(name, tuple(system.variables), "; the configuration declares none of that name")
        raise Unscripted(f"Script {script}: there is no variable {name}{near}")
    joined = _joined(variable, values.get(name), value)
    if not variable.type.fits(joined):
        raise Unscripted(f"Script {script}: {name} must be {variable.type}, not {brief(as_json(joined))}")
    return {**values, name: joined}


def _joined(variable: Variable, before: Any, value: Any) -> Any:
    """The value that replaces the one before, or is put behind it in mode concat (K14), coerced."""
    if variable.separator is None:
        return coerce(variable.type, value)
    if variable.type.members[0].name == "list":
        more = coerce(variable.type, value)
        items = more if isinstance(more, list) else [] if more is None else [more]
        return [*(before or []), *items]
    if before in (None, ""):
        return coerce(variable.type, value)
    if value is None:
        return before
    return coerce(variable.type, f"{before}{variable.separator}{value}")
