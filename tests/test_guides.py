"""What CONTRIBUTING.md and SECURITY.md name exists."""

import re
from pathlib import Path

import pytest

import atthene_emulator
from atthene_emulator.cli import commands

ROOT = Path(__file__).parents[1]
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("CONTRIBUTING.md", "SECURITY.md")}
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
EACH_GUIDE = pytest.mark.parametrize("name", TEXTS)


@EACH_GUIDE
def test_links_lead_to_files(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXTS[name])
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_targets_of_make_exist_and_all_that_test_are_named() -> None:
    spans = re.findall(r"`make ([a-z -]+)`", TEXTS["CONTRIBUTING.md"])
    named = {target for span in spans for target in span.split()}
    assert named <= TARGETS
    assert TARGETS - named == {"serve", "screenshots", "clean"}


def test_options_exist() -> None:
    known = {option for command in commands.everyone().values() for param in command.params for option in param.opts}
    named = set(re.findall(r"--[a-z][a-z-]+", TEXTS["SECURITY.md"]))
    assert len(named) > 3
    assert named <= known | {"--version"}


@pytest.mark.parametrize("place", ["pyproject.toml", "Dockerfile", "clients/typescript/package.json"])
def test_a_release_is_told_every_place_of_the_version(place: str) -> None:
    assert f"`{place}`" in TEXTS["CONTRIBUTING.md"]
    assert f'"{atthene_emulator.__version__}"' in (ROOT / place).read_text(encoding="utf-8")


def test_nobody_is_promised_an_address_that_is_not_known() -> None:
    assert re.findall(r"\S+@\S+\.\w+|https?://\S+", TEXTS["SECURITY.md"]) == []
