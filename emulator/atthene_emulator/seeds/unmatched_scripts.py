"""Scripts of a seed that can never answer. This module is what can be known of that before anything runs (K30).

A session may still be created with agents of any name, so these are warnings.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.domain.seed import Seed
from atthene_emulator.wording import did_you_mean

UNMATCHED = "F126"
_MOST_COMPARED = 200


def unmatched(scripts: Sequence[Mapping[str, Any]], seed: Seed) -> Iterator[Finding]:
    """A finding for each script whose `when` names what is not there, or that stands behind one that always answers."""
    names = _names(seed)
    answering: list[Mapping[str, Any]] = []
    for index, script in enumerate(scripts):
        when = _conditions(script.get("when", {}))
        path: Path = ("scripts", index)
        if any(before.items() <= when.items() for before in answering):
            yield _never(path, "one before it answers the same turns; move it up.")
        if "times" not in script and len(answering) < _MOST_COMPARED:
            answering.append(when)
        for key, known in names.items():
            name = script.get("when", {}).get(key)
            if name is not None and name not in known:
                yield _never((*path, "when", key), f"the seed has no {key} {name}{did_you_mean(name, sorted(known))}")
        turn = script.get("when", {}).get("turn")
        if isinstance(turn, dict) and turn.get("to") is not None and turn.get("from", 1) > turn["to"]:
            yield _never((*path, "when", "turn"), f"no turn is from {turn.get('from', 1)} to {turn['to']}.")


def _conditions(when: Mapping[str, Any]) -> Mapping[str, str]:
    """What must hold, comparable; what always holds is left out."""
    always = ({"content": {"any": True}}, {"turn": {"from": 1}})
    return {key: json.dumps(value, sort_keys=True) for key, value in when.items() if {key: value} not in always}


def _never(path: Path, why: str) -> Finding:
    return Finding(UNMATCHED, path, f"This script never answers: {why}", severity="warning")


def _names(seed: Seed) -> dict[str, frozenset[str]]:
    """What the seed has, by the condition that names it; any agent may be named where there is no configuration."""
    configurations = [agent.configuration for agent in seed.agents]
    configurations += [session.configuration for session in seed.sessions]
    names = {
        "agent": frozenset(name for one in configurations for name in one.system.agents),
        "agent_key": frozenset(agent.key for agent in seed.agents),
        "session": frozenset(session.id for session in seed.sessions if session.id),
    }
    return names if configurations else {key: known for key, known in names.items() if key != "agent"}
