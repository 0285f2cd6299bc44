"""A namespace described in plain JSON, so that it can be built again, by this process or another. This module is both ways.

What it is besides, its rows say.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.domain.accounts import Account, ApiKey
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.plan import Plan
from atthene_emulator.domain.seed import Seed, SeedSource

Sources = Sequence[SeedSource]


def describe(namespace: Namespace, own_sources: Sources) -> dict[str, Any]:
    """How a namespace is built again.

    Args:
        namespace: that is described.
        own_sources: of the seed that the emulator was started with; a namespace that goes back to it does not repeat it.

    Returns:
        `minted` (its own key, with its account; or null), `contract`, `sources` (of what it goes back to; null for the emulator's own),
        `ttl_seconds`, `created_at` (unix seconds). What it started from last, its rows say.
    """
    origin, minted, lifetime = namespace.origin, namespace.minted, namespace.lifetime
    return {
        "minted": minted and {"key": minted.key, "account": minted.account._asdict()},
        "contract": namespace.contract.name,
        "sources": None if origin.sources == own_sources else list(origin.sources),
        "ttl_seconds": lifetime.ttl_seconds,
        "created_at": lifetime.created_at,
    }


def plan_of(entry: Mapping[str, Any], usual: Plan, read_sources: Callable[[Sources], Seed]) -> Plan:
    """What a namespace that was described is built from.

    Args:
        entry: of `describe`, as JSON gives it.
        usual: what the emulator builds a namespace of this name from, if its own seed is what it goes back to.
        read_sources: gives the seed of sources.

    Raises:
        SetupError: sources are none of a seed.
        ValueError, TypeError, KeyError: the entry is damaged.
    """
    minted, sources = entry["minted"], entry["sources"]
    contract = CONTRACTS[entry["contract"]].name
    return usual._replace(
        seed=usual.seed if sources is None else read_sources(sources),
        options=usual.options._replace(contract=contract),
        minted=ApiKey(minted["key"], Account(**minted["account"])) if minted else None,
        ttl_seconds=entry["ttl_seconds"],
        created_at=float(entry["created_at"]),
    )
