"""Rules of the type notation, in variables and structured outputs [documented: type-notation@G4]."""

from collections.abc import Iterator

from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.type_notation import Type, TypeNotationError, parse_type

_OF_VARIABLE = (
    "Variable '{name}' has invalid BAML type '{type}'\n"
    "   💡 Common types: str, int, float, bool, str[], int[], dict\n"
    "   Error: {message}"
)


def types(draft: Draft, _: Language) -> Iterator[Finding]:
    """Every type can be read; the messages are the service's to the letter."""
    for variable in draft.root.parts("variables"):
        yield from _type(variable, _OF_VARIABLE)
    for agent in draft.agents:
        for field in agent.part("structured_output").parts("schema"):
            yield from _type(field, "{message}")


def _type(part: Part, form: str) -> Iterator[Finding]:
    written = part.entry.get("type")
    try:
        if isinstance(written, str):
            parse_type(written)
    except TypeNotationError as error:
        message = form.format(name=part.path[-1], type=written, message=error.message)
        yield Finding("T101", (*part.path, "type"), message, note=error.hint)


def type_of(part: Part) -> Type | None:
    """The type of a variable or field, if it can be read."""
    written = part.entry.get("type")
    try:
        return parse_type(written) if isinstance(written, str) else None
    except TypeNotationError:
        return None
