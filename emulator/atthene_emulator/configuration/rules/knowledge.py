"""Rules of knowledge bases: unique names, and the keys of three generations (K19)."""

from collections.abc import Iterator

from atthene_emulator.configuration.draft import Draft
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language

_OLD_KEYS = {"knowledge_base_id": "id", "retrieval_config": "config"}


def knowledge_bases(draft: Draft, _: Language) -> Iterator[Finding]:
    """Names are unique in an agent; old keys are accepted, alone."""
    for agent in draft.agents:
        seen: set[str] = set()
        for base in agent.parts("knowledge_bases"):
            name = base.text("name")
            if name in seen:
                message = f"A knowledge base of this agent is called {name} already; names are unique."
                yield Finding("B101", (*base.path, "name"), message)
            if name is not None:
                seen.add(name)
            for old, new in _OLD_KEYS.items():
                if old in base.entry and new in base.entry:
                    message = f"{new} stands beside it and wins; take {old} out."
                    yield Finding("B103", (*base.path, old), message, at_key=True)
                elif old in base.entry:
                    message = f"{old} is the older name of {new}; rename it."
                    yield Finding("B102", (*base.path, old), message, at_key=True)
