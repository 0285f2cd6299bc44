"""Secrets in the environment. This module is who reads them, from a variable or from the file that another one names."""

import os

from atthene_emulator.errors import SetupError

_LONGEST = 64 * 1024  # characters
_OF_FILE = "_FILE"


def file_variable_of(variable: str) -> str:
    """The variable that names the file with a secret, in place of the one that holds it."""
    return f"{variable}{_OF_FILE}"


def secret_of(variable: str) -> str | None:
    """The secret of a variable, or of its file, whose last line ends are no part of it; None if neither is set.

    Raises:
        SetupError: it is empty, which would open what it is to close; both are set; or the file cannot be read.
    """
    names = [name for name in (variable, file_variable_of(variable)) if name in os.environ]
    if not names:
        return None
    if len(names) > 1:
        raise SetupError(f"{names[0]} and {names[1]} are both set; unset one of them.")
    value = os.environ[names[0]]
    if names[0] != variable and value:
        value = _content(names[0], value)
    if not value.strip():
        raise SetupError(f"{names[0]} is set, but empty; give it a value, or unset it.")
    return value


def _content(variable: str, path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123  # pathlib is not loaded for --help
            value = file.read(_LONGEST).rstrip("\r\n")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SetupError(f"{variable} names {path}, which cannot be read: {why}.") from None
    if not value.strip():
        raise SetupError(f"{variable} names {path}, which is empty.")
    return value
