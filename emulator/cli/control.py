"""Commands that ask a running emulator: `coverage`. This module is what talks to the control plane."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

_UNREACHABLE = 3

url_option = click.option(
    "--url",
    envvar="ATTHENE_EMULATOR_URL",
    default="http://127.0.0.1:8484",
    show_default=True,
    help="Where the emulator runs.",
)


token_option = click.option(
    "--control-token",
    envvar="ATTHENE_EMULATOR_CONTROL_TOKEN",
    metavar="TOKEN",
    help="The token that it was started with.",
)


def ask(context: click.Context, url: str, path: str, token: str | None) -> Any:
    """The JSON that the control plane answers; ends the command with 3 if there is no emulator."""
    import requests  # noqa: PLC0415  # only commands that ask need it

    try:
        with requests.Session() as http:
            http.trust_env = False  # a proxy would look for localhost on its own machine
            http.headers.update({"Authorization": f"Bearer {token}"} if token else {})
            base = url.rstrip("/").removesuffix("/api/v1").removesuffix("/__emulator")
            response = http.get(f"{base}/__emulator{path}", timeout=10)
    except requests.RequestException:
        click.echo(f"atthene-emulator: no emulator answers at {url}; start one, or name it with --url.", err=True)
        context.exit(_UNREACHABLE)
    if not response.ok:
        click.echo(f"atthene-emulator: {url} answers {response.status_code}: {response.text[:500]}", err=True)
        context.exit(_UNREACHABLE)
    return response.json()


@click.command()
@url_option
@token_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def coverage(context: click.Context, url: str, control_token: str | None, *, as_json: bool) -> None:
    """Show which agents, edges and arms were exercised, and which never.

    \b
    Example:
      atthene-emulator coverage
    """
    configurations = ask(context, url, "/coverage", control_token)
    if as_json:
        click.echo(json.dumps(configurations, indent=2))
    elif not configurations:
        click.echo("Nothing was executed yet.")
    else:
        click.echo("\n\n".join(map(_table, configurations)))


def _table(one: Mapping[str, Any]) -> str:
    share = round(100 * one["covered"] / one["total"])
    head = f"{one['name']} ({one['config_hash']}): {one['covered']} of {one['total']} parts, {share} %"
    rows = [(element["kind"], _what(element), str(element["count"] or "never")) for element in one["elements"]]
    return "\n".join([head, *_aligned(rows)])


def _what(element: Mapping[str, Any]) -> str:
    arrow = f" -{element['arm']}-> " if element["arm"] else " -> "
    return f"{element['from']}{arrow}{element['to']}" if element["to"] else str(element["from"])


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
