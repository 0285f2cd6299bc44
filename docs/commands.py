"""The options of every command, as the commands themselves have them. This module is their tables."""

from collections.abc import Iterator, Mapping

import click

from atthene_emulator.cli import commands
from docs.markdown import table


def options() -> str:
    """A table for each command that has options."""
    return "\n".join(
        f"## Options of {name}\n\n{table(('option', 'does', 'default'), *rows)}"
        for name, command in _everyone(commands.everyone())
        if (rows := [*_rows(command)])
    )


def _everyone(several: Mapping[str, click.Command], before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by the words that call it, those of groups as well."""
    for name, command in sorted(several.items()):
        if isinstance(command, click.Group):
            yield from _everyone(command.commands, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _rows(command: click.Command) -> Iterator[tuple[str, str, str]]:
    for one in command.params:
        if isinstance(one, click.Option) and not one.hidden and one.name != "help":
            names = ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))
            yield names, one.help or "", _default(one)


def _default(one: click.Option) -> str:
    is_said = isinstance(one.default, str | int | float) and not isinstance(one.default, bool) and one.default != ""
    return f"`{one.default}`" if is_said else ""
