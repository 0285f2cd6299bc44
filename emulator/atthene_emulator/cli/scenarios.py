"""`atthene-emulator scenario`: packs of scripts and faults to switch to. This module is its commands."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from atthene_emulator.cli.connection import changing, connected, json_option
from atthene_emulator.cli.group import Commands
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.tables import aligned
from atthene_emulator.wording import printable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from atthene_emulator.client import EmulatorClient


@click.group(cls=Commands)
def scenario() -> None:
    """See and switch scenarios: packs of scripts and faults.

    \b
    Examples:
      atthene-emulator scenario list
      atthene-emulator scenario use rate-limited
    """


@scenario.command("list")
@connected
@json_option
def list_scenarios(client: "EmulatorClient", /, *, as_json: bool) -> None:
    """List the scenarios; * marks the active one.

    Those of the seed come first.

    \b
    Examples:
      atthene-emulator scenario list
      atthene-emulator scenario list --json
    """
    scenarios = client.scenarios()
    if as_json:
        click.echo(json_text([asdict(one) for one in scenarios]))
        return
    rows = [("*" if one.active else " ", printable(one.name), printable(one.description)) for one in scenarios]
    say("\n".join(aligned(rows, indent="  ")) or "There are no scenarios.")


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":  # noqa: ARG001
    """The bundled scenarios, for a shell that completes; those of a seed only the emulator knows."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415  # not for --help

    from atthene_emulator.resources import fixture_names  # noqa: PLC0415

    return [CompletionItem(name) for name in fixture_names("scenarios") if name.startswith(incomplete)]


@scenario.command("use")
@click.argument("name", shell_complete=_names)
@changing
@json_option
def use_scenario(client: "EmulatorClient", /, name: str, *, as_json: bool) -> None:
    """Switch to the scenario NAME, in place of the one before.

    \b
    Examples:
      atthene-emulator scenario use rate-limited
      atthene-emulator scenario use happy-path --namespace checkout
    """
    active = client.use_scenario(name)
    click.echo(json_text(asdict(active), None) if as_json else printable(f"{active.name}: {active.description}"))
