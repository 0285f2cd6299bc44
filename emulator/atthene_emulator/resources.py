"""Where the bundled schemas and fixtures are: in the installed package, or in the checkout.

This module is the one locator.
"""

from pathlib import Path

from atthene_emulator.errors import SetupError

_PACKAGE = Path(__file__).parent
_ROOTS = (_PACKAGE / "_bundled", _PACKAGE.parents[1])


def bundled(name: str) -> Path:
    """The path of a bundled file or folder, such as `schemas/seed.schema.json`.

    Raises:
        SetupError: the installation is incomplete.
    """
    for root in _ROOTS:
        path = root / name
        if path.exists():
            return path
    raise SetupError(f"{name} is missing from this installation; install atthene-emulator again.")


def fixture_names(kind: str = "") -> tuple[str, ...]:
    """Names of the bundled seeds, such as `default`, or of the `scenarios`."""
    paths = bundled("fixtures").joinpath(kind).iterdir()
    return tuple(sorted(path.stem for path in paths if path.suffix == ".yaml"))
