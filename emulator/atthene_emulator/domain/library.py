"""Seeds and scenarios that come with the emulator. This module says what whoever has them offers: the `Library`."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.seed import Scenario, Seed, SeedSource
from atthene_emulator.errors import Unknown
from atthene_emulator.wording import did_you_mean


class Library(Protocol):
    """The seeds and scenarios that come with the emulator, by name."""

    @property
    def seeds(self) -> tuple[str, ...]:
        """Names of seeds."""
        ...

    @property
    def scenarios(self) -> Mapping[str, str]:
        """What each scenario is for, by its name."""
        ...

    @property
    def default_agent(self) -> Configuration:
        """What `GET /sessions/default-agent/` starts, where a seed does not say."""
        ...

    def seed(self, name: str, before: Seed | None = None) -> Seed:
        """A seed by its name, and what is before it.

        Raises:
            SetupError: it does not fit what is before it.
        """
        ...

    def read_sources(self, sources: Sequence[SeedSource]) -> Seed:
        """What a seed's `sources` say together.

        Raises:
            SetupError: they are no sources of a seed.
        """
        ...

    def fingerprint(self, sources: Sequence[SeedSource]) -> str:
        """A hash of what sources say, wherever their files are.

        Raises:
            SetupError: a file cannot be read any more.
        """
        ...

    def scenario(self, name: str, seed: Seed) -> Scenario:
        """A scenario by its name, for a namespace with this seed.

        Raises:
            SetupError: it does not fit the seed.
        """
        ...

    def addition(self, name: str, entry: Mapping[str, Any], seed: Seed, *, strict: bool) -> Scenario:
        """What agents, sessions, scripts and faults an entry adds to this seed, as a scenario of that name.

        Raises:
            Misuse: with every mistake in the entry.
        """
        ...


def bundled_seed(library: Library, name: str, before: Seed | None = None) -> Seed:
    """The seed of that name that comes with the emulator, added to one before it.

    Raises:
        Unknown: there is none.
    """
    known = library.seeds
    if name not in known:
        near = did_you_mean(name, known, f"; there are {', '.join(known)}, or send a seed itself.")
        raise Unknown(f"There is no seed {name[:60]}{near}")
    return library.seed(name, before)
