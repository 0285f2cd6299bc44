"""`atthene-emulator openapi`: the description of the imitated API, or of the control plane. This module is that command."""

import json
from typing import Any

import click
from click.core import ParameterSource

from atthene_emulator.cli.options import contract_option, option
from atthene_emulator.contracts import ContractName


@click.command()
@contract_option
@option("--control", is_flag=True, help="The document of the control plane, which has no contract.")
@option("--yaml", "as_yaml", is_flag=True, help="Print YAML instead of JSON.")
@option(
    "--schemathesis",
    is_flag=True,
    help="Print what Schemathesis must be told beside the document, as its schemathesis.toml.",
)
@click.pass_context
def openapi(
    context: click.Context, contract: ContractName, *, control: bool, as_yaml: bool, schemathesis: bool
) -> None:
    """Print OpenAPI 3.1 of the imitated API or the control plane.

    \b
    Examples:
      atthene-emulator openapi > openapi.json
      atthene-emulator openapi --contract reference --yaml
      atthene-emulator openapi --control > control.json
      atthene-emulator openapi --schemathesis > schemathesis.toml
    """
    if as_yaml and schemathesis:
        raise click.UsageError("--schemathesis prints TOML; leave --yaml out.")
    if control and context.get_parameter_source("contract") is ParameterSource.COMMANDLINE:
        raise click.UsageError("The control plane has no contract; leave --contract out.")
    if schemathesis:
        click.echo(_configuration(control=control), nl=False)
    else:
        click.echo(_written(_document(None if control else contract), as_yaml=as_yaml), nl=False)


def _configuration(*, control: bool) -> str:
    from atthene_emulator.web.schemathesis import (  # noqa: PLC0415  # loaded here, so that --help stays quick
        control_schemathesis_configuration,
        schemathesis_configuration,
    )

    return control_schemathesis_configuration() if control else schemathesis_configuration()


def _document(contract: ContractName | None) -> dict[str, Any]:
    """The document of a contract; without one, that of the control plane."""
    from atthene_emulator.web.control.operations import CONTROL  # noqa: PLC0415  # the same
    from atthene_emulator.web.openapi import control_openapi  # noqa: PLC0415
    from atthene_emulator.web.openapi import openapi as document  # noqa: PLC0415

    return control_openapi(CONTROL) if contract is None else document(contract)


def _written(document: dict[str, Any], *, as_yaml: bool) -> str:
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if not as_yaml:
        return text
    import yaml  # noqa: PLC0415

    shown: str = yaml.safe_dump(json.loads(text), sort_keys=False, allow_unicode=True)
    return shown
