"""`atthene-emulator schema`: JSON Schemas for editors. This module is that command."""

import json

import click


@click.command()
@click.argument("name", type=click.Choice(["configuration", "seed"]))
def schema(name: str) -> None:
    """Print a JSON Schema, for editors.

    \b
    Example:
      atthene-emulator schema configuration > configuration.schema.json
    """
    from atthene_emulator.configuration.schema import Schema  # noqa: PLC0415  # not for --help

    click.echo(json.dumps(Schema(name).document, indent=2, ensure_ascii=False))
