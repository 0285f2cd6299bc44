"""Records made of what a seed says. This module is how each kind is made."""

from typing import NamedTuple

from atthene_emulator.contracts import CONTRACTS, USUAL
from atthene_emulator.domain.agent import Agent, Version
from atthene_emulator.domain.artifact import EXTRACTION_SECONDS, Artifact
from atthene_emulator.domain.collection import FILE_SECONDS, Collection, Member
from atthene_emulator.domain.content_store import ContentStore
from atthene_emulator.domain.file import UPLOAD_SECONDS, File
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.knowledge_base import EMBEDDING, INGESTION_SECONDS, KnowledgeBase, sources_of
from atthene_emulator.domain.process import Process
from atthene_emulator.domain.record_set import RecordSet
from atthene_emulator.domain.seed import (
    AgentSeed,
    ArtifactSeed,
    CollectionSeed,
    FileSeed,
    KnowledgeBaseSeed,
    MessageSeed,
    Seed,
    SessionSeed,
)
from atthene_emulator.domain.session import Session
from atthene_emulator.domain.transcript import Message, Transcript
from atthene_emulator.domain.transitions import Transitions
from atthene_emulator.knowledge.strategy import DEFAULT


class Loading(NamedTuple):
    """What records are made with.

    Attributes:
        seed: tells the contract, and what else counts for all of a namespace.
        now: unix seconds; when records were made whose seed does not say.
    """

    seed: Seed
    now: float
    ids: Ids
    contents: ContentStore
    transitions: Transitions

    def agent(self, seed: AgentSeed) -> Agent:
        """An agent with its versions."""
        created_at = self._at(seed.created_at)
        return Agent(
            id=seed.id or self.ids.uuid("agent"),
            key=seed.key,
            owner=seed.owner.id,
            company=seed.owner.company,
            created_at=created_at,
            versions=tuple(
                Version(one.number, one.configuration, created_at if one.created_at is None else one.created_at)
                for one in seed.versions
            ),
            is_public=seed.is_public,
            is_shared=seed.is_shared,
            origin_url=seed.origin_url,
        )

    def session(self, seed: SessionSeed, agent_id: str | None) -> Session:
        """A session with what was said in it."""
        style = CONTRACTS[self.seed.contract or USUAL.name].session_ids
        created_at = self._at(seed.created_at)
        messages = [self._message(message, created_at) for message in seed.messages]
        return Session(
            id=seed.id or self.ids.session(style),
            owner=seed.owner.id,
            configuration=seed.configuration,
            created_at=created_at,
            last_activity=max((message.created_at for message in messages), default=created_at),
            agent_id=agent_id,
            agent_key=seed.agent.key if seed.agent else None,
            failed=seed.failed,
            turns=sum(message.role == "user" for message in messages),
            transcript=Transcript().extended(messages, self.seed.history_limit),
            variables=dict(seed.variables),
        )

    def _message(self, seed: MessageSeed, created_at: float) -> Message:
        content = seed.content if isinstance(seed.content, str) else tuple(seed.content)
        at = created_at if seed.created_at is None else seed.created_at
        return Message(self.ids.prefixed("msg_"), seed.role, content, at)

    def artifact(self, seed: ArtifactSeed, session: Session) -> Artifact:
        """An artifact of a session, with its bytes."""
        self.contents.add(seed.content)
        created_at = self._at(seed.created_at)
        process = Process(created_at).over(created_at, seed.error)
        if seed.status == "pending":
            process = self.transitions.begin("artifacts", self.now, EXTRACTION_SECONDS, seed.error)
        return Artifact(
            id=seed.id or self.ids.uuid("artifact"),
            session=session.id,
            owner=session.owner,
            name=seed.name,
            title=seed.title or seed.name,
            digest=seed.content.digest,
            size=seed.content.size,
            created_at=created_at,
            process=process,
            origin=seed.origin,
            is_extracted=seed.is_extracted,
        )

    def file(self, seed: FileSeed) -> File:
        """A file, whose bytes are kept if the seed has them."""
        if seed.content is not None and seed.status != "deleted":
            self.contents.add(seed.content)
        created_at = self._at(seed.created_at)
        process = Process(created_at).over(created_at, seed.error)
        if seed.status == "uploading":
            process = self.transitions.begin("files", self.now, UPLOAD_SECONDS, seed.error)
        return File(
            id=seed.id or self.ids.prefixed("file_"),
            owner=seed.owner.id,
            name=seed.name,
            digest=seed.digest,
            size=seed.size,
            created_at=created_at,
            changed_at=self._at(seed.updated_at, created_at),
            process=process,
            tags=seed.tags,
            description=seed.description,
            is_public=seed.is_public,
            chosen=seed.status if seed.status in ("archived", "deleted") else None,
        )

    def collection(self, seed: CollectionSeed) -> Collection:
        """A collection; one that runs begins to be processed."""
        created_at = self._at(seed.created_at)
        process, settled = Process(created_at), len(seed.files)
        if seed.status == "running":
            process, settled = self.transitions.begin("collections", self.now, FILE_SECONDS * settled), 0
        return Collection(
            id=seed.id or self.ids.prefixed("coll_"),
            owner=seed.owner.id,
            name=seed.name,
            created_at=created_at,
            changed_at=self._at(seed.updated_at, created_at),
            process=process,
            description=seed.description,
            members=tuple(
                Member(self.ids.prefixed("cds_"), one, created_at, seed.errors.get(one)) for one in seed.files
            ),
            settled=settled,
            is_forced=seed.status == "completed" and not (seed.files and not seed.errors),
        )

    def knowledge_base(self, seed: KnowledgeBaseSeed, collections: RecordSet[Collection]) -> KnowledgeBase:
        """A knowledge base; one that waits or runs is ingested from now on."""
        created_at = self._at(seed.created_at)
        chosen = [one for one in map(collections.get, seed.collections) if one is not None]
        base = KnowledgeBase(
            id=seed.id or self.ids.prefixed("kb_"),
            owner=seed.owner.id,
            company=seed.owner.company,
            name=seed.name,
            created_at=created_at,
            changed_at=self._at(seed.updated_at, created_at),
            process=Process(created_at),
            description=seed.description,
            collections=seed.collections,
            sources=tuple(one._replace(error=seed.errors.get(one.id)) for one in sources_of(chosen, seed.files)),
            chunking=seed.chunking or DEFAULT,
            embedding=seed.embedding or EMBEDDING,
            llm=seed.llm,
        )
        if seed.status not in ("pending", "running"):
            return base
        base = base._replace(process=self.transitions.begin("knowledge_bases", self.now, INGESTION_SECONDS))
        return base.running(seed.progress) if seed.status == "running" else base

    def _at(self, said: float | None, otherwise: float | None = None) -> float:
        if said is not None:
            return said
        return self.now if otherwise is None else otherwise
