"""Rules of variables: definitions and assignments (K13, K14)."""

import re
from collections.abc import Iterator

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.type_notation import Type, TypeNotationError, parse_type
from atthene_emulator.wording import did_you_mean, shown

_NAME = r"[A-Za-z_]\w*"


def definitions(draft: Draft, _: Language) -> Iterator[Finding]:
    """Defaults are there where they must be, and fit; values are appended only where that means something."""
    for variable in draft.root.parts("variables"):
        name = str(variable.path[-1])
        if not re.fullmatch(_NAME, name):
            message = f"{name!r} cannot be named in templates; use letters, digits and _ only."
            yield Finding("V109", variable.path, message, at_key=True)
        declared = _type(variable)
        default = variable.entry.get("default")
        optional = variable.entry.get("required") is False
        if optional and default is None and declared is not None and not declared.fits(None):
            message = f"{name} is not required, so it needs a default; add one, or leave required out."
            yield Finding("V101", (*variable.path, "default"), message)
        if declared is None:
            continue
        templated = isinstance(default, str) and "{{" in default
        if default is not None and not templated and not declared.fits(default):
            message = f"The default {shown(default)} does not fit the type {declared}; change one of them."
            yield Finding("V102", (*variable.path, "default"), message)
        concat = variable.entry.get("mode") == "concat"
        if concat and declared.name not in ("str", "list"):
            message = f"mode concat appends to str and list only, not to {declared}; use replace."
            yield Finding("V103", (*variable.path, "mode"), message)
        if "separator" in variable.entry and variable.entry.get("mode", "replace") == "replace":
            message = "separator stands between appended values; it has no effect without mode: concat."
            yield Finding("V104", (*variable.path, "separator"), message, at_key=True)


def _type(part: Part) -> Type | None:
    written = part.entry.get("type")
    try:
        return parse_type(written) if isinstance(written, str) else None
    except TypeNotationError:
        return None


def assignments(draft: Draft, _: Language) -> Iterator[Finding]:
    """Assignments copy a field that exists into a variable that exists."""
    variables = draft.root.part("variables")
    for agent in draft.agents:
        output = agent.part("structured_output")
        fields = output.part("schema")
        if agent.is_broken("structured_output") or output.is_broken("schema"):
            continue
        for target, source, variable, field in _assignments(agent):
            if variable not in variables.entry and not draft.root.is_broken("variables"):
                known = tuple(variables.entry)
                message = (
                    f"There is no variable {variable}{did_you_mean(variable, known, '; declare it in variables.')}"
                )
                yield Finding("V105", target, message, at_key=target == source)
            name = field.removeprefix("output.").split(".")[0]
            if name not in fields.entry:
                near = did_you_mean(name, tuple(fields.entry), "; declare it in structured_output.schema.")
                yield Finding("V106", source, f"This agent's structured output has no field {name}{near}")
            else:
                yield from _mismatch(variables.part(variable), fields.part(name), source)


def _mismatch(variable: Part, field: Part, path: Path) -> Iterator[Finding]:
    into, out = _type(variable), _type(field)
    if into is None or out is None or "any" in (into.name, out.name) or into == out:
        return
    appends = variable.entry.get("mode") == "concat" and into.name == "list"
    members = into.of if into.name == "|" else (into,)
    if not appends and out not in members and out.name not in {member.name for member in members if not member.of}:
        name = variable.path[-1]
        yield Finding("V108", path, f"{name} is {into}, but this field is {out}; make the types agree.")


def _assignments(agent: Part) -> Iterator[tuple[Path, Path, str, str]]:
    """Each assignment: path of the variable, path of the field, and both as they are written."""
    value = agent.entry.get("variable_assignments")
    path = (*agent.path, "variable_assignments")
    if isinstance(value, dict):
        for variable, field in value.items():
            if isinstance(field, str):
                yield (*path, variable), (*path, variable), variable, field
    for part in agent.parts("variable_assignments") if isinstance(value, list) else ():
        named, source = part.text("variable"), part.text("from")
        if named and source:
            yield (*part.path, "variable"), (*part.path, "from"), named, source
