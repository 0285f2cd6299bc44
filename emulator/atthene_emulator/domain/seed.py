"""What a namespace starts from, as it was read from fixture files. This module is the records of a `Seed`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.approvals import Requirement
from atthene_emulator.contracts import ContractName
from atthene_emulator.domain.accounts import Account, ApiKey
from atthene_emulator.domain.artifact_kinds import Origin, ProcessingStatus
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.fault import Fault, Range
from atthene_emulator.domain.file_types import FileStatus
from atthene_emulator.domain.pace import USUAL, Course
from atthene_emulator.domain.rate_limit import RateLimit
from atthene_emulator.domain.standing import Status
from atthene_emulator.execution.scripts import NOTHING, DisconnectRule, Script

if TYPE_CHECKING:
    from atthene_emulator.execution.templates import Prompts

RECORDS = ("agents", "sessions", "files", "collections", "knowledge_bases")  # kinds that seeds and scenarios have
ADDED = (*RECORDS, "scripts", "faults")  # what adds up

DefaultAnswer = Literal["echo", "template", "error"]
SeedSource = str | Mapping[str, Any]  # the name of a bundled seed, the path of a seed file, or a seed as it was sent


class VersionSeed(NamedTuple):
    """A version of an agent to start with."""

    number: tuple[int, int, int]
    configuration: Configuration
    created_at: float | None = None


class AgentSeed(NamedTuple):
    """An agent to start with; `id` None lets the namespace choose. The last of its versions is the current one."""

    id: str | None
    owner: Account
    key: str
    versions: tuple[VersionSeed, ...]
    created_at: float | None = None
    is_public: bool = False
    is_shared: bool = False
    origin_url: str | None = None

    @property
    def configuration(self) -> Configuration:
        """That of the current version."""
        return self.versions[-1].configuration


class MessageSeed(NamedTuple):
    """An earlier message."""

    role: Literal["user", "assistant"]
    content: Any
    created_at: float | None = None


class ArtifactSeed(NamedTuple):
    """An artifact of a session to start with.

    Attributes:
        title: empty for the name.
        error: why its extraction fails.
    """

    id: str | None
    name: str
    content: Content
    title: str = ""
    origin: Origin = "ai_generated"
    is_extracted: bool = True
    status: ProcessingStatus = "ready"
    error: str | None = None
    created_at: float | None = None


class SessionSeed(NamedTuple):
    """A session to start with; `agent` is None for an inline configuration."""

    id: str | None
    owner: Account
    configuration: Configuration
    agent: AgentSeed | None = None
    created_at: float | None = None
    failed: bool = False
    variables: Mapping[str, Any] = NOTHING
    messages: tuple[MessageSeed, ...] = ()
    artifacts: tuple[ArtifactSeed, ...] = ()


class FileSeed(NamedTuple):
    """A file to start with.

    Attributes:
        content: None for one whose bytes are not there.
        digest, size: of its bytes.
        error: why its upload fails.
        updated_at: None for when it was made.
    """

    id: str | None
    owner: Account
    name: str
    content: Content | None
    digest: str
    size: int
    tags: tuple[str, ...] = ()
    description: str = ""
    is_public: bool = False
    status: FileStatus = "active"
    error: str | None = None
    created_at: float | None = None
    updated_at: float | None = None


class CollectionSeed(NamedTuple):
    """A collection to start with.

    Attributes:
        files: ids.
        errors: why some of them fail, by their ids.
        updated_at: None for when it was made.
    """

    id: str | None
    owner: Account
    name: str
    description: str = ""
    files: tuple[str, ...] = ()
    status: Status = "completed"
    errors: Mapping[str, str] = NOTHING
    created_at: float | None = None
    updated_at: float | None = None


class KnowledgeBaseSeed(NamedTuple):
    """A knowledge base to start with.

    Attributes:
        collections, files: ids of what it is made of.
        chunking, embedding: None for the usual.
        progress: percent, of one that runs.
        errors: why some of its files fail, by their ids.
        updated_at: None for when it was made.
    """

    id: str | None
    owner: Account
    name: str
    description: str = ""
    collections: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    chunking: Mapping[str, Any] | None = None
    embedding: Mapping[str, Any] | None = None
    llm: Mapping[str, Any] = NOTHING
    status: Status = "completed"
    progress: int = 0
    errors: Mapping[str, str] = NOTHING
    created_at: float | None = None
    updated_at: float | None = None


class Scenario(NamedTuple):
    """What can be switched to while the emulator runs: it adds records, and has scripts, faults and perhaps transitions."""

    name: str
    description: str = ""
    scripts: tuple[Script, ...] = ()
    faults: tuple[Fault, ...] = ()
    agents: tuple[AgentSeed, ...] = ()
    sessions: tuple[SessionSeed, ...] = ()
    files: tuple[FileSeed, ...] = ()
    collections: tuple[CollectionSeed, ...] = ()
    knowledge_bases: tuple[KnowledgeBaseSeed, ...] = ()
    transitions: Course | None = None


class ProviderState(NamedTuple):
    """What a sentence of a Pact stands for.

    Attributes:
        text: the sentence.
        entry: what there is then, as a seed writes it; `{{ params.name }}` stands for a parameter. Files are read into it.
    """

    text: str
    entry: Mapping[str, Any]


class Seed(NamedTuple):
    """Everything that a namespace starts from; several files add up to one.

    `default_agent` is what `GET /sessions/default-agent/` starts in place of ours (D63). Of tools, by the names in the registry,
    `requirements` say which wait for approval (K46), `tool_schemas` what they take. `execution_timeout` is in seconds (D57),
    `history_limit` in messages (D39). `on_disconnect` is of executions over REST (D123).

    `sources` are what it was read from, in order; seeds of equal sources are equal, as long as files stay as they are.
    """

    contract: ContractName | None = None
    frozen_at: float | None = None
    ids: int | str | None = 1
    models: frozenset[str] = frozenset()
    requirements: Mapping[str, Requirement] = NOTHING
    tool_schemas: Mapping[str, Mapping[str, Any]] = NOTHING
    default_answer: DefaultAnswer = "echo"
    default_template: str | None = None
    default_agent: Configuration | None = None
    accounts: tuple[Account, ...] = ()
    keys: tuple[ApiKey, ...] = ()
    agents: tuple[AgentSeed, ...] = ()
    sessions: tuple[SessionSeed, ...] = ()
    files: tuple[FileSeed, ...] = ()
    collections: tuple[CollectionSeed, ...] = ()
    knowledge_bases: tuple[KnowledgeBaseSeed, ...] = ()
    scripts: tuple[Script, ...] = ()
    prompts: "Prompts" = NOTHING
    faults: tuple[Fault, ...] = ()
    rate_limit: RateLimit | None = None
    latency: Range | None = None
    on_disconnect: DisconnectRule = "abandon"
    transitions: Course = USUAL
    execution_timeout: float = 30.0
    history_limit: int = 100
    scenarios: Mapping[str, Scenario] = NOTHING
    provider_states: Mapping[str, ProviderState] = NOTHING
    sources: tuple[SeedSource, ...] = ()

    @property
    def given_ids(self) -> frozenset[str]:
        """The ids that records have been given, those of scenarios as well."""
        parts: list[Seed | Scenario] = [self, *self.scenarios.values()]
        records = [one for part in parts for kind in RECORDS for one in getattr(part, kind)]
        artifacts = [one for part in parts for session in part.sessions for one in session.artifacts]
        return frozenset(one.id for one in (*records, *artifacts) if one.id is not None)
