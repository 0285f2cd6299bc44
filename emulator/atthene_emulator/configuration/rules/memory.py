"""Rules of memory: names and scopes of modules, and which keys belong to whom (K15) [documented: memory-system@G3]."""

from collections.abc import Iterator

from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.wording import either

_OF_SYSTEM = ("user", "company", "space", "session")
_OF_AGENT = ("agent", "session")


def memory(draft: Draft, _: Language) -> Iterator[Finding]:
    """Names of modules are unique, and scopes and keys stand where they may; a flat document is both levels in one."""
    known: set[str] = set()
    for module in draft.root.memories():
        yield from _name(module, set(), known)
        yield from _space(module)
    if draft.flat:
        return
    yield from _level(draft.root, _OF_SYSTEM, "relevance_prompt", "an agent's")
    for agent in draft.agents:
        if "memory_config" not in agent.entry:
            continue
        own: set[str] = set()
        for module in agent.memories():
            yield from _name(module, known, own)
            yield from _space(module)
        yield from _level(agent, _OF_AGENT, "llm_model", "the system's")


def _name(module: Part, systems: set[str], seen: set[str]) -> Iterator[Finding]:
    name = module.text("name")
    if name is None:
        return
    if name in seen:
        yield Finding("F125", (*module.path, "name"), f"A module is called {name} already; names are unique.")
    elif name in systems:
        yield Finding("F140", (*module.path, "name"), f"A module of the system is called {name}; choose another name.")
    seen.add(name)


def _space(module: Part) -> Iterator[Finding]:
    if "space_id" in module.entry and module.entry.get("scope") in ("user", "agent", "session", "company"):
        message = f"space_id has no effect with scope {module.entry['scope']}; take it out, or use scope space."
        yield Finding("F141", (*module.path, "space_id"), message, at_key=True)


def _level(owner: Part, scopes: tuple[str, ...], foreign: str, home: str) -> Iterator[Finding]:
    config = owner.part("memory_config")
    if foreign in config.entry:
        message = f"{foreign} belongs into {home} memory_config; move it there."
        yield Finding("F109", (*config.path, foreign), message, at_key=True)
    where = "the system" if scopes == _OF_SYSTEM else "an agent"
    for module in owner.memories():
        scope = module.entry.get("scope")
        if isinstance(scope, str) and scope in {*_OF_SYSTEM, *_OF_AGENT} - {*scopes}:
            message = f"A module of {where} cannot have scope {scope}; use {either(scopes)}, or move the module."
            yield Finding("F124", (*module.path, "scope"), message)
