"""What a namespace is made of: parts, each of which goes back to a seed, and can be kept and taken up again.

A namespace is a loop over its parts: so are reset, snapshot, fork, export and import. This module is the `Part`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.seed import Seed

Json = dict[str, Any]


class Saved(NamedTuple):
    """A document of saved parts, checked, with what its parts share.

    Attributes:
        document: what the parts' `save` gave, together.
        configurations: those that its records name, by their digests.
        companies: of the accounts that its records name.
    """

    document: Mapping[str, Any]
    configurations: Mapping[str, Configuration] = {}
    companies: Mapping[str, str] = {}


class Part:
    """A part that goes back to a seed.

    Attributes:
        scope: what `reset` calls it, perhaps together with others.
    """

    scope: ClassVar[str] = "state"

    def reset(self, seed: Seed) -> None:
        """Be what the seed says."""
        raise NotImplementedError


class SavedPart(Part):
    """A part that belongs to what a namespace is: snapshots and forks have it.

    In memory it is copied; where much is kept, a copy shares the records, which are frozen.
    """

    def save(self) -> Json:
        """Its share of a document of the whole namespace, in plain JSON: keys that no other part has."""
        raise NotImplementedError

    def load(self, saved: Saved) -> None:
        """Be what was saved."""
        raise NotImplementedError

    def copy(self) -> Any:
        """All that it is, safe from later changes, for `restore`."""
        return self.save()

    def restore(self, copied: Any) -> None:
        """Be what was copied, from this part or from that of another namespace."""
        self.load(Saved(copied))


def whole(counts: Mapping[str, Any]) -> dict[str, int]:
    """Whole numbers by name; JSON writes 3 as 3.0 now and then."""
    return {name: int(count) for name, count in counts.items()}
