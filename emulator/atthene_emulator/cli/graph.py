"""`atthene-emulator graph`: a configuration as a graph, with the path of an execution. This module is that command."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from atthene_emulator.cli.connection import connected
from atthene_emulator.cli.documents import STDIN, data_of, media_of, shown_name
from atthene_emulator.cli.files import write_whole
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import say
from atthene_emulator.errors import EmulatorRefused, SetupError

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient
    from atthene_emulator.configuration.accepted import Configuration
    from atthene_emulator.configuration.findings import Finding
    from atthene_emulator.configuration.language import Language
    from atthene_emulator.graph.formats import Format

_UNKNOWN = 404
_DOCUMENTS = (".yaml", ".yml", ".json")
_INVALID = 1


@click.command()
@click.argument("of", metavar="FILE|SESSION")
@connected
@option(
    "--turn",
    type=click.IntRange(0),
    metavar="N",
    help="Which execution of the session; 0 for none. The newest without it.",
)
@option(
    "--format",
    "style",
    default="text",
    show_default=True,
    type=click.Choice(["text", "svg", "mermaid"]),
    help="How it is drawn.",
)
@option("--ascii", "is_plain", is_flag=True, help="Draw text with signs of ASCII only.")
@option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where it is written, in place of standard output.",
)
def graph(
    client: "EmulatorClient", /, of: str, turn: int | None, style: "Format", output: Path | None, *, is_plain: bool
) -> None:
    """Draw a configuration as a graph.

    That of FILE needs no emulator; - is standard input. That of SESSION has the path of an execution: it is drawn strong, with
    the numbers of its steps. What is too wide for a terminal is printed as a table.

    \b
    Examples:
      atthene-emulator graph agent.yaml
      atthene-emulator graph session_abc123
      atthene-emulator graph session_abc123 --turn 1 --format mermaid
      atthene-emulator graph agent.yaml --format svg --output agent.svg

    Exit status: 0, or 1 if the configuration of FILE has errors.
    """
    is_file = of == STDIN or of.endswith(_DOCUMENTS) or Path(of).is_file()
    if is_file and turn is not None:
        raise click.UsageError("--turn is about a session; a file has no executions.")
    text = _of_file(of, style) if is_file else _of_session(client, of, style, turn)
    if is_plain:
        from atthene_emulator.graph.canvas import plain  # noqa: PLC0415  # not for --help

        text = plain(text)
    if output is None:
        say(text.removesuffix("\n"))
        return
    try:
        write_whole(output, text)
    except OSError as error:
        raise SetupError(f"{output} cannot be written: {error.strerror}.") from None


def _of_session(client: "EmulatorClient", session_id: str, style: "Format", turn: int | None) -> str:
    try:
        return client.drawn_session_graph(session_id, style, turn=turn)
    except EmulatorRefused as refused:
        if refused.status != _UNKNOWN or not refused.message.startswith("There is no session"):
            raise
    from atthene_emulator.wording import did_you_mean  # noqa: PLC0415  # not for --help

    known = [one["session_id"] for one in client.state()["sessions"]]
    files = [path.name for path in Path().iterdir() if path.suffix in _DOCUMENTS]
    raise SetupError(f"There is no file and no session {session_id}{did_you_mean(session_id, [*known, *files])}")


def _of_file(name: str, style: "Format") -> str:
    from atthene_emulator.configuration.language import Language  # noqa: PLC0415  # --help needs none of this
    from atthene_emulator.graph.formats import written  # noqa: PLC0415
    from atthene_emulator.graph.graph import graph_of  # noqa: PLC0415
    from atthene_emulator.graph.marks import Marked  # noqa: PLC0415
    from atthene_emulator.secrecy import redact_text  # noqa: PLC0415

    language = Language()
    marked = Marked(graph_of(_configuration(name, language), language)).rewritten(redact_text)
    drawn = written(marked, style)
    if drawn is None:
        raise SetupError(f"{shown_name(name)}: the graph is too large for a picture; --format text has it as a table.")
    return drawn


def _configuration(name: str, language: "Language") -> "Configuration":
    """The configuration that a file holds; one with errors ends the command as `validate` would."""
    from atthene_emulator.configuration.accepted import Configuration, read  # noqa: PLC0415  # not for --help
    from atthene_emulator.configuration.document import Unreadable  # noqa: PLC0415
    from atthene_emulator.configuration.findings import errors, from_unreadable, located  # noqa: PLC0415
    from atthene_emulator.configuration.validation import validate  # noqa: PLC0415
    from atthene_emulator.seeds.reader import is_seed  # noqa: PLC0415

    data = data_of(name)
    try:
        document = read(data, media_of(name, data))
    except Unreadable as error:
        raise _refused(name, data.decode(errors="replace"), (from_unreadable(error),)) from None
    if is_seed(document.value):
        raise SetupError(f"{shown_name(name)}: is a seed, which may have many; serve it, and name one of its sessions.")
    findings = located(validate(document.value, language, document.unquoted), document)
    if errors(findings):
        raise _refused(name, document.text, findings)
    return Configuration(document.value)


def _refused(name: str, source: str, findings: "tuple[Finding, ...]") -> click.exceptions.Exit:
    from atthene_emulator.cli.reports import Checked, text  # noqa: PLC0415  # not for --help

    click.echo(text([Checked(shown_name(name), "configuration", source, findings).without_secrets()]), err=True)
    return click.exceptions.Exit(_INVALID)
