"""`atthene-emulator validate`: configurations and seed files, checked without a server. This module is that command."""

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from atthene_emulator.cli.documents import data_of, media_of, shown_name
from atthene_emulator.cli.options import option
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.errors import SetupError

if TYPE_CHECKING:
    from atthene_emulator.domain.seed import Seed


@click.command()
@click.argument("files", nargs=-1)
@option("--strict", is_flag=True, help="Unknown keys are errors.")
@option(
    "--format",
    "style",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json", "github", "sarif"]),
    help="How findings are printed.",
)
@option(
    "--with", "seeds", multiple=True, metavar="SEED",
    help="Check seeds as additions to this one: its name, or a file. May be given several times.",
)  # fmt: skip
@option("--list", "listed", is_flag=True, help="List every code that there is, and stop.")
@click.pass_context
def validate(  # one for each option
    context: click.Context, files: tuple[str, ...], style: str, seeds: tuple[str, ...], *, strict: bool, listed: bool
) -> None:
    """Check configurations and seed files.

    FILES are names or patterns such as 'agents/**/*.yaml'; - is standard input. All findings are shown at once. The exit
    status is 1 if there is an error; warnings alone leave it 0.

    \b
    Examples:
      atthene-emulator validate agent.yaml
      atthene-emulator validate --strict --format github 'agents/*.yaml'
      atthene-emulator validate --with default tests/more.yaml
      cat agent.json | atthene-emulator validate -
    """
    from atthene_emulator.cli.reports import FORMATS, Checked  # noqa: PLC0415  # --help needs none of this
    from atthene_emulator.configuration.catalogue import CATALOGUE  # noqa: PLC0415
    from atthene_emulator.configuration.findings import errors  # noqa: PLC0415

    if listed:
        for entry in CATALOGUE.values():
            click.echo(f"{entry.code}  {entry.severity:7}  {entry.title}")
        return
    if not files:
        raise click.UsageError("name a file to check, or - for standard input")
    before = _before(seeds)
    checked = [Checked(*_check(name, before, strict=strict)).without_secrets() for name in _expanded(files)]
    printed = FORMATS[style](checked)
    if printed:
        click.echo(printed)
    if any(errors(file.findings) for file in checked):
        context.exit(1)


def _expanded(patterns: tuple[str, ...]) -> Iterator[str]:
    """File names of all patterns, each once."""
    seen: set[str] = set()
    for pattern in patterns:
        is_pattern = any(character in pattern for character in "*?[") and not Path(pattern).exists()
        names = sorted(glob.glob(pattern, recursive=True)) if is_pattern else [pattern]  # noqa: PTH207  # may be absolute
        if not names:
            raise SetupError(f"No file matches {pattern}.")
        for name in names:
            if name not in seen:
                seen.add(name)
                yield name


def _before(seeds: tuple[str, ...]) -> "Seed | None":
    """What is said by the seeds that those which are checked add to."""
    if not seeds:
        return None
    from atthene_emulator.seeds.files import read_seeds  # noqa: PLC0415

    return read_seeds(seeds)


def _check(name: str, before: "Seed | None", *, strict: bool) -> tuple[str, str, str, tuple[Finding, ...]]:
    """Name, kind, text and findings of one file."""
    from atthene_emulator.configuration.accepted import read  # noqa: PLC0415
    from atthene_emulator.configuration.document import Unreadable  # noqa: PLC0415
    from atthene_emulator.configuration.findings import from_unreadable, located  # noqa: PLC0415
    from atthene_emulator.configuration.language import Language  # noqa: PLC0415
    from atthene_emulator.configuration.validation import validate  # noqa: PLC0415
    from atthene_emulator.seeds.folder import Folder, leads_out  # noqa: PLC0415
    from atthene_emulator.seeds.reader import examine_seed, is_seed  # noqa: PLC0415

    data = data_of(name)
    shown = shown_name(name)
    try:
        document = read(data, media_of(name, data))
    except Unreadable as error:
        if name != "-" and Path(name).is_symlink() and leads_out(Path(name), Path(name).parent):
            return (
                shown,
                "configuration",
                "",
                (Finding(error.code, (), "The link leads to another folder, to a file that is no document."),),
            )
        return shown, "configuration", data.decode(errors="replace"), (from_unreadable(error),)
    if is_seed(document.value):
        return (
            shown,
            "seed",
            document.text,
            examine_seed(document, before, read_file=Folder(Path(name).parent), strict=strict)[1],
        )
    findings = located(validate(document.value, Language(strict=strict), document.unquoted), document)
    return shown, "configuration", document.text, findings
