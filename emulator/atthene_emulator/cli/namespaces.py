"""`atthene-emulator namespace`: the worlds of an emulator, and clearing up. This module is its commands."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from atthene_emulator.cli.connection import changing, connected, json_option
from atthene_emulator.cli.durations import seconds_of
from atthene_emulator.cli.group import Commands
from atthene_emulator.cli.options import option
from atthene_emulator.errors import SetupError
from atthene_emulator.tables import aligned

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient
    from atthene_emulator.client.namespaces import NamespaceInfo

_DEFAULT = "default"


@click.group(cls=Commands)
def namespace() -> None:
    """See namespaces, and forget those that nobody needs.

    \b
    Examples:
      atthene-emulator namespace list
      atthene-emulator namespace delete checkout
      atthene-emulator namespace prune --unused-for 1h
    """


@namespace.command("list")
@connected
@option("--deleted", is_flag=True, help="Also those that were deleted and can still be looked at, newest first.")
@json_option
def list_namespaces(client: "EmulatorClient", /, *, deleted: bool, as_json: bool) -> None:
    """List the namespaces, oldest first.

    Each with when it was made, when it was used last, and how long it is kept unused, or when it was deleted.

    \b
    Examples:
      atthene-emulator namespace list
      atthene-emulator namespace list --deleted
      atthene-emulator namespace list --json
    """
    found = client.namespaces(deleted=deleted)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    rows = [(one.name, f"made {one.created_at}", f"used {one.last_used}", _lasting(one)) for one in found]
    click.echo("\n".join(aligned(rows, indent="  ")))


def _lasting(one: "NamespaceInfo") -> str:
    """How long a namespace is kept."""
    if one.deleted_at is not None:
        return f"deleted {one.deleted_at}"
    return "kept for good" if one.ttl_seconds is None else f"kept for {one.ttl_seconds:g} s unused"


@namespace.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@changing
@json_option
def delete(client: "EmulatorClient", /, names: Sequence[str], *, as_json: bool) -> None:
    """Forget the namespaces of these names.

    Requests that wait in them are sent away. If one of several is unknown, none is forgotten.

    \b
    Example:
      atthene-emulator namespace delete checkout basket
    """
    if len(names) > 1:
        _check_known(client, names)
    _forget(client, dict.fromkeys(names), as_json=as_json)


@namespace.command()
@changing
@option(
    "--unused-for",
    default="1h",
    show_default=True,
    callback=seconds_of,
    metavar="DURATION",
    help="As long as this, or longer.",
)
@json_option
def prune(client: "EmulatorClient", /, unused_for: float, *, as_json: bool) -> None:
    """Forget what nobody has used for a while.

    The namespace default stays.

    \b
    Examples:
      atthene-emulator namespace prune
      atthene-emulator namespace prune --unused-for 30m
    """
    unused = [one.name for one in client.namespaces() if one.unused_seconds >= unused_for and one.name != _DEFAULT]
    _forget(client, unused, as_json=as_json)


def _check_known(client: "EmulatorClient", names: Sequence[str]) -> None:
    known = tuple(one.name for one in client.namespaces())
    for name in names:
        if name not in known:
            from atthene_emulator.wording import did_you_mean  # noqa: PLC0415  # not for --help

            raise SetupError(f"There is no namespace {name}{did_you_mean(name, known)}")
        if name == _DEFAULT:
            raise SetupError(
                "The namespace default cannot be deleted; `atthene-emulator reset` puts it back to its seed."
            )


def _forget(client: "EmulatorClient", names: "Sequence[str] | dict[str, None]", *, as_json: bool) -> None:
    for name in names:
        client.delete_namespace(name)
    if as_json:
        click.echo(json.dumps({"deleted": list(names)}, ensure_ascii=False))
    else:
        click.echo(f"Forgot {', '.join(names)}." if names else "Nothing is to be forgotten.")
