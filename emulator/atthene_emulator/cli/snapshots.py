"""`atthene-emulator snapshot`: keeping a namespace, and going back to it. This module is its commands."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atthene_emulator.cli.connection import changing, connected, json_option
from atthene_emulator.cli.files import print_or_write
from atthene_emulator.cli.group import Commands
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.errors import SetupError
from atthene_emulator.tables import aligned
from atthene_emulator.wording import counted, printable

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient, Snapshot

_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.group(cls=Commands)
def snapshot() -> None:
    """Keep what a namespace is, and go back to it.

    \b
    Examples:
      atthene-emulator snapshot save before
      atthene-emulator snapshot restore before
      atthene-emulator snapshot export before --output before.json
    """


def _told(one: "Snapshot", what: str, *, as_json: bool) -> str:
    holds = f"{counted(one.agents, 'agent')}, {counted(one.sessions, 'session')}"
    return (
        json_text(asdict(one), None) if as_json else printable(f"{what} {one.name}: {holds}, taken at {one.taken_at}.")
    )


@snapshot.command()
@click.argument("name", required=False)
@changing
@json_option
def save(client: "EmulatorClient", /, name: str | None, *, as_json: bool) -> None:
    """Keep what the namespace is now.

    Without NAME, a name is chosen.

    \b
    Examples:
      atthene-emulator snapshot save
      atthene-emulator snapshot save before --namespace checkout
    """
    click.echo(_told(client.snapshot(name), "Saved", as_json=as_json))


@snapshot.command()
@click.argument("name")
@changing
@json_option
def restore(client: "EmulatorClient", /, name: str, *, as_json: bool) -> None:
    """Go back to the snapshot NAME.

    \b
    Example:
      atthene-emulator snapshot restore before
    """
    click.echo(_told(client.restore(name), "Restored", as_json=as_json))


@snapshot.command("list")
@connected
@json_option
def list_snapshots(client: "EmulatorClient", /, *, as_json: bool) -> None:
    """List the snapshots, oldest first.

    \b
    Example:
      atthene-emulator snapshot list --json
    """
    snapshots = client.snapshots()
    if as_json:
        click.echo(json_text([asdict(one) for one in snapshots]))
    else:
        say("\n".join(_lines(snapshots)) or "There are no snapshots.")


def _lines(snapshots: Sequence["Snapshot"]) -> list[str]:
    rows = [
        (printable(one.name), one.taken_at, counted(one.agents, "agent"), counted(one.sessions, "session"))
        for one in snapshots
    ]
    return aligned(rows, indent="  ")


@snapshot.command()
@click.argument("name")
@changing
def drop(client: "EmulatorClient", /, name: str) -> None:
    """Forget the snapshot NAME.

    \b
    Example:
      atthene-emulator snapshot drop before
    """
    client.drop_snapshot(name)
    say(f"Dropped {name}.")


@snapshot.command()
@click.argument("name")
@connected
@option("--output", type=_FILE, default="-", help="Where it is written; - is standard output.")
@option("--with-secrets", is_flag=True, help="Keep the secrets of configurations, messages and scripts.")
def export(client: "EmulatorClient", /, name: str, output: Path, *, with_secrets: bool) -> None:
    """Print the snapshot NAME as one JSON document.

    Accounts and keys stay where they are. Secrets of configurations, such as the headers of tools, are replaced by [redacted]; the
    document can be imported all the same.

    \b
    Examples:
      atthene-emulator snapshot export before > before.json
      atthene-emulator snapshot export before --output before.json
      atthene-emulator snapshot export before --with-secrets > before.json
    """
    exported = client.export_snapshot(name, secrets=with_secrets)
    document = json_text(exported) + "\n"
    if exported.get("redacted"):
        say("atthene-emulator: secrets were taken out of the snapshot; --with-secrets keeps them.", err=True)
    print_or_write(document, output)
    if str(output) != "-":
        say(f"Exported {name} to {output}.")


@snapshot.command("import")
@click.argument("file", type=_FILE)
@changing
@option("--name", metavar="NAME", help="What it is called here; without it, as the document says.")
@json_option
def import_snapshot(client: "EmulatorClient", /, file: Path, name: str | None, *, as_json: bool) -> None:
    """Keep a snapshot that was exported to FILE.

    - is standard input. `restore` goes to it.

    \b
    Examples:
      atthene-emulator snapshot import before.json
      atthene-emulator snapshot import before.json --name other --namespace checkout
    """
    document = _document(file)
    called = name or document.get("name")
    if not isinstance(called, str):
        raise SetupError(f"{file}: the document has no name; give it one with --name.")
    click.echo(_told(client.import_snapshot(called, document), "Imported", as_json=as_json))


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except OSError as error:
        raise SetupError(f"{file}: cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise SetupError(f"{file}: is no JSON: {error}.") from None
    if not isinstance(document, dict):
        raise SetupError(f"{file}: is no snapshot; write one with `atthene-emulator snapshot export`.")
    return document
