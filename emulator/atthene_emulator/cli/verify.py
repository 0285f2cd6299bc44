"""`atthene-emulator verify`: the emulator held against a service, or a recording. This module is that command."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from atthene_emulator.addresses import API, LOCAL
from atthene_emulator.cli.files import write_whole
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import EmulatorUnreachable, SetupError

_DIFFERS, _UNREACHABLE = 1, 3
_LOCAL = LOCAL + API
_OUTPUT = Path("evidence.json")


@click.command()
@option(
    "--base-url", envvar="ATTHENE_BASE_URL", default=_LOCAL, show_default=True, help="Of the service, with /api/v1."
)
@option("--api-key", envvar="ATTHENE_API_KEY", help="A key of an account that may do everything.")
@option("--other-api-key", help="A key of another account, to see what one account sees of another.")
@option("--allow-writes", is_flag=True, help="Make agents and sessions named atthene-verify-…, and delete them.")
@option("--all", "everything", is_flag=True, help="Show what agrees and what was not seen, too.")
@option(
    "--output",
    type=click.Path(path_type=Path),
    help="Where findings go: evidence.json without it. With --replay, where the report goes as JSON, if it is named.",
)
@option("--replay", metavar="HAR", type=click.Path(path_type=Path), help="Check a browser's recording instead.")
@option("--contract", type=click.Choice(tuple(CONTRACTS)), help="Of the recording; told from it without this.")
@option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def verify(context: click.Context, /, *, replay: Path | None, contract: ContractName | None, **options: Any) -> None:
    """Hold the emulator's decisions against a real service.

    What was seen is recorded. Without --allow-writes nothing is created: only GET, HEAD, OPTIONS and the validate operation
    are used. With it, a few messages are sent, which a real service may charge for.

    \b
    Examples:
      atthene-emulator verify --base-url https://api.artaios.ai/api/v1 --api-key KEY
      atthene-emulator verify --allow-writes --all
      atthene-emulator verify --replay exchanges.har
      atthene-emulator serve --observations evidence.json

    Exit status: 0 everything agrees, 1 something differs, 3 the service does not answer.
    """
    if contract is not None and replay is None:
        raise click.UsageError("--contract goes with --replay; without it the contract is found out.")
    if replay is not None:
        context.exit(_replay(replay, contract, options["output"], as_json=options["as_json"]))
    context.exit(_ask(**options))


def _ask(
    base_url: str,
    api_key: str | None,
    other_api_key: str | None,
    output: Path | None,
    *,
    allow_writes: bool,
    everything: bool,
    as_json: bool,
) -> int:
    from atthene_emulator.secrecy import redact_sentence  # noqa: PLC0415
    from atthene_emulator.verification.observations import verify as look  # noqa: PLC0415  # loaded here, so that --help stays quick
    from atthene_emulator.verification.service import Service  # noqa: PLC0415

    if api_key is None and base_url != _LOCAL:
        raise click.UsageError("Name a key with --api-key, or in ATTHENE_API_KEY.")
    service = Service(base_url, api_key or "test-key", other_api_key)
    try:
        findings = look(service, writes=allow_writes)
    except EmulatorUnreachable as error:
        say(f"atthene-emulator: {redact_sentence(str(error))}", err=True)
        return _UNREACHABLE
    finally:
        service.close()
    _tell(json_text(findings.document()), findings.lines(everything=everything), output or _OUTPUT, as_json=as_json)
    return _DIFFERS if findings.count("differs") else 0


def _replay(recording: Path, contract: ContractName | None, output: Path | None, *, as_json: bool) -> int:
    from atthene_emulator.verification.recording import compare, read_recording  # noqa: PLC0415

    try:
        data = recording.read_bytes()
    except OSError as error:
        raise SetupError(f"{recording}: cannot be read: {error.strerror}.") from None
    report = compare(read_recording(data), contract)
    if not report.checked:
        raise SetupError(f"{recording}: no exchange of it belongs to the API; were requests below /api/v1/ recorded?")
    _tell(json_text(report.as_json()), report.lines(), output, as_json=as_json)
    return _DIFFERS if report.differences else 0


def _tell(document: str, lines: Iterable[str], output: Path | None, *, as_json: bool) -> None:
    """Write what was found to a file, if one is named, and print it."""
    if output is not None:
        try:
            write_whole(output, document + "\n")
        except OSError as error:
            raise SetupError(f"{output} cannot be written: {error.strerror}.") from None
    if as_json:
        click.echo(document)
    else:
        say("\n".join([*lines, *([] if output is None else [f"Written to {output}."])]))
