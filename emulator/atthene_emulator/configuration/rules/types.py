"""Rules of the type notation, in variables and structured outputs (K12)."""

from collections.abc import Iterator

from atthene_emulator.configuration.document import brief
from atthene_emulator.configuration.draft import Draft
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.type_notation import TypeNotationError, parse_type


def types(draft: Draft, _: Language) -> Iterator[Finding]:
    """Every type can be read."""
    places = [*draft.root.parts("variables")]
    for agent in draft.agents:
        places += agent.part("structured_output").parts("schema")
    for place in places:
        written = place.entry.get("type")
        if not isinstance(written, str):
            continue
        try:
            parse_type(written)
        except TypeNotationError as error:
            code = "T102" if "not supported" in error.message else "T101"
            where = f" (character {error.offset + 1} of {brief(written)!r})" if len(written) > 1 else ""
            yield Finding(code, (*place.path, "type"), f"{error.message[0].upper()}{error.message[1:]}{where}.")
