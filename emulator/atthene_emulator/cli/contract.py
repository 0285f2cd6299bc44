"""`atthene-emulator openapi` and `evidence`: what is imitated, and how sure we are. This module is those commands."""

import json

import click

from atthene_emulator.cli.options import option
from atthene_emulator.contracts import CONTRACTS, ContractName

_contract_option = option(
    "--contract",
    type=click.Choice(tuple(CONTRACTS)),
    default="current",
    show_default=True,
    help="Generation of the service.",
)


@click.command()
@_contract_option
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


@click.command()
@_contract_option
@option("--operation", metavar="NAME", help="Only this operation, such as runtime.execute.")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
def evidence(contract: ContractName, operation: str | None, *, as_json: bool) -> None:
    """Show how faithful the emulator is.

    That is, what is documented, what is inferred, and what was decided.

    \b
    Examples:
      atthene-emulator evidence
      atthene-emulator evidence --operation runtime.execute
    """
    from atthene_emulator.web.ledger import ledger, shown_ledger, summary  # noqa: PLC0415
    from atthene_emulator.wording import did_you_mean  # noqa: PLC0415

    lines = ledger(contract)
    if operation is not None:
        names = tuple(dict.fromkeys(line.operation for line in lines))
        if operation not in names:
            near = did_you_mean(operation, names, f"; there are {', '.join(names)}.")
            raise click.BadParameter(f"there is no operation {operation}{near}", param_hint="--operation")
        lines = tuple(line for line in lines if line.operation == operation)
    if as_json:
        click.echo(json.dumps(shown_ledger(contract, lines), indent=2, ensure_ascii=False))
        return
    if operation is not None:
        for line in lines:
            click.echo(f"{line.kind:<10}{line.what:<50} {line.evidence.level}: {line.evidence.source}")
        return
    click.echo(f"Contract {contract}: statements by what they rest on\n")
    click.echo(f"{'':<14}{'documented':>12}{'inferred':>10}{'decided':>10}")
    for kind, counts in summary(lines).items():
        click.echo(f"{kind:<14}{counts['documented']:>12}{counts['inferred']:>10}{counts['decided']:>10}")
    click.echo("\n--operation NAME shows each statement, --json everything with the decisions.")
