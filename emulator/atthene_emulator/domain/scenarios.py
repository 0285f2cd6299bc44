"""Use cases of scenarios, and of the states that a Pact names: what can be switched to, and switching."""

from collections.abc import Mapping

from atthene_emulator.domain.emulator import Library
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.domain.snapshots import restore_snapshot
from atthene_emulator.errors import Conflict, SetupError, Unknown
from atthene_emulator.wording import did_you_mean

_MOST_NAMED = 30


def descriptions(seed: Seed, library: Library) -> Mapping[str, str]:
    """What each scenario is for, by its name: those of the seed, then those that come with the emulator."""
    own = {name: one.description for name, one in seed.scenarios.items()}
    return {**own, **{name: text for name, text in library.scenarios.items() if name not in own}}


def use_scenario(namespace: Namespace, name: str, library: Library) -> Scenario:
    """Use a scenario in place of the last one.

    Raises:
        Unknown: there is none of that name.
        Conflict: an agent or session of it is there already, or it does not fit the seed; nothing is changed.
    """
    known = tuple(descriptions(namespace.seed, library))
    if name not in known:
        there = f"; there are {', '.join(known)}" if known else "; a seed defines them below scenarios"
        raise Unknown(f"There is no scenario {name[:60]!r}{did_you_mean(name, known, there)}")
    scenario = _scenario(namespace.seed, name, library)
    namespace.scenario.use(scenario, namespace.seed)
    return scenario


def _scenario(seed: Seed, name: str, library: Library) -> Scenario:
    own = seed.scenarios.get(name)
    if own is not None:
        return own
    try:
        return library.scenario(name, seed)
    except SetupError as error:
        raise Conflict(f"The scenario {name} does not fit this namespace: {error}") from None


def go_to_state(namespace: Namespace, name: str, library: Library) -> None:
    """Be as a snapshot, a scenario or a seed of that name has it, whatever was before.

    Raises:
        Unknown: there is none of the three.
        Conflict: the scenario does not fit the seed; nothing is changed.
    """
    scenarios = tuple(descriptions(namespace.origin, library))
    if name in namespace.snapshots:
        restore_snapshot(namespace, name)
    elif name in scenarios:
        scenario = _scenario(namespace.origin, name, library)
        namespace.reset()
        namespace.scenario.use(scenario, namespace.seed)
    elif name in library.seeds:
        namespace.reset(seed=library.seed(name))
    else:
        known = (*(one.name for one in namespace.snapshots), *scenarios, *library.seeds)
        near = did_you_mean(name, known, f"; there are {', '.join(known[:_MOST_NAMED])}")
        raise Unknown(f"No snapshot, scenario or seed is called {name[:60]!r}{near}")
