"""Rules of variables: definitions and assignments (K13, K14) [documented: variables-system@G3]."""

import re
from collections.abc import Iterator
from typing import Any

from atthene_emulator.configuration.coercion import coerce, python_name
from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.draft import TEMPLATE_NAMES, Draft, Part
from atthene_emulator.configuration.findings import Finding, shown_at
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.rules.outputs import nothing_named
from atthene_emulator.configuration.rules.types import type_of
from atthene_emulator.configuration.system import output_named
from atthene_emulator.configuration.type_notation import Type
from atthene_emulator.wording import did_you_mean

_NAME = r"[A-Za-z_]\w*"
_SHORT_PATH = r"output((?:\.[\w-]+)*)"


def definitions(draft: Draft, _: Language) -> Iterator[Finding]:
    """Names are usable, defaults are there where they must be, and fit after coercion."""
    for variable in draft.root.parts("variables"):
        name = str(variable.path[-1])
        if name in TEMPLATE_NAMES:
            message = f"The name {name} is reserved; call the variable something else."
            yield Finding("V116", variable.path, message, at_key=True)
        elif not re.fullmatch(_NAME, name):
            message = f"{name!r} cannot be named in templates; use letters, digits and _ only."
            yield Finding("V109", variable.path, message, at_key=True)
        declared = type_of(variable)
        yield from _default(variable, declared)
        yield from _mode(variable, declared)


def _default(variable: Part, declared: Type | None) -> Iterator[Finding]:
    default = variable.entry.get("default")
    nullable = declared is None or declared.nullable
    absent = "default" not in variable.entry or (default is None and not nullable)
    if variable.entry.get("required") is False and absent:
        message = "Variable must either be required=True or have a default value set"
        note = "Add a default, or leave required out."
        if nullable:
            note = "Add `default: null`, or leave required out."
        yield Finding("V101", variable.path, message, note=note)
    templated = isinstance(default, str) and "{{" in default
    if declared is not None and default is not None and not templated and not declared.fits(coerce(declared, default)):
        path = (*variable.path, "default")
        message = f"The default {shown_at(path, default)} does not fit the type {declared}; change one of them."
        yield Finding("V102", path, message)


def _mode(variable: Part, declared: Type | None) -> Iterator[Finding]:
    mode = variable.entry.get("mode", "replace")
    if mode == "concat" and declared is not None and not {one.name for one in declared.members} <= {"str", "list"}:
        message = f"mode concat joins {declared} as text, which may not fit afterwards; use replace, or str or list."
        yield Finding("V103", (*variable.path, "mode"), message)
    if "separator" in variable.entry and mode == "replace":
        message = "separator stands between appended values; it has no effect without mode: concat."
        yield Finding("V104", (*variable.path, "separator"), message, at_key=True)


def assignments(draft: Draft, _: Language) -> Iterator[Finding]:
    """Assignments are of declared variables, and a constant fits."""
    variables = draft.root.part("variables")
    for agent, path, value in _assigned(draft):
        name = str(path[-1])
        if _is_undeclared(draft, name):
            near = did_you_mean(name, tuple(variables.entry), "; declare it in variables.")
            yield Finding("V105", path, f"There is no variable {name}{near}", at_key=True)
        elif output_named(value) is None:
            yield from _constant(draft, agent, path, value, type_of(variables.part(name)))


def sources(draft: Draft, _: Language) -> Iterator[Finding]:
    """An output that is assigned is one that an agent has."""
    for _agent, path, value in _assigned(draft):
        named = None if _is_undeclared(draft, str(path[-1])) else output_named(value)
        nothing = None if named is None else nothing_named(draft, *named)
        if nothing is not None:
            yield Finding("V106", path, f"{value[:60]}: {nothing[1]}")


def _assigned(draft: Draft) -> Iterator[tuple[Part, Path, Any]]:
    for agent in draft.agents:
        assigned = agent.part("variable_assignments")
        for name, value in assigned.entry.items():
            yield agent, (*assigned.path, name), value


def _is_undeclared(draft: Draft, name: str) -> bool:
    return name not in draft.root.part("variables").entry and not draft.root.is_broken("variables")


def _constant(draft: Draft, agent: Part, path: Path, value: Any, declared: Type | None) -> Iterator[Finding]:
    meant = _full_path(draft, agent, value)
    hint = f"A field of this agent's output is written {meant}." if meant else ""
    constant = value if declared is None else coerce(declared, value)
    if declared is not None and not declared.fits(constant):
        message = f"'{path[-1]}' expected {declared}, got {python_name(constant)}"
        yield Finding("V108", path, message, note=hint or f"The constant is {shown_at(path, value)}.")
    elif meant:
        yield Finding("V115", path, f"{shown_at(path, value)} is taken as text. {hint}")


def _full_path(draft: Draft, agent: Part, value: Any) -> str | None:
    """The path that a constant may have meant: `output.field`, or just the field of this agent's output."""
    if not isinstance(value, str):
        return None
    name = next((name for name, one in draft.speakers.items() if one is agent), None)
    short = re.fullmatch(_SHORT_PATH, value)
    if name is not None and short:
        return f"{name}.output{short[1]}"
    is_field = value in agent.part("structured_output").part("schema").entry
    return f"{name}.output.{value}" if name is not None and is_field else None
