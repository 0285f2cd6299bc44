"""`atthene-emulator asyncapi`: the description of the live socket. This module is that command."""

import json
from pathlib import Path

import click

from atthene_emulator.cli.files import print_or_write
from atthene_emulator.cli.options import option

_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@option("--yaml", "as_yaml", is_flag=True, help="Print YAML instead of JSON.")
@option("--output", type=_FILE, default="-", help="Where it is written; - is standard output.")
def asyncapi(output: Path, *, as_yaml: bool) -> None:
    """Print the AsyncAPI 3.0 document of the live socket.

    \b
    Examples:
      atthene-emulator asyncapi > asyncapi.json
      atthene-emulator asyncapi --yaml --output asyncapi.yaml
    """
    print_or_write(_document(as_yaml=as_yaml), output)


def _document(*, as_yaml: bool) -> str:
    from atthene_emulator.web.asyncapi import asyncapi as document  # noqa: PLC0415  # loaded here, so that --help stays quick

    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if not as_yaml:
        return text
    import yaml  # noqa: PLC0415  # the same

    shown: str = yaml.safe_dump(json.loads(text), sort_keys=False, allow_unicode=True)
    return shown
