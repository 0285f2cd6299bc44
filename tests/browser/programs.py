"""Programs that Python's package index does not have. This module is how tests find them, or fail: nothing is skipped."""

import shutil

import pytest


def program(*names: str, package: str) -> str:
    """The path of the first of these programs that is installed."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail(f"No {' or '.join(names)} is installed; on Debian: apt-get install {package}")
    return found


def browser() -> str:
    """A Chromium."""
    return program("chromium", "chromium-browser", "google-chrome", package="chromium")
