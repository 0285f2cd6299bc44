"""`atthene-emulator export`: a whole emulator as a file. This module is that command, and how `exec` writes one."""

from pathlib import Path

import click

from atthene_emulator.cli.connection import client_of, place_of, token_option, url_option
from atthene_emulator.cli.files import print_or_write, write_whole
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.errors import SetupError
from atthene_emulator.wording import counted

_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@url_option
@token_option
@option("--with-secrets", is_flag=True, help="Keep the secrets of configurations, messages, requests and scripts.")
def export(*, file: Path, url: str, control_token: str | None, with_secrets: bool) -> None:
    """Write a whole running emulator to FILE.

    All namespaces are in it with all that is kept in them; `serve --import FILE` opens it elsewhere. - is standard output. Secrets,
    such as the headers of tools, are replaced by [redacted]; keys of the seeds stay.

    \b
    Examples:
      atthene-emulator export emulator.json
      atthene-emulator export emulator.json --with-secrets
    """
    with client_of(place_of(url).url, control_token) as client:
        document = client.export(secrets=with_secrets)
    print_or_write(json_text(document, None) + "\n", file)
    if str(file) != "-":
        say(f"Exported {counted(len(document['namespaces']), 'namespace')} to {file}; open it with: {opening(file)}")


def opening(file: Path) -> str:
    """The command that opens a file."""
    return f"atthene-emulator serve --import {file}"


def write_document(file: Path, document: bytes) -> None:
    """Write a document of an emulator that ends, in a folder that is made where it is not there.

    Raises:
        SetupError: it cannot be written; an old one is as it was.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, document.decode() + "\n")
    except OSError as error:
        raise SetupError(f"{file} cannot be written: {error.strerror}.") from None
