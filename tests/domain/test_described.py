"""A namespace that was described is built again with the same seed, keys, contract and lifetime, in another emulator."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.boot import build_emulator
from atthene_emulator.domain.described import describe
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.provider_states import set_up
from atthene_emulator.domain.seed import Seed
from atthene_emulator.errors import SetupError
from atthene_emulator.seeds.files import BundledSeeds, read_seeds, read_sources
from atthene_emulator.seeds.reader import read_inline_seed
from atthene_emulator.settings import Settings

FLAT = {
    "name": "A",
    "agent_type": "llm_agent",
    "system_prompt": "S",
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}
INLINE = {
    "accounts": [{"id": "ann", "company": "c", "api_keys": ["k-ann"]}],
    "agents": [{"owner": "ann", "system_config": FLAT}],
    "scripts": [{"name": "tea", "then": {"reply": "Tea"}}],
}
MORE = {"scripts": [{"name": "coffee", "then": {"reply": "Coffee"}}], "provider_states": {"empty": {"seed": "empty"}}}


def inline(emulator: Emulator) -> Namespace:
    return emulator.create("n", read_inline_seed(INLINE), "current", 60.0)


def from_a_list(emulator: Emulator) -> Namespace:
    seed = emulator.seed("default", Seed())
    return emulator.create("n", read_inline_seed(MORE, seed))


def bundled(emulator: Emulator) -> Namespace:
    return emulator.create("n", emulator.seed("busy"))


def forked(emulator: Emulator) -> Namespace:
    inline(emulator)
    return emulator.fork("m", emulator.namespace("n"))


def usual(emulator: Emulator) -> Namespace:
    return emulator.create("n")


def in_a_state(emulator: Emulator) -> Namespace:
    namespace = from_a_list(emulator)
    set_up(namespace, "empty", {}, emulator.library)
    return namespace


def the_default(emulator: Emulator) -> Namespace:
    return emulator.default


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@pytest.fixture
def emulator() -> Emulator:
    return build_emulator(Settings())


@pytest.mark.parametrize("make", [inline, from_a_list, bundled, forked, usual, in_a_state, the_default])
def test_a_described_namespace_is_built_again(make: Callable[[Emulator], Namespace], emulator: Emulator) -> None:
    made = make(emulator)
    plan = build_emulator(Settings()).plan_again(made.name, as_json(describe(made, emulator.default.origin.sources)))
    again = plan.build()
    assert same(again.origin, made.origin)
    assert (again.own_keys, again.contract, again.minted) == (made.own_keys, made.contract, made.minted)
    assert (plan.ttl_seconds, plan.created_at) == (made.lifetime.ttl_seconds, made.lifetime.created_at)


def same(one: Seed, other: Seed) -> bool:
    return shown(one) == shown(other)


def shown(value: Any) -> Any:
    """A seed as what can be compared."""
    if hasattr(value, "digest") and hasattr(value, "warnings"):
        return value.digest, value.warnings
    if isinstance(value, Mapping):
        return {key: shown(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(shown, value))
    return value


def test_a_namespace_that_goes_back_to_the_seed_of_the_emulator_does_not_repeat_it(emulator: Emulator) -> None:
    assert describe(usual(emulator), emulator.default.origin.sources)["sources"] is None


def test_a_namespace_that_was_kept_knows_what_it_started_from_last(emulator: Emulator) -> None:
    made = in_a_state(emulator)
    rows = {row.table: [row] for row in made.rows() if row.table == "started"}
    again = build_emulator(Settings()).wake("n", as_json(describe(made, ("default",))), rows)
    assert same(again.seed, made.seed)
    assert again.seed.sources == ("empty",)
    assert again.origin.sources == ("default", MORE)


def test_sources_are_what_a_seed_was_read_from(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("scripts: [{name: one, then: {reply: One}}]")
    assert read_seeds(("default", str(file))).sources == ("default", str(file))
    assert read_inline_seed(MORE, BundledSeeds().seed("default")).sources == ("default", MORE)


def test_a_source_that_is_no_seed_is_named() -> None:
    with pytest.raises(SetupError, match=r"seed\.scripts"):
        read_sources([{"scripts": 1}])
