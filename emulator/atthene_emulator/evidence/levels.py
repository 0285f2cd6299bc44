"""How sure we are of what the emulator does: documented, inferred or decided.

Every operation, status and error carries an `Evidence`. This module is the ledger's vocabulary.
"""

from typing import Literal, NamedTuple

Level = Literal["documented", "inferred", "decided"]

_STRENGTH: dict[Level, int] = {"documented": 2, "inferred": 1, "decided": 0}


class Evidence(NamedTuple):
    """What one statement rests on.

    `source` is a page and its generation for `documented`, the reasoning or decision id for the others.
    """

    level: Level
    source: str


def documented(page: str) -> Evidence:
    """Stated or shown by that page of that generation, as `agents/create@G1`; several are separated by commas.

    The path is that of the documentation's own repository, from below `api-reference/`; of a page below `documentation/`, its
    name. Generations: G0 of 2025-10-06, one page for each resource; G1 of 2025-10-09, one for each operation, and newest where
    a page was never written anew; G1t of 2025-11, the tutorials; G2 of 2026-01; G3 of 2026-04; G4 of autumn 2026.
    """
    return Evidence("documented", page)


def inferred(source: str) -> Evidence:
    """Likely from what is documented, but not stated there."""
    return Evidence("inferred", source)


def decided(decision: str) -> Evidence:
    """Decided by us because the documentation is silent; `decision` is an id of `decisions.DECISIONS`."""
    return Evidence("decided", decision)


OURS = decided("the emulator's own")


def weakest(*evidence: Evidence) -> Evidence:
    """The one that an answer resting on all of these must be marked with."""
    return min(evidence, key=lambda one: _STRENGTH[one.level])
