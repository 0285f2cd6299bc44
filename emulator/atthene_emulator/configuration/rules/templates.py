"""Rules of templates in prompts, conditions and defaults: what they refer to exists (K18)."""

from collections.abc import Iterator

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.templates import Reference, references
from atthene_emulator.wording import did_you_mean

_FORMS = "user_input, history, history[N], variables.name, prompts.name, agent.output.field"


def templates(draft: Draft, _: Language) -> Iterator[Finding]:
    """Every reference is one of the documented forms, and names what is there."""
    for path, text in _texts(draft):
        for reference in references(text):
            finding = _finding(draft, path, reference)
            if finding is not None:
                yield finding


def _texts(draft: Draft) -> Iterator[tuple[Path, str]]:
    for agent in draft.agents:
        yield from _text(agent, "system_prompt")
        yield from _text(agent, "supervisor_prompt")
        yield from _text(agent.part("prompt_config"), "system_prompt")
    for edge in draft.edges:
        yield from _text(edge.part, "condition")
    for variable in draft.root.parts("variables"):
        yield from _text(variable, "default")


def _text(part: Part, key: str) -> Iterator[tuple[Path, str]]:
    text = part.text(key)
    if text is not None:
        yield (*part.path, key), text


def _finding(draft: Draft, path: Path, reference: Reference) -> Finding | None:
    shown = "{{ " + reference.source[:60] + " }}"
    if not reference.closed:
        return Finding("V113", path, f"{shown[:-3]} is not closed; add }}}}.")
    match reference.kind:
        case "variables":
            known = tuple(draft.root.part("variables").entry)
            if reference.name not in known and not draft.root.is_broken("variables"):
                near = did_you_mean(reference.name, known, "; declare it in variables.")
                return Finding("V110", path, f"{shown}: there is no variable {reference.name}{near}")
        case "output" if reference.name not in draft.by_name:
            if not draft.flat and draft.names_are_whole:
                near = did_you_mean(reference.name, tuple(draft.by_name))
                return Finding("V111", path, f"{shown}: there is no agent {reference.name}{near}")
        case "output":
            return _field(draft.by_name[reference.name], path, reference, shown)
        case "unknown":
            return Finding("V114", path, f"{shown} is none of the documented forms: {_FORMS}.")
    return None


def _field(agent: Part, path: Path, reference: Reference, shown: str) -> Finding | None:
    output = agent.part("structured_output")
    if agent.is_broken("structured_output") or output.is_broken("schema"):
        return None
    if "structured_output" not in agent.entry:
        message = f"{shown}: {reference.name} has no structured_output, so there is nothing to read."
        return Finding("V112", path, message)
    fields = output.part("schema").entry
    if reference.path and reference.path[0] not in fields:
        near = did_you_mean(reference.path[0], tuple(fields))
        return Finding("V112", path, f"{shown}: {reference.name} has no output field {reference.path[0]}{near}")
    return None
