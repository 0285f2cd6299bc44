"""`atthene-emulator upload`: files for a running emulator. This module is that command."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from atthene_emulator.cli.connection import changing, json_option
from atthene_emulator.cli.options import option
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.errors import ServiceRefused
from atthene_emulator.wording import counted

if TYPE_CHECKING:
    from atthene_emulator.client import Collection, EmulatorClient, File, KnowledgeBase, NeverReady

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_THERE = "existing_file_id"
_NOT_READY = 1


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

    def failed(self) -> str:
        """Which files cannot be found in a knowledge base that is completed, and why; empty if all can."""
        base = self.knowledge_base
        if base is None or not base.errors:
            return ""
        files = counted(len(base.errors) + len(base.ingested), "file")
        return "\n".join(
            [f"{base.name} is {base.status}, but {len(base.errors):,} of {files} failed:", *_listed(base.problems)]
        )

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
@option(
    "--tags",
    metavar="TAG,...",
    multiple=True,
    help="What new files are marked with, separated by commas; may be repeated.",
)
@option("--collection", metavar="NAME", help="Put them into a collection: yours of that name, or a new one.")
@option("--knowledge-base", metavar="NAME", help="Make a knowledge base of them, which agents can name.")
@option("--wait", is_flag=True, help="Wait until all of it can be used.")
@option("--timeout", type=float, default=60.0, show_default=True, help="Seconds that --wait may take for each.")
@option("--key", metavar="KEY", help="An API key of the account whose they are, in place of the namespace's first.")
@json_option
def upload(
    client: "EmulatorClient",
    /,
    *,
    paths: Sequence[Path],
    tags: Sequence[str],
    collection: str | None,
    knowledge_base: str | None,
    timeout: float,
    key: str | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Upload files to a running emulator, as an app does.

    A file whose bytes are there already is not uploaded again; it is taken as it is there, with its own tags. What was made takes
    the time that the service needs, by the namespace's clock; `--wait` waits for it, and ends with 1 if a file fails.

    \b
    Examples:
      atthene-emulator upload manual.txt faq.md --tags manual,product
      atthene-emulator upload manual.txt faq.md --collection Manuals --knowledge-base Help --wait
    """
    from atthene_emulator.client import NeverReady  # noqa: PLC0415  # not for --help

    marks = tuple(dict.fromkeys(filter(None, (tag.strip() for some in tags for tag in some.split(",")))))
    files = tuple(_uploaded(client, path, marks, key, is_quiet=as_json) for path in paths)
    made = Made(
        files,
        client.collection(collection, *files, key=key, extend=True) if collection else None,
        client.knowledge_base(knowledge_base, *files, key=key) if knowledge_base else None,
    )
    try:
        made = made.waited(timeout) if wait else made
    except NeverReady as never:
        say(f"atthene-emulator: {_why(client, never, timeout, key)}", err=True)
        click.get_current_context().exit(_NOT_READY)
    failed = made.failed() if wait else ""
    if as_json:
        click.echo(json_text(made.json()))
    else:
        for line in (*made.lines(), *(["All of it can be used."] if wait and not failed else [])):
            say(line)
    if failed:
        say(f"atthene-emulator: {failed}", err=True)
        click.get_current_context().exit(_NOT_READY)


def _uploaded(client: "EmulatorClient", path: Path, tags: Sequence[str], key: str | None, *, is_quiet: bool) -> "File":
    """The file of a path, new or there already."""
    ignored = ""
    try:
        file, how = client.upload(path, tags=tags, key=key), "is uploaded as"
    except ServiceRefused as refused:
        if _THERE not in refused.details:
            raise
        file, how = client.file(refused.details[_THERE], key=key), "was there already, as"
        if not set(tags) <= set(file.tags):
            own = f"its own: {', '.join(file.tags)}" if file.tags else "none"
            ignored = f"; --tags is ignored, it keeps {own}"
    if not is_quiet:
        say(f"{path} {how} {file.id} ({file.size:,} bytes){ignored}.")
    return file


def _why(client: "EmulatorClient", never: "NeverReady", timeout: float, key: str | None) -> str:
    """What is not usable, why, and what helps."""
    from atthene_emulator.client import Collection  # noqa: PLC0415  # not for --help

    document = never.document
    if document.status != document.failed:
        return f"{document.told()} after {timeout:g} s; {_remedy(client)}"
    if isinstance(document, Collection):
        return "\n".join([f"{document.told()}:", *_listed(_failing(client, document, key))])
    return f"{never}."


def _failing(client: "EmulatorClient", collection: "Collection", key: str | None) -> Iterator[str]:
    """The files for which a collection has failed; why those fail that have no error themselves, no answer of the API tells."""
    from atthene_emulator.domain.pace import read_course  # noqa: PLC0415  # not for --help

    failures = read_course(client.transitions()).failures
    for one in collection.files:
        file = client.file(one, key=key)
        let = (failure.message for failure in failures if failure.is_about("collections", file.name))
        why = file.error or next(let, None)
        if why:
            yield f"{file.name}: {why}"


def _listed(problems: Sequence[str] | Iterator[str]) -> Iterator[str]:
    return (f"  {one}" for one in problems)


def _remedy(client: "EmulatorClient") -> str:
    from urllib.parse import quote  # noqa: PLC0415  # not for --help

    if client.clock().mode != "frozen":
        return "give it a longer --timeout."
    wants_token = click.get_current_context().params.get("control_token")
    token = ' -H "Authorization: Bearer $ATTHENE_EMULATOR_CONTROL_TOKEN"' if wants_token else ""
    query = f"?namespace={quote(client.namespace, safe='')}" if client.namespace else ""
    return (
        "the clock is frozen; move it on:\n"
        f"  curl -X POST '{client.control_url}/clock/advance{query}'{token} -H 'Content-Type: application/json' -d '{{\"seconds\": 60}}'"
    )
