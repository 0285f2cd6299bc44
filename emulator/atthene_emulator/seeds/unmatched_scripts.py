"""Scripts of a seed that can never answer. This module is what can be known of that before anything runs (K30).

A session may still be created with agents of any name, so these are warnings.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.wording import did_you_mean

_MOST_COMPARED = 200


class World(NamedTuple):
    """What a seed has: names of agents (None if no configuration is given), keys of agents, ids of sessions."""

    agents: frozenset[str] | None
    agent_keys: frozenset[str]
    sessions: frozenset[str]


def unmatched(scripts: Sequence[Mapping[str, Any]], world: World) -> Iterator[Finding]:
    """A finding for each script whose `when` names what is not there, or that stands behind one that always answers."""
    answering: list[Mapping[str, Any]] = []
    for index, script in enumerate(scripts):
        when = _conditions(script.get("when", {}))
        path: Path = ("scripts", index)
        if any(before.items() <= when.items() for before in answering):
            yield _never(path, "one before it answers the same turns; move it up.")
        if "times" not in script and len(answering) < _MOST_COMPARED:
            answering.append(when)
        for key, known in _named(world):
            name = script.get("when", {}).get(key)
            if name is not None and known is not None and name not in known:
                yield _never((*path, "when", key), f"the seed has no {key} {name}{did_you_mean(name, sorted(known))}")
        turn = script.get("when", {}).get("turn")
        if isinstance(turn, dict) and turn.get("to") is not None and turn.get("from", 1) > turn["to"]:
            yield _never((*path, "when", "turn"), f"no turn is from {turn.get('from', 1)} to {turn['to']}.")


def _conditions(when: Mapping[str, Any]) -> Mapping[str, str]:
    """What must hold, comparable; what always holds is left out."""
    always = ({"content": {"any": True}}, {"turn": {"from": 1}})
    return {key: json.dumps(value, sort_keys=True) for key, value in when.items() if {key: value} not in always}


def _never(path: Path, why: str) -> Finding:
    return Finding("F126", path, f"This script never answers: {why}", severity="warning")


def _named(world: World) -> tuple[tuple[str, frozenset[str] | None], ...]:
    return ("agent", world.agents), ("agent_key", world.agent_keys), ("session", world.sessions)
