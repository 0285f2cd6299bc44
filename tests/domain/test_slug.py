"""An agent's key follows from its name, by the documented example and the rule that was decided (D14, D45)."""

import pytest

from atthene_emulator.domain.slug import agent_key

TABLE = {
    "Customer Support Agent": "customer_support_agent",  # documented
    "Support Agent": "support_agent",  # documented
    "already_a_key": "already_a_key",
    "UPPER": "upper",
    "2nd Agent": "2nd_agent",
    "a - b / c": "a_b_c",
    "  spaces  ": "spaces",
    "__under__score__": "under_score",
    "tab\tand\nline": "tab_and_line",
    "Übersetzer für Grüße": "ubersetzer_fur_grue",
    "Ärzte & Öffnungszeiten": "arzte_offnungszeiten",
    "Café Crème": "cafe_creme",
    "ﬁnal": "final",
    "№ 5": "no_5",
    "Bot 🤖 Two": "bot_two",
    "日本 Guide": "guide",
    "\uff21\uff22\uff23": "abc",
}
HASHED = {"🤖": "agent_b0d125", "日本語": "agent_77710a", "Привет": "agent_dd679c", "___": "agent_bda251"}


@pytest.mark.parametrize(("name", "key"), TABLE.items(), ids=TABLE.values())
def test_a_key_is_the_name_in_small_ascii_letters(name: str, key: str) -> None:
    assert agent_key(name) == key


@pytest.mark.parametrize(("name", "key"), HASHED.items(), ids=["emoji", "japanese", "cyrillic", "underscores"])
def test_a_name_without_latin_letters_gives_a_hash(name: str, key: str) -> None:
    assert agent_key(name) == key


def test_different_names_without_latin_letters_have_different_keys() -> None:
    assert len({agent_key(name) for name in ("日本", "日本語", "🤖", "🤖🤖", "한국어")}) == 5


@pytest.mark.parametrize("name", ["Support Agent", "Grüße", "🤖", "日本語"])
def test_a_key_is_the_key_of_itself(name: str) -> None:
    assert agent_key(agent_key(name)) == agent_key(name)
