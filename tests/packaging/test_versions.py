"""One version, wherever it stands, and a changelog that has it."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import NamedTuple

import atthene_emulator
from tests.cli.running import invoke

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSION = PROJECT["version"]
TITLES = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)


class Release(NamedTuple):
    """A title of the changelog."""

    day: date
    version: tuple[int, ...]


def releases() -> list[Release]:
    """Those that the changelog has, the newest first; a title that is neither a release nor Unreleased on top is a mistake."""
    found = [
        re.fullmatch(r"(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)", title) for title in TITLES[TITLES[0] == "Unreleased" :]
    ]
    assert all(found), TITLES
    return [Release(date.fromisoformat(one[2]), tuple(map(int, one[1].split(".")))) for one in found if one]


def test_the_newest_release_of_the_changelog_is_this_version() -> None:
    assert ".".join(map(str, releases()[0].version)) == VERSION


def test_releases_stand_from_the_newest_to_the_oldest() -> None:
    versions = [one.version for one in releases()]
    days = [one.day for one in releases()]
    assert versions == sorted(set(versions), reverse=True)
    assert days == sorted(days, reverse=True)


def test_the_command_and_the_module_have_this_version() -> None:
    assert atthene_emulator.__version__ == VERSION
    assert invoke("--version").stdout == f"atthene-emulator, version {VERSION}\n"


def test_classifiers_have_the_lowest_python() -> None:
    versions = re.findall(r"Python :: 3\.(\d+)", "\n".join(PROJECT["classifiers"]))
    assert PROJECT["requires-python"] == f">=3.{min(map(int, versions))}"
