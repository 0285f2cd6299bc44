"""Use cases of the states that a Pact names: set up, and taken down.

The verifier sets up every state of an interaction and then sends its request. So states add up until a request comes; the next
one begins again with the seed, whether the last was taken down or not.
"""

from collections.abc import Mapping
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple

from atthene_emulator.domain.library import Library, bundled_seed
from atthene_emulator.domain.namespace import Namespace, Prepared
from atthene_emulator.domain.provider_state import filled
from atthene_emulator.domain.records import LoadedIds
from atthene_emulator.domain.scenarios import descriptions, find_scenario
from atthene_emulator.domain.seed import ADDED, ProviderState, Scenario, Seed
from atthene_emulator.domain.snapshot import State
from atthene_emulator.errors import Conflict, EmulatorError, Misuse, Unknown
from atthene_emulator.wording import did_you_mean, either

_MOST_NAMED = 30
_Json = Mapping[str, Any]


def tear_down(namespace: Namespace) -> None:
    """Go back to the seed."""
    namespace.reset()


def set_up(namespace: Namespace, text: str, params: _Json, library: Library) -> _Json:
    """Have what this text stands for, besides the states before it since the last request; blank text is the seed alone.

    Args:
        namespace: that is to be in the state.
        text: of `provider_states` in the seed, else the name of a snapshot, of a scenario, or of a bundled seed.
        params: values for `{{ params.name }}`.
        library: what comes with the emulator.

    Returns:
        Ids of what was made, the state's values, and `unused_params`, if there are some.

    Raises:
        Unknown: nothing is called like that.
        Misuse: a parameter is missing, or what is there with it has mistakes; in strict mode also one that is not used.
        Conflict: it does not fit what is there, or begins with a world of its own and is not the first.

    Nothing is changed then, and the next state begins with the seed.
    """
    named = (text, dict(params))
    before, namespace.prepared = _before(namespace, named), None
    if not text.strip():
        namespace.reset()
        return {}
    entry, unused = filled(_state(namespace, text, library), params)
    if unused and namespace.strict:
        raise Misuse(f"The state {text[:60]!r} does not use the parameter {either([name[:60] for name in unused[:5]])}")
    start = _start(namespace, entry, library)
    if before and start:
        raise Conflict(
            f"The state {text[:60]!r} is a world of its own; let it be the first, or send a teardown before it"
        )
    first = start or _Start(namespace.origin)
    seed = before.seed if before else first.seed._replace(scripts=(), faults=())
    additions = _additions(namespace, text, entry, seed, library)
    loaded = _apply(namespace, None if before else first, additions)
    states = (*(before.states if before else ()), named)
    namespace.prepared = Prepared(namespace.epoch, namespace.journal.added, states, reduce(_sum, additions, seed))
    told = {"unused_params": list(unused)} if unused else {}
    return {**_made(namespace, loaded), **entry.get("values", {}), **told}


def _before(namespace: Namespace, named: tuple[str, _Json]) -> Prepared | None:
    """What was set up since the last request; a state that is there already begins another interaction."""
    one = namespace.prepared
    is_open = one and one.epoch == namespace.epoch and one.requests == namespace.journal.added
    return one if one and is_open and named not in one.states else None


def _state(namespace: Namespace, text: str, library: Library) -> ProviderState:
    """What a text stands for; a name stands for what has it."""
    own = namespace.origin.provider_states
    if text in own:
        return own[text]
    names = {
        "snapshot": tuple(one.name for one in namespace.snapshots),
        "scenario": tuple(descriptions(namespace.origin, library)),
        "seed": library.seeds,
    }
    for key, some in names.items():
        if text in some:
            return ProviderState(text, {key: text})
    known = (*own, *chain.from_iterable(names.values()))
    near = did_you_mean(
        text, known, f"; there are {', '.join(known[:_MOST_NAMED])}; provider_states in a seed has more"
    )
    raise Unknown(f"No provider state, snapshot, scenario or seed is called {text[:60]!r}{near}")


class _Start(NamedTuple):
    """What a state begins with: a seed, or a snapshot that began with it."""

    seed: Seed
    snapshot: State | None = None


def _start(namespace: Namespace, entry: _Json, library: Library) -> _Start | None:
    """What an entry begins with, if it says so.

    Raises:
        Unknown: there is no snapshot or seed of that name.
    """
    if "snapshot" in entry:
        state = namespace.snapshots.get(str(entry["snapshot"])).state
        return _Start(state.seed, state)
    if "seed" in entry:
        return _Start(bundled_seed(library, str(entry["seed"])))
    return None


def _additions(namespace: Namespace, text: str, entry: _Json, seed: Seed, library: Library) -> list[Scenario]:
    """What an entry adds: a scenario, and what it has of its own.

    Raises:
        Unknown: there is no scenario of that name.
        Misuse, Conflict: it does not fit the seed.
    """
    additions = []
    if "scenario" in entry:
        additions.append(find_scenario(seed, str(entry["scenario"]), library))
    if any(key in entry for key in ADDED):
        together = reduce(_sum, additions, seed)
        additions.append(library.addition(text, entry, together, strict=namespace.strict))
    return additions


def _sum(seed: Seed, scenario: Scenario) -> Seed:
    """The seed with what a scenario adds."""
    together: dict[str, Any] = {name: (*getattr(seed, name), *getattr(scenario, name)) for name in ADDED}
    return seed._replace(**together)


def _apply(namespace: Namespace, start: _Start | None, additions: list[Scenario]) -> LoadedIds:
    """Have all of it, or nothing: the ids of what was made. None starts with what is there."""
    kept = namespace.copy()
    try:
        if start and start.snapshot:
            namespace.restore(start.snapshot)
        elif start:
            namespace.reset(seed=start.seed)
        loaded = [namespace.scenario.add(one, namespace.seed) for one in additions]
    except EmulatorError:
        namespace.restore(kept)
        raise
    return reduce(LoadedIds.with_others, loaded, LoadedIds())


def _made(namespace: Namespace, loaded: LoadedIds) -> dict[str, Any]:
    """What Pact may want to know of the first session and the first agent."""
    made: dict[str, Any] = {}
    if loaded.sessions:
        made["session_id"] = loaded.sessions[0]
    if loaded.agents:
        agent = namespace.records.agents.get(loaded.agents[0])
        made |= {"agent_id": agent.id, "agent_key": agent.key} if agent else {}
    return made
