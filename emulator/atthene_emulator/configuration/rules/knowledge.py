"""Rules of knowledge bases: names, and settings that pages of different age bound differently (K19)."""

from collections.abc import Iterator

from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.wording import either

_STORAGES = ("SP", "ONEDRIVEP", "GOOGLEDRIVE", "CONFLUENCE")
_MOST_EF = 512


def knowledge_bases(draft: Draft, _: Language) -> Iterator[Finding]:
    """Names are unique on an agent; milvus has an id; settings are within what every generation allows."""
    for agent in draft.agents:
        seen: set[str] = set()
        for base in agent.parts("knowledge_bases"):
            name = base.text("name")
            if name in seen:
                message = f"A knowledge base of this agent is called {name} already; names are unique."
                yield Finding("B101", (*base.path, "name"), message)
            if name is not None:
                seen.add(name)
            kind = base.entry.get("knowledge_base_type")
            if kind == "milvus" and not {"id", "knowledge_base_id"} & base.entry.keys():
                yield Finding("B104", (*base.path, "id"), "id is missing; milvus finds its collection by it.")
            for settings in base.settings():
                yield from _settings(settings, kind)


def _settings(settings: Part, kind: object) -> Iterator[Finding]:
    breadth, key = settings.entry.get("search_ef"), settings.text("drive_key")
    if kind == "milvus" and isinstance(breadth, int) and breadth > _MOST_EF:
        message = f"Older pages allow a search_ef of {_MOST_EF} at most, not {breadth:,}."
        yield Finding("B105", (*settings.path, "search_ef"), message)
    if kind == "uknow" and key is not None and key not in _STORAGES:
        message = f"drive_key is {either(_STORAGES)}; a token is what it was in older documents."
        yield Finding("B106", (*settings.path, "drive_key"), message)
