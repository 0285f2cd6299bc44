"""`atthene-emulator openapi`: the description of the imitated API. This module is that command."""

import json

import click

from atthene_emulator.cli.options import contract_option, option
from atthene_emulator.contracts import ContractName


@click.command()
@contract_option
@option("--yaml", "as_yaml", is_flag=True, help="Print YAML instead of JSON.")
@option(
    "--schemathesis",
    is_flag=True,
    help="Print what Schemathesis must be told beside the document, as its schemathesis.toml.",
)
def openapi(contract: ContractName, *, as_yaml: bool, schemathesis: bool) -> None:
    """Print the OpenAPI 3.1 document of the imitated API.

    \b
    Examples:
      atthene-emulator openapi > openapi.json
      atthene-emulator openapi --contract reference --yaml
      atthene-emulator openapi --schemathesis > schemathesis.toml
    """
    if as_yaml and schemathesis:
        raise click.UsageError("--schemathesis prints TOML; leave --yaml out.")
    click.echo(_configuration() if schemathesis else _document(contract, as_yaml=as_yaml), nl=False)


def _configuration() -> str:
    from atthene_emulator.web.schemathesis import (  # noqa: PLC0415  # loaded here, so that --help stays quick
        schemathesis_configuration,
    )

    return schemathesis_configuration()


def _document(contract: ContractName, *, as_yaml: bool) -> str:
    from atthene_emulator.web.openapi import openapi as document  # noqa: PLC0415  # the same

    text = json.dumps(document(contract), indent=2, ensure_ascii=False) + "\n"
    if not as_yaml:
        return text
    import yaml  # noqa: PLC0415

    shown: str = yaml.safe_dump(json.loads(text), sort_keys=False, allow_unicode=True)
    return shown
