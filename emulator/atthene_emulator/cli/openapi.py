"""`atthene-emulator openapi`: the description of the imitated API. This module is that command."""

import json

import click

from atthene_emulator.cli.options import contract_option, option
from atthene_emulator.contracts import ContractName


@click.command()
@contract_option
@option("--yaml", "as_yaml", is_flag=True, help="Print YAML instead of JSON.")
def openapi(contract: ContractName, *, as_yaml: bool) -> None:
    """Print the OpenAPI 3.1 document of the imitated API.

    \b
    Examples:
      atthene-emulator openapi > openapi.json
      atthene-emulator openapi --contract reference --yaml
    """
    from atthene_emulator.web.openapi import openapi as document  # noqa: PLC0415  # loaded here, so that --help stays quick

    if as_yaml:
        import yaml  # noqa: PLC0415

        click.echo(
            yaml.safe_dump(json.loads(json.dumps(document(contract))), sort_keys=False, allow_unicode=True), nl=False
        )
    else:
        click.echo(json.dumps(document(contract), indent=2, ensure_ascii=False))
