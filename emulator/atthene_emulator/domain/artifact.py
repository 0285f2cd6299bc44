"""An artifact, which is a file of a session, as it is kept without its bytes. This module is the record, and how it is saved.

Times are unix seconds. Nothing here knows how it looks on the wire.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from atthene_emulator.domain.content import Content
from atthene_emulator.domain.file_types import extension_of
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.parts import Json, Saved
from atthene_emulator.domain.process import Process, load_process, save_process
from atthene_emulator.domain.record_set import Kind
from atthene_emulator.domain.transitions import Transitions
from atthene_emulator.domain.weight import weight

_ARTIFACT = 900  # bytes, without its names
_EXTRACTION_SECONDS = 1.0  # D68

Origin = Literal["user_upload", "ai_generated"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
ProcessingStatus = Literal["pending", "ready", "failed"]
IndexStatus = Literal["pending", "ready", "failed", "skipped"]


class ArtifactKind(NamedTuple):
    """What an artifact counts as, and what is done with it (D68)."""

    kind: str
    strategy: str


DOCUMENT = ArtifactKind("document", "document")
DATA = ArtifactKind("data", "structured")
IMAGE = ArtifactKind("image", "vision")
_EXTENSIONS: Mapping[ArtifactKind, str] = {  # [documented: artifacts/upload@G4]
    DOCUMENT: "pdf docx doc txt md html",
    IMAGE: "png jpg jpeg webp gif bmp",
    DATA: "csv xlsx xls json",
}
ACCEPTED: Mapping[str, ArtifactKind] = MappingProxyType(
    {extension: kind for kind, extensions in _EXTENSIONS.items() for extension in extensions.split()}
)


def kind_of(name: str) -> ArtifactKind:
    """What a file of this name counts as; what nobody may upload, an agent may still make, and that is a document."""
    return ACCEPTED.get(extension_of(name), DOCUMENT)


class Artifact(NamedTuple):
    """A file of a session.

    Attributes:
        owner: the account whose session it is.
        digest, size: of its bytes.
        process: of its extraction.
        is_extracted: whether its text is taken out; None of that is seen but a status.
        file: id of the file that it was taken over as; None for none.
    """

    id: str
    session: str
    owner: str
    name: str
    title: str
    digest: str
    size: int
    created_at: float
    process: Process
    origin: Origin = "user_upload"
    is_extracted: bool = True
    file: str | None = None

    @property
    def kind(self) -> ArtifactKind:
        """What it counts as."""
        return kind_of(self.name)

    @property
    def own_name(self) -> str:
        """What the service calls it where it keeps it [documented: artifacts/upload@G4]."""
        extension = extension_of(self.name)
        return f"{self.id}.{extension}" if extension else self.id

    def processing_status(self, now: float) -> ProcessingStatus:
        """How far it has come at a moment (D68)."""
        if not self.process.is_over(now):
            return "pending"
        return "ready" if self.process.failure is None else "failed"

    def index_status(self, now: float) -> IndexStatus:
        """The same of its text."""
        return self.processing_status(now) if self.is_extracted else "skipped"


class NewArtifact(NamedTuple):
    """What somebody uploads, an agent makes, or a seed has.

    Attributes:
        name: of the file, checked.
        title: empty for the name.
        id, created_at: None lets the namespace choose.
    """

    name: str
    content: Content
    title: str = ""
    is_extracted: bool = True
    origin: Origin = "user_upload"
    id: str | None = None
    created_at: float | None = None


def make_artifact(
    new: NewArtifact, session: str, owner: str, *, ids: Ids, transitions: Transitions, now: float
) -> Artifact:
    """The record of an artifact that begins now; its bytes are kept by who keeps the record."""
    created_at = now if new.created_at is None else new.created_at
    return Artifact(
        id=new.id or ids.uuid("artifact"),
        session=session,
        owner=owner,
        name=new.name,
        title=new.title or new.name,
        digest=new.content.digest,
        size=new.content.size,
        created_at=created_at,
        process=_process(new, transitions, created_at),
        origin=new.origin,
        is_extracted=new.is_extracted,
    )


def _process(new: NewArtifact, transitions: Transitions, at: float) -> Process:
    """Images are usable at once [documented: artifacts/upload@G4], and so is what nobody takes text out of (D68)."""
    if not new.is_extracted:
        return Process(at)
    failure = transitions.failure_of("artifacts", new.name)
    if kind_of(new.name) == IMAGE:
        return Process(at, failure=failure)
    return transitions.begin("artifacts", at, _EXTRACTION_SECONDS, failure)


def _save(artifact: Artifact) -> Json:
    return {**artifact._asdict(), "process": save_process(artifact.process)}


def _load(entry: Mapping[str, Any], _: Saved) -> Artifact:
    return Artifact(**{**entry, "process": load_process(entry["process"]), "size": int(entry["size"])})


ARTIFACTS: Kind[Artifact] = Kind(
    "artifacts",
    _save,
    _load,
    weight=lambda artifact: _ARTIFACT + weight((artifact.name, artifact.title)),
    indexes={"session": lambda artifact: artifact.session, "content": lambda artifact: artifact.digest},
)
