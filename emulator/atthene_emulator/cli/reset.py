"""`atthene-emulator reset`: back to the seed. This module is that command."""

from typing import TYPE_CHECKING

import click

from atthene_emulator.cli.connection import changing, json_option, name_of
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import json_text, say

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient


@click.command()
@changing
@option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help="Only this: state, scripts, faults, rate_limit, latency, on_disconnect, transitions, clock, journal, snapshots or coverage. May be repeated.",
)
@json_option
def reset(client: "EmulatorClient", /, scopes: tuple[str, ...], *, as_json: bool) -> None:
    """Put a namespace back to its seed.

    Journal, snapshots and coverage stay unless they are named.

    \b
    Examples:
      atthene-emulator reset
      atthene-emulator reset --scope journal --scope coverage
      atthene-emulator reset --namespace checkout
    """
    done = client.reset(*(name for scope in scopes for name in scope.split(",")))
    name = name_of(client)
    if as_json:
        click.echo(json_text({"reset": name, "scope": done}, None))
    else:
        say(f"{name} is as its seed has it: {', '.join(done)}.")
