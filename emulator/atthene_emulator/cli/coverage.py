"""`atthene-emulator coverage`: what was exercised. This module is that command."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from atthene_emulator.cli.connection import connected, json_option
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.tables import aligned
from atthene_emulator.wording import printable

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient

_TOO_LITTLE = 1


@click.command()
@connected
@option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit with 1 if less was exercised.")
@json_option
def coverage(client: "EmulatorClient", /, fail_under: float | None, *, as_json: bool) -> None:
    """Show which agents, edges and arms were exercised.

    \b
    Examples:
      atthene-emulator coverage
      atthene-emulator coverage --namespace checkout --fail-under 80

    Exit status: 0, or 1 if all configurations together have less than --fail-under.
    """
    configurations = client.coverage()
    if as_json:
        click.echo(json_text(configurations))
    elif not configurations:
        say("Nothing was executed yet.")
    else:
        say("\n\n".join(map(_table, configurations)))
    if fail_under is not None:
        _judge(configurations, fail_under)


def _judge(configurations: Sequence[Mapping[str, Any]], wanted: float) -> None:
    covered = sum(one["covered"] for one in configurations)
    total = sum(one["total"] for one in configurations)
    if total and 100 * covered >= wanted * total:
        return
    share = (
        f"{covered} of {total} parts were exercised, {100 * covered / total:.1f} %" if total else "nothing was executed"
    )
    say(f"atthene-emulator: {share}; wanted are {wanted:g} %.", err=True)
    click.get_current_context().exit(_TOO_LITTLE)


def _table(one: Mapping[str, Any]) -> str:
    share = round(100 * one["covered"] / one["total"])
    head = f"{printable(one['name'])} ({one['config_hash']}): {one['covered']} of {one['total']} parts, {share} %"
    rows = [
        (element["kind"], printable(_what(element)), str(element["count"] or "never")) for element in one["elements"]
    ]
    return "\n".join([head, *aligned(rows, indent="  ")])


def _what(element: Mapping[str, Any]) -> str:
    arrow = f" -{element['arm']}-> " if element["arm"] else " -> "
    return f"{element['from']}{arrow}{element['to']}" if element["to"] else str(element["from"])
