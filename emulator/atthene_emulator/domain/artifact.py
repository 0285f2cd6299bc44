"""An artifact, which is a file of a session, as it is kept without its bytes. This module is the record, and how it is saved.

Times are unix seconds. Nothing here knows how it looks on the wire.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atthene_emulator.domain.artifact_kinds import IMAGE, ArtifactKind, IndexStatus, Origin, ProcessingStatus, kind_of
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.parts import Json, Saved
from atthene_emulator.domain.process import Process, load_process, save_process
from atthene_emulator.domain.record_set import Kind
from atthene_emulator.domain.transitions import Transitions
from atthene_emulator.domain.weight import weight
from atthene_emulator.knowledge.documents import extension_of

_ARTIFACT = 900  # bytes, without its names
EXTRACTION_SECONDS = 1.0  # D68


class Artifact(NamedTuple):
    """A file of a session.

    Attributes:
        owner: the account whose session it is.
        digest, size: of its bytes.
        process: of its extraction.
        is_extracted: whether its text is taken out; None of that is seen but a status.
        file: id of the file that it was taken over as; None for none.
        made_file: whether that file was made of it; False for one that the owner had before.
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
    made_file: bool = False

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
    """What somebody uploads, or an agent makes.

    Attributes:
        name: of the file, checked.
        title: empty for the name.
    """

    name: str
    content: Content
    title: str = ""
    is_extracted: bool = True
    origin: Origin = "user_upload"


def process_of(new: NewArtifact, transitions: Transitions, now: float) -> Process:
    """The extraction that begins now: images are usable at once [documented: artifacts/upload@G4], as is what has none (D68)."""
    if not new.is_extracted:
        return Process(now)
    failure = transitions.failure_of("artifacts", new.name)
    if kind_of(new.name) == IMAGE:
        return Process(now, failure=failure)
    return transitions.begin("artifacts", now, EXTRACTION_SECONDS, failure)


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
