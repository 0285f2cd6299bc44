"""Scripts of a seed that can never answer. This module is what can be known of that before anything runs (K30).

A session may still be created with agents of any name, so these are warnings.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.seed import Seed
from atthene_emulator.wording import did_you_mean

UNMATCHED = "F126"
_MOST_COMPARED = 200


def unmatched(scripts: Sequence[Mapping[str, Any]], seed: Seed) -> Iterator[Finding]:
    """A finding for each script whose `when` names what a seed has not, or that stands behind one that always answers."""
    return _unmatched(scripts, _names_of_seed(seed), "the seed")


def unmatched_now(scripts: Sequence[Mapping[str, Any]], namespace: Namespace) -> Iterator[Finding]:
    """The same of scripts that are added to a namespace, which may still get what they name."""
    agents, sessions = namespace.records.agents, namespace.records.sessions
    if len(agents) + len(sessions) > _MOST_COMPARED:  # too many to look at for a hint
        return iter(())
    names = _names(
        [*(one.current.configuration for one in agents), *(one.configuration for one in sessions)],
        [one.key for one in agents],
        [one.id for one in sessions],
    )
    return _unmatched(scripts, names, "the namespace")


def _unmatched(
    scripts: Sequence[Mapping[str, Any]], names: Mapping[str, frozenset[str]], where: str
) -> Iterator[Finding]:
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
                yield _never((*path, "when", key), f"{where} has no {key} {name}{did_you_mean(name, sorted(known))}")
        turn = script.get("when", {}).get("turn")
        if isinstance(turn, dict) and turn.get("to") is not None and turn.get("from", 1) > turn["to"]:
            yield _never((*path, "when", "turn"), f"no turn is from {turn.get('from', 1)} to {turn['to']}.")


def _conditions(when: Mapping[str, Any]) -> Mapping[str, str]:
    """What must hold, comparable; what always holds is left out."""
    always = ({"content": {"any": True}}, {"turn": {"from": 1}})
    return {key: json.dumps(value, sort_keys=True) for key, value in when.items() if {key: value} not in always}


def _never(path: Path, why: str) -> Finding:
    return Finding(UNMATCHED, path, f"This script never answers: {why}", severity="warning")


def _names_of_seed(seed: Seed) -> Mapping[str, frozenset[str]]:
    configurations = [*(one.configuration for one in seed.agents), *(one.configuration for one in seed.sessions)]
    return _names(configurations, [one.key for one in seed.agents], [one.id for one in seed.sessions if one.id])


def _names(
    configurations: Iterable[Configuration], keys: Iterable[str], sessions: Iterable[str]
) -> Mapping[str, frozenset[str]]:
    """What there is, by the condition that names it; any agent may be named where there is no configuration."""
    names = {"agent_key": frozenset(keys), "session": frozenset(sessions)}
    agents = frozenset(name for one in configurations for name in one.system.agents)
    return {"agent": agents, **names} if agents else names
