"""Rules of structured output, and what names of outputs find in it [documented: structured-output@G4]."""

from collections.abc import Iterator, Sequence

from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.rules.types import type_of
from atthene_emulator.configuration.system import ROOT
from atthene_emulator.configuration.type_notation import Type
from atthene_emulator.wording import did_you_mean


def root_schemas(draft: Draft, _: Language) -> Iterator[Finding]:
    """`__root__` makes the output one bare value, so no field stands beside it."""
    for agent in draft.agents:
        schema = agent.part("structured_output").part("schema")
        if ROOT in schema.entry and len(schema.entry) > 1:
            message = (
                f"'{ROOT}' must be the only key in the schema (got {[*schema.entry]})\n"
                " - a root schema has no named fields alongside it"
            )
            yield Finding("T103", schema.path, message)


def nothing_named(draft: Draft, name: str, path: Sequence[str]) -> tuple[str, str] | None:
    """Why the output of that name is none: `agent` or `field`, and a sentence; None if the document has it (K13, K18)."""
    if name not in draft.speakers:
        if not draft.names_are_whole:
            return None
        return "agent", f"there is no agent {name}{did_you_mean(name, tuple(draft.speakers))}"
    sentence = _no_field(draft.speakers[name], name, path)
    return None if sentence is None else ("field", sentence)


def _no_field(agent: Part, name: str, path: Sequence[str]) -> str | None:
    output = agent.part("structured_output")
    if not path or agent.is_broken("structured_output") or output.is_broken("schema"):
        return None
    if "structured_output" not in agent.entry or output.entry.get("enabled") is False:
        return f"{name} has no structured output; {name}.output is its text."
    fields = output.part("schema")
    if [*fields.entry] == [ROOT]:
        return f"{name} gives one bare value, which has no fields; {name}.output is all of it."
    if fields.entry and path[0] not in fields.entry:
        return f"{name} has no output field {path[0]}{did_you_mean(path[0], tuple(fields.entry))}"
    field = type_of(fields.part(path[0]))
    if field is not None and not reaches(field, path[1:]):
        return f"{path[0]} of {name} is {field}, in which nothing is called {'.'.join(path[1:])}."
    return None


def reaches(wanted: Type, path: Sequence[str]) -> bool:
    """Whether a value of a type may hold something at a path."""
    if not path:
        return True
    return any(
        one.name == "Any" or (one.name == "dict" and (not one.of or reaches(one.of[1], path[1:])))
        for one in wanted.members
    )
