"""Rules of templates in prompts, conditions and defaults: what they refer to exists (K18)."""

from collections.abc import Iterator

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.rules.outputs import nothing_named, reaches
from atthene_emulator.configuration.rules.types import type_of
from atthene_emulator.configuration.templates import Reference, references
from atthene_emulator.wording import did_you_mean

_FORMS = "user_input, history, history[N], full_history, variables.name, prompts.name, agent.output.field"


def templates(draft: Draft, _: Language) -> Iterator[Finding]:
    """Every reference is one of the documented forms, and names what is there; else it is filled in with nothing."""
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
            sentence = _no_variable(draft, reference)
            return Finding("V110", path, f"{shown}: {sentence}") if sentence else None
        case "output":
            nothing = nothing_named(draft, reference.name, reference.path)
            code = "V111" if nothing and nothing[0] == "agent" else "V112"
            return Finding(code, path, f"{shown}: {nothing[1]}") if nothing else None
        case "unknown":
            return Finding("V114", path, f"{shown} is none of the documented forms: {_FORMS}.")
    return None


def _no_variable(draft: Draft, reference: Reference) -> str | None:
    variables = draft.root.part("variables")
    if draft.root.is_broken("variables"):
        return None
    if reference.name not in variables.entry:
        near = did_you_mean(reference.name, tuple(variables.entry), "; declare it in variables.")
        return f"there is no variable {reference.name}{near}"
    declared = type_of(variables.part(reference.name))
    if declared is not None and not reaches(declared, reference.path):
        return f"{reference.name} is {declared}, in which nothing is called {'.'.join(reference.path)}."
    return None
