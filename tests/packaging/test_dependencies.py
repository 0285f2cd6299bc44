"""What the emulator depends on: the lowest versions that are promised are those that `make lowest` installs."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_lowest_versions_are_those_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]["redis"]
    promised = [re.match(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)", one) for one in [*project["dependencies"], *extras]]
    assert (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines() == [
        f"{found[1]}=={found[2]}" for found in promised if found
    ]
    assert all(promised)
