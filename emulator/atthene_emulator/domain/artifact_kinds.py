"""What kinds of artifacts there are, and how one can be. This module is those words, and what an extension tells."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from atthene_emulator.knowledge.documents import extension_of

Origin = Literal["user_upload", "ai_generated"]
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
