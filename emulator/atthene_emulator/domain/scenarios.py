"""Use cases of scenarios: what can be switched to, and switching."""

from collections.abc import Mapping

from atthene_emulator.domain.library import Library
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.errors import Conflict, SetupError, Unknown
from atthene_emulator.wording import did_you_mean


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
    scenario = find_scenario(namespace.seed, name, library)
    namespace.scenario.use(scenario, namespace.seed)
    return scenario


def find_scenario(seed: Seed, name: str, library: Library) -> Scenario:
    """The scenario of that name, of the seed or of those that come with the emulator.

    Raises:
        Unknown: there is none of that name.
        Conflict: it does not fit the seed.
    """
    known = tuple(descriptions(seed, library))
    if name not in known:
        there = f"; there are {', '.join(known)}" if known else "; a seed defines them below scenarios"
        raise Unknown(f"There is no scenario {name[:60]!r}{did_you_mean(name, known, there)}")
    own = seed.scenarios.get(name)
    if own is not None:
        return own
    try:
        return library.scenario(name, seed)
    except SetupError as error:
        raise Conflict(f"The scenario {name} does not fit this namespace: {error}") from None
