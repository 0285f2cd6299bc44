"""The two files of a release, built as a release builds them but with this environment's hatchling."""

import sys
from pathlib import Path
from typing import NamedTuple

from tests.foreign import run


class Distributions(NamedTuple):
    """A source distribution and a wheel."""

    sdist: Path
    wheel: Path


def build(source: Path, target: Path) -> Distributions:
    """Both, each from the source itself; nothing is downloaded."""
    options = ("--sdist", "--wheel", "--no-isolation", "--outdir", str(target))
    done = run(sys.executable, "-m", "build", *options, cwd=source)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,), (wheel,) = target.glob("*.tar.gz"), target.glob("*.whl")
    return Distributions(sdist, wheel)
