"""The bytes of files, artifacts and images, by their hash. This module is that part of a namespace.

Equal bytes are kept once, and copies of a namespace share them. When there is no room, those leave that were added longest
ago; the records that name them stay (D106).
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.rows import Kept, Row, RowChange
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.table import Counts, Table
from atthene_emulator.errors import ContentDropped
from atthene_emulator.limits import CONTENT

CONTENTS = "contents"  # the table whose rows have bytes as they are


class ContentStore(SavedPart):
    """Bytes by their digest, oldest first. Of those that were kept, more may be there than `most`, until some are added.

    Args:
        most: how many bytes are kept.

    Attributes:
        most: the same.
        weight: how many bytes all have.
        dropped: how many contents have had to leave for others.
    """

    tables = (CONTENTS, "content_counts")

    def __init__(self, most: int = CONTENT.most) -> None:
        self.most = most
        self._kept: Table[Content] = Table(CONTENTS, Content.read)
        self._counts = Counts("content_counts", 0)
        self.clear()

    def __len__(self) -> int:
        return len(self._kept.things)

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()
        self.weight = self.dropped = 0

    def add(self, content: Content) -> Content:
        """Keep bytes, as the newest; the same ones if they are there already. What is larger than all that is kept is not."""
        if content.size > self.most:
            self.dropped += 1
            return content
        kept = self._kept.things.get(content.digest)
        if kept is None:
            kept = content
            self.weight += kept.size
        self._kept.put(kept.digest, kept)
        while self.weight > self.most:
            self.weight -= self._kept.drop_first().size
            self.dropped += 1
        return kept

    def find(self, digest: str) -> Content | None:
        """Bytes by their digest; None for those that are no longer kept."""
        return self._kept.things.get(digest)

    def get(self, digest: str, name: str) -> Content:
        """The bytes of what is called so.

        Raises:
            ContentDropped: they had to leave for newer ones.
        """
        found = self.find(digest)
        if found is None:
            raise ContentDropped(
                f"The bytes of {name} are no longer kept: a namespace keeps {self.most:,} of them, and the oldest leave; "
                f"upload it again, or start with a larger {CONTENT.option}"
            )
        return found

    def drop(self, digest: str) -> None:
        """Forget bytes; those that are gone already are no error."""
        dropped = self._kept.drop(digest)
        if dropped is not None:
            self.weight -= dropped.size

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # the records add those of the seed
        """Forget all."""
        self.clear()

    def save(self) -> Json:
        """All of them in base64."""
        return {"contents": {digest: b64encode(one.read()).decode() for digest, one in self._kept.things.items()}}

    def load(self, saved: Saved) -> None:
        """Keep just what was saved."""
        self.clear()
        for text in saved.document.get("contents", {}).values():
            self.add(Content.of(b64decode(text, validate=True)))

    def copy(self) -> Mapping[str, Content]:
        """References to all of them."""
        return dict(self._kept.things)

    def restore(self, copied: Mapping[str, Content]) -> None:
        """Keep just what was copied."""
        self.clear()
        for content in copied.values():
            self.add(content)

    def note_changes(self) -> None:
        """As `Part`."""
        self._kept.note_changes()
        self._counts.note(self.dropped)

    def rows(self) -> Iterator[Row | Configuration]:
        """One for each content, by its digest, with its bytes as they are, and how many were dropped."""
        yield from self._kept.rows()
        yield from self._counts.rows(self.dropped)

    def changes(self) -> Iterator[RowChange]:
        """As `Part`."""
        yield from self._kept.changes()
        yield from self._counts.changes(self.dropped)

    def take_up(self, kept: Kept) -> None:
        """As `Part`."""
        self._kept.take_up(kept, _read)
        self.weight = sum(content.size for content in self._kept.things.values())
        (self.dropped,) = self._counts.read(kept)


def _read(row: Row) -> Content:
    content = Content.of(row.value or b"")
    if content.digest != row.key:
        raise ValueError("the bytes do not belong to their digest")
    return content
