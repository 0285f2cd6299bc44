"""`atthene-emulator coverage`: what was exercised. This module is that command."""

from typing import TYPE_CHECKING

import click

from atthene_emulator.cli.connection import connected, json_option
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.errors import EmulatorRefused

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient, Json

_TOO_LITTLE = 1

_NOT_ADMITTED = 403


def _counted(client: "EmulatorClient") -> "list[Json]":
    """What was counted in the namespace that is meant; without one, in all that the caller may know of."""
    if client.namespace is not None:
        return client.coverage()
    try:
        return client.coverage(everywhere=True)
    except EmulatorRefused as refused:
        if refused.status != _NOT_ADMITTED:
            raise
        return client.coverage()


@click.command()
@connected
@option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit with 1 if less was exercised.")
@json_option
def coverage(client: "EmulatorClient", /, fail_under: float | None, *, as_json: bool) -> None:
    """Show which agents, edges and arms were exercised.

    Without --namespace that is in all of them together, also in those that were deleted since the tests have run. With
    the key of a namespace in place of the control token it is in that one.

    \b
    Examples:
      atthene-emulator coverage
      atthene-emulator coverage --namespace checkout --fail-under 80

    Exit status: 0, or 1 if all configurations together have less than --fail-under.
    """
    from atthene_emulator.client.coverage import share, table  # noqa: PLC0415  # not for --help

    configurations = _counted(client)
    if as_json:
        click.echo(json_text(configurations))
    elif not configurations:
        say("Nothing was executed yet.")
    else:
        say("\n\n".join(map(table, configurations)))
    exercised = share(configurations)
    if fail_under is not None and not exercised.reaches(fail_under):
        say(f"atthene-emulator: {exercised}; wanted are {fail_under:g} %.", err=True)
        click.get_current_context().exit(_TOO_LITTLE)
