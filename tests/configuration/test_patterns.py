"""Regular expressions find what they say, and none takes longer than its text is long."""

from time import process_time

import pytest

from atthene_emulator.configuration.patterns import Pattern
from atthene_emulator.limits import LOOKED_INTO

LONG = 100_000


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("rain", "It rains.", True),
        ("^rain", "It rains.", False),
        (r"\bhi\b", "well hi there", True),
        ("weather|rain", "no sun", False),
        ("(?i)RAIN", "It rains.", True),
        ("a.c", "a\nc", False),
        ("(?s)a.c", "a\nc", True),
        (r"\p{Lu}ber", "Über", True),
        ("^über", "über alles", True),
        ("(?=.*x)y", "yx", True),
        (r"(a|b)\1", "ab bb", True),
        (r"(a|b)\1", "ab", False),
    ],
)
def test_a_pattern_is_found(expression: str, text: str, found: bool) -> None:  # noqa: FBT001  # a table
    assert Pattern(expression).found_in(text) is found


def test_case_is_ignored_where_it_is_asked_for() -> None:
    assert Pattern("^I FORGOT", ignore_case=True).found_in("i forgot")
    assert not Pattern("^I FORGOT").found_in("i forgot")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("^(a+)+$", "a" * LONG + "!"),
        ("^(a|aa)+$", "a" * LONG + "!"),
        ("(.*)*(.*)*x", "y" * 1000),
        ("[ab]*a[ab]{100}c", "abaab" * LONG + "?c"),
        ("(a{1,20}){1,20}b", "a" * LONG + "?b"),
        ("(a{1,50}){1,50}b", "a" * 9_990 + "?b"),
        ("(a|b|ab){1,300}c", "ab" * LONG + "?c"),
        ("(?=[ab]*a[ab]{50}c)@", "abaab" * 1999 + "?c@"),
        (r"^(?=(a+))\1*b", "a" * LONG),
        (r"^(a+)+\1$", "a" * 2000 + "!"),
        (r"(?:(?=a)a|a)*c", "a" * 2000),
    ],
)
def test_no_pattern_takes_long(expression: str, text: str) -> None:
    pattern = Pattern(expression)
    began = process_time()
    assert not pattern.found_in(text)
    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("expression", "mistake"),
    [
        ("(", "missing ), unterminated subpattern"),
        ("[a-", "unterminated character set"),
        ("(a{1000}){1000}", "it is too large, or of a kind that cannot be matched in bounded time"),
        ("((a{1,30}){1,30}){1,30}b", "it is too large, or of a kind that cannot be matched in bounded time"),
        ("(?=(a{1,30}){1,30}b)", "it is too large, or of a kind that cannot be matched in bounded time"),
        (r"\p{L}{2,10}", None),
        (r"[\w.+-]{1,64}@[\w.-]{1,255}\.[a-z]{2,10}", None),
        ("a+", None),
        ("(?<name>a)", None),
    ],
)
def test_a_mistake_is_named(expression: str, mistake: str | None) -> None:
    assert Pattern(expression).mistake == mistake


def test_what_backtracks_is_not_looked_for_in_texts_that_are_too_long() -> None:
    pattern = Pattern("(?=a)(a|aa)+!")
    assert pattern.found_in("a" * (LOOKED_INTO.most - 1) + "!")
    assert not pattern.found_in("a" * LOOKED_INTO.most + "!")


def test_what_is_large_is_not_looked_for_in_texts_that_are_too_long() -> None:
    pattern = Pattern("a{1000}!")
    assert pattern.found_in("a" * (LOOKED_INTO.most - 1) + "!")
    assert not pattern.found_in("a" * LOOKED_INTO.most + "!")


def test_an_expression_that_is_nested_too_deeply_is_refused() -> None:
    assert Pattern("(" * 50_000).mistake is not None
