"""A seed document while it is read: its parts name one another, and every mistake is kept. This module is `Collected`."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from atthene_emulator.configuration.approvals import Requirement
from atthene_emulator.configuration.document import Document, Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.domain.knowledge_base import name_in_company
from atthene_emulator.domain.seed import RECORDS, Seed
from atthene_emulator.secrecy import redact_sentence
from atthene_emulator.timestamps import parse_time
from atthene_emulator.wording import printable

WORDS: Mapping[str | int, frozenset[str]] = {  # that stand in paths where ids of these do, and win (D05)
    "agents": frozenset(("validate",)),
    "sessions": frozenset(("default-agent", "delete-all", "feedback", "from-agent")),
    "files": frozenset(("bulk", "bulk_action")),
    "collections": frozenset(("bulk_action",)),
    "knowledge_bases": frozenset(("available-collections", "available_collections")),
}


class FileReader(Protocol):
    """Reads files below the folder of a seed, by their names in it."""

    def document(self, name: str) -> Document:
        """The document in a file.

        Raises:
            SetupError: it cannot be read, or is none.
        """
        ...

    def data(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            SetupError: it cannot be read.
        """
        ...


class Collected:
    """What one document and those before it have said so far, and what is wrong with it.

    Args:
        before: the seeds that were read before.
        read_file: reads files that are named; None where they may not be.
        checked: configurations are known to be valid.
        strict: unknown keys of configurations are errors.

    Attributes:
        accounts: by their ids.
        keys: of all accounts.
        agents: by the id of their account and their key.
        refused: keys of agents with mistakes, of which no more is to be said.
        may_lack_agents: a configuration could not be read, so what names an agent that is not here may be right.
        files, collections: by their ids.
        names: of collections and knowledge bases, with whose they are.
        ids: of all records.
        language: what configurations may say.
        findings: what is wrong, in the order in which it was found.
    """

    def __init__(
        self, before: Seed, read_file: FileReader | None = None, *, checked: bool = False, strict: bool = False
    ) -> None:
        self.before = before
        self.read_file = read_file
        self.checked = checked
        self.accounts = {account.id: account for account in before.accounts}
        self.keys = {key.key for key in before.keys}
        self.agents = {(agent.owner.id, agent.key): agent for agent in before.agents}
        self.refused: set[str] = set()
        self.may_lack_agents = False
        self.files = {file.id: file for file in before.files if file.id is not None}
        self.bytes = {(one.owner.id, one.digest): one.id or one.name for one in before.files if one.status != "deleted"}
        self.collections = {one.id: one for one in before.collections if one.id is not None}
        self.names: set[tuple[str, ...]] = {("collections", one.owner.id, one.name) for one in before.collections}
        self.names |= {name_in_company(one.owner.company, one.owner.id, one.name) for one in before.knowledge_bases}
        self.ids = {one.id for kind in RECORDS for one in getattr(before, kind)}
        self.ids |= {one.id for session in before.sessions for one in session.artifacts}
        self.language = Language(before.models, strict, frozenset(before.requirements.items()))
        self.findings: list[Finding] = []

    def know_models(self, names: Iterable[str]) -> None:
        """Let configurations name these models, too."""
        models = self.language.models | {name.lower() for name in names}
        self.language = self.language._replace(models=models)

    def know_tools(self, requirements: Mapping[str, Requirement]) -> None:
        """Let configurations name these tools, too; what is said of one replaces what was said before."""
        tools = {**dict(self.language.tools), **requirements}
        self.language = self.language._replace(tools=frozenset(tools.items()))

    def wrong(self, path: Path, message: str) -> None:
        """Keep a mistake."""
        self.findings.append(Finding("F111", path, message))

    def time(self, entry: Mapping[str, Any], name: str, path: Path) -> float | None:
        """The time that an entry gives by this name; None if it gives none."""
        if name not in entry:
            return None
        try:
            return parse_time(entry[name])
        except ValueError:
            self.wrong((*path, name), f"{entry[name]} is not a time; write it like 2025-01-15T10:30:00Z.")
            return None

    def new_name(self, name: tuple[str, ...], path: Path) -> None:
        """Keep a name, which nothing else of its kind may have."""
        if name in self.names:
            self.wrong((*path, "name"), f"The name {name[-1]} is given already; choose another.")
        self.names.add(name)

    def new_id(self, entry: Mapping[str, Any], path: Path) -> str | None:
        """The id that an entry gives to a record, which nothing else may have; None if it gives none."""
        given: str | None = entry.get("id")
        if given in WORDS.get(path[-2], ()):
            self.wrong((*path, "id"), f"{given} is a word of the API's paths, and wins over ids; choose another.")
        if given is not None and given in self.ids:
            self.wrong((*path, "id"), f"The id {given} is given already; choose another.")
        self.ids.add(given)
        return given


def line(finding: Finding, source: str) -> str:
    """A finding for people in one line, with its file and its place."""
    place = f":{finding.mark.line}:{finding.mark.column}" if finding.mark else ""
    return printable(f"{source}{place}: {finding.field}: {redact_sentence(finding.explained)}")
