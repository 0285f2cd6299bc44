"""`--prefix`: variables once more under names that a bundler shows to pages. This module is that option, and those names."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from atthene_emulator.cli.options import option

Command = TypeVar("Command", bound=Callable[..., Any])

_BEGINNING = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _checked(context: click.Context, param: click.Parameter, prefix: str | None) -> str | None:
    if prefix is not None and not _BEGINNING.fullmatch(prefix):
        raise click.BadParameter(
            f"{prefix[:60]!r} begins no variable's name; letters, digits and _ do, such as VITE_.", context, param
        )
    return prefix


def prefix_option(command: Command) -> Command:
    """The option, which is None where it is not given."""
    return option(
        "--prefix",
        callback=_checked,
        metavar="PREFIX",
        help="Say each variable once more with this before its name, such as VITE_ or NEXT_PUBLIC_: a bundler puts those "
        "into pages for everybody to see, which is fine for a key of the emulator, and never for a real one.",
    )(command)


def names_of(name: str, prefix: str | None) -> tuple[str, ...]:
    """What a variable is called: its name, and with the prefix, if there is one."""
    return (name,) if prefix is None else (name, f"{prefix}{name}")


def with_prefix(variables: Mapping[str, str], prefix: str | None) -> dict[str, str]:
    """The variables, and then each of them with the prefix, if there is one."""
    shown = {} if prefix is None else {f"{prefix}{name}": value for name, value in variables.items()}
    return {**variables, **shown}
