"""`atthene-emulator evidence`: how sure we are of what is imitated. This module is that command."""

import json
from collections import Counter

import click

from atthene_emulator.cli.options import contract_option, option
from atthene_emulator.contracts import ContractName


@click.command()
@contract_option
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
        whats = Counter((line.kind, line.what) for line in lines)  # two errors may share status and type
        for line in lines:
            case = f" ({line.note.rstrip('.')})" if whats[line.kind, line.what] > 1 else ""
            click.echo(f"{line.kind:<10}{line.what:<50} {line.evidence.level}: {line.evidence.source}{case}")
        return
    click.echo(f"Contract {contract}: statements by what they rest on\n")
    click.echo(f"{'':<14}{'documented':>12}{'inferred':>10}{'decided':>10}")
    for kind, counts in summary(lines).items():
        click.echo(f"{kind:<14}{counts['documented']:>12}{counts['inferred']:>10}{counts['decided']:>10}")
    click.echo("\n--operation NAME shows each statement, --json everything with the decisions.")
