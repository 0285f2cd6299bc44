"""What a namespace is built from. This module is that record."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from atthene_emulator.configuration.accepted import Acceptance
from atthene_emulator.domain.accounts import ApiKey
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.rows import ReadSources, Row
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.snapshot import State


class Plan(NamedTuple):
    """What a namespace is built from.

    Attributes:
        name: a free one.
        seed, acceptance, options, minted, state, rows, current, read_sources: as of `Namespace`.
        ttl_seconds: how long it is kept when nobody uses it; None for good.
        created_at: unix seconds, of one that was made before; None for one that is made now.
    """

    name: str
    seed: Seed
    acceptance: Acceptance
    options: Options
    minted: ApiKey | None = None
    state: State | None = None
    rows: Mapping[str, Sequence[Row]] | None = None
    current: Seed | None = None
    ttl_seconds: float | None = None
    created_at: float | None = None
    read_sources: ReadSources | None = None

    def build(self) -> Namespace:
        """The namespace, which nobody knows yet: it may be built wherever there is time.

        Raises:
            ValueError, TypeError, KeyError: the rows are damaged.
        """
        return Namespace(
            self.name,
            self.seed,
            self.acceptance,
            self.options,
            minted=self.minted,
            state=self.state,
            rows=self.rows,
            current=self.current,
            read_sources=self.read_sources,
        )
