"""`atthene-emulator schema`: JSON Schemas for editors. This module is that command."""

import click

from atthene_emulator.resources import bundled


@click.command()
@click.argument("name", type=click.Choice(["configuration", "seed"]))
def schema(name: str) -> None:
    """Print a JSON Schema, for editors.

    \b
    Example:
      atthene-emulator schema configuration > configuration.schema.json
    """
    click.echo(bundled(f"schemas/{name}.schema.json").read_text(), nl=False)
