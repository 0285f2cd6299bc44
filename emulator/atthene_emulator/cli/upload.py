"""`atthene-emulator upload`: files for a running emulator. This module is that command."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from atthene_emulator.cli.connection import changing, json_option
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.errors import EmulatorRefused
from atthene_emulator.wording import counted

if TYPE_CHECKING:
    from atthene_emulator.client import Collection, EmulatorClient, File, KnowledgeBase

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_THERE = "existing_file_id"
_NEVER_READY = 1


class Made(NamedTuple):
    """What there is after an upload, as it was when it was looked at last."""

    files: "tuple[File, ...]"
    collection: "Collection | None" = None
    knowledge_base: "KnowledgeBase | None" = None

    def waited(self, timeout: float) -> "Made":
        """The same when all of it is usable."""
        return Made(
            tuple(file.wait_until(timeout=timeout) for file in self.files),
            self.collection and self.collection.wait_until(timeout=timeout),
            self.knowledge_base and self.knowledge_base.wait_until(timeout=timeout),
        )

    def lines(self) -> Iterator[str]:
        """What was made of the files, and how it is."""
        if self.collection:
            files = counted(len(self.collection.files), "file")
            yield f"The collection {self.collection.name} is {self.collection.id}, with {files}; it is {self.collection.status}."
        if self.knowledge_base:
            yield f"The knowledge base {self.knowledge_base.name} is {self.knowledge_base.id}; it is {self.knowledge_base.status}."

    def json(self) -> Any:
        """The same as JSON; null for what was not asked for."""
        return {
            "files": [one.json() for one in self.files],
            "collection": self.collection and self.collection.json(),
            "knowledge_base": self.knowledge_base and self.knowledge_base.json(),
        }


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@changing
@option("--tags", metavar="TAG,...", default="", help="What the files are marked with, separated by commas.")
@option("--collection", metavar="NAME", help="Make a collection of them.")
@option("--knowledge-base", metavar="NAME", help="Make a knowledge base of them, which agents can name.")
@option("--wait", is_flag=True, help="Wait until all of it can be used.")
@option("--timeout", type=float, default=60.0, show_default=True, help="Seconds that --wait may take for each.")
@option("--key", metavar="KEY", help="A key of the account whose they are, in place of the namespace's first.")
@json_option
def upload(
    client: "EmulatorClient",
    /,
    *,
    paths: Sequence[Path],
    tags: str,
    collection: str | None,
    knowledge_base: str | None,
    timeout: float,
    key: str | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Upload files to a running emulator, as an app does.

    A file whose bytes are there already is not uploaded again; it is taken as it is there. What was made takes the time that the
    service needs, by the namespace's clock; `--wait` waits for it.

    \b
    Examples:
      atthene-emulator upload manual.txt faq.md --tags manual,product
      atthene-emulator upload manual.txt faq.md --collection Manuals --knowledge-base Help --wait
    """
    from atthene_emulator.client import NeverReady  # noqa: PLC0415  # not for --help

    marks = tuple(filter(None, map(str.strip, tags.split(","))))
    files = tuple(_uploaded(client, path, marks, key, is_quiet=as_json) for path in paths)
    made = Made(
        files,
        client.collection(collection, *files, key=key) if collection else None,
        client.knowledge_base(knowledge_base, *files, key=key) if knowledge_base else None,
    )
    try:
        made = made.waited(timeout) if wait else made
    except NeverReady as never:
        say(f"atthene-emulator: {never}.", err=True)
        click.get_current_context().exit(_NEVER_READY)
    if as_json:
        click.echo(json_text(made.json()))
    else:
        for line in (*made.lines(), *(["All of it can be used."] if wait else [])):
            say(line)


def _uploaded(client: "EmulatorClient", path: Path, tags: Sequence[str], key: str | None, *, is_quiet: bool) -> "File":
    """The file of a path, new or there already."""
    try:
        file, how = client.upload(path, tags=tags, key=key), "is uploaded as"
    except EmulatorRefused as refused:
        if _THERE not in refused.details:
            raise
        file, how = client.file(refused.details[_THERE], key=key), "was there already, as"
    if not is_quiet:
        say(f"{path} {how} {file.id} ({file.size:,} bytes).")
    return file
