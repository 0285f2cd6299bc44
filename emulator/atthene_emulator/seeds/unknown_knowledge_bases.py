"""Knowledge bases that configurations of a seed name, and that the seed has not. This module is what can be known of that.

One may still be created while the emulator runs, so these are warnings. Those of `uknow` are on drives of others.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.draft import Draft
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.domain.knowledge_base import ENGINE
from atthene_emulator.domain.seed import Seed
from atthene_emulator.seeds.configurations import INLINE
from atthene_emulator.wording import did_you_mean


def unknown_knowledge_bases(value: Mapping[str, Any], before: Seed, seed: Seed) -> Iterator[Finding]:
    """A warning for each knowledge base that an agent or a session of a document names, and that the seed has not.

    Args:
        value: the document, which has no mistakes.
        before: what there is without it.
        seed: what there is with it.
    """
    known = {name for one in seed.knowledge_bases for name in (one.id, one.name) if name is not None}
    for kind, inline in INLINE.items():
        added = getattr(seed, kind)[len(getattr(before, kind)) :]
        for index, (entry, one) in enumerate(zip(value.get(kind, ()), added, strict=True)):
            if inline in entry or "config_file" in entry:
                key = inline if inline in entry else "config_file"
                yield from _of(one.configuration, known, (kind, index, key), inside=key == inline)


def _of(configuration: Configuration, known: set[str], path: Path, *, inside: bool) -> Iterator[Finding]:
    wanted = (one for one in configuration.system.knowledge_bases if one.kind == ENGINE)
    for name in dict.fromkeys(one.id or one.name for one in wanted):
        if name not in known:
            place = _place(configuration, name) if inside else ()
            near = did_you_mean(name, sorted(known), "; an agent finds nothing there until one is created.")
            yield Finding("B107", (*path, *place), f"The seed has no knowledge base {name}{near}", severity="warning")


def _place(configuration: Configuration, name: str) -> Path:
    """Where a configuration names it first."""
    for agent in Draft(configuration.value).agents:
        for path, text in agent.texts("knowledge_bases"):
            if text == name:
                return path
        for part in agent.parts("knowledge_bases"):
            if name in (part.entry.get(key) for key in ("id", "knowledge_base_id", "name")):
                return part.path
    return ()
