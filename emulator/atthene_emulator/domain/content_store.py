"""The bytes of files, artifacts and images, by their hash. This module is that part of a namespace.

Equal bytes are kept once, and copies of a namespace share them. When there is no room, those leave that were added longest
ago; the records that name them stay (D106).
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping

from atthene_emulator.domain.content import Content
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed
from atthene_emulator.errors import ContentDropped
from atthene_emulator.limits import CONTENT


class ContentStore(SavedPart):
    """Bytes by their digest, oldest first.

    Args:
        most: how many bytes are kept.

    Attributes:
        most: the same.
        weight: how many bytes all have.
        dropped: how many contents have had to leave for others.
    """

    def __init__(self, most: int = CONTENT.most) -> None:
        self.most = most
        self.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Keep nothing."""
        self._kept: dict[str, Content] = {}
        self.weight = self.dropped = 0

    def add(self, content: Content) -> Content:
        """Keep bytes, as the newest; the same ones if they are there already. What is larger than all that is kept is not."""
        if content.size > self.most:
            self.dropped += 1
            return content
        kept = self._kept.pop(content.digest, None)
        if kept is None:
            kept = content
            self.weight += kept.size
        self._kept[kept.digest] = kept
        while self.weight > self.most:
            self.drop(next(iter(self._kept)))
            self.dropped += 1
        return kept

    def find(self, digest: str) -> Content | None:
        """Bytes by their digest; None for those that are no longer kept."""
        return self._kept.get(digest)

    def get(self, digest: str, name: str) -> Content:
        """The bytes of what is called so.

        Raises:
            ContentDropped: they had to leave for newer ones.
        """
        found = self._kept.get(digest)
        if found is None:
            raise ContentDropped(
                f"The bytes of {name} are no longer kept: a namespace keeps {self.most:,} of them, and the oldest leave; "
                f"upload it again, or start with a larger {CONTENT.option}"
            )
        return found

    def drop(self, digest: str) -> None:
        """Forget bytes; those that are gone already are no error."""
        dropped = self._kept.pop(digest, None)
        if dropped is not None:
            self.weight -= dropped.size

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # the records add those of the seed
        """Forget all."""
        self.clear()

    def save(self) -> Json:
        """All of them in base64."""
        return {"contents": {digest: b64encode(one.read()).decode() for digest, one in self._kept.items()}}

    def load(self, saved: Saved) -> None:
        """Keep just what was saved."""
        self.clear()
        for text in saved.document.get("contents", {}).values():
            self.add(Content.of(b64decode(text, validate=True)))

    def copy(self) -> Mapping[str, Content]:
        """References to all of them."""
        return dict(self._kept)

    def restore(self, copied: Mapping[str, Content]) -> None:
        """Keep just what was copied."""
        self.clear()
        for content in copied.values():
            self.add(content)
