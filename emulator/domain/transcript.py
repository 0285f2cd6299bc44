"""A session's messages, kept flat. This module is the one that knows how a message is packed.

A hundred thousand sessions hold a million messages. As objects they would make every full garbage collection crawl, so a
transcript packs each message into a plain tuple of plain values, which the collector stops tracking.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

Role = Literal["user", "assistant"]


class Message(NamedTuple):
    """One message.

    Attributes:
        id: `msg_…`, unique in its namespace.
        role: who speaks.
        content: text, or the blocks as they were sent.
        created_at: unix seconds.
        agent: the agent that speaks, empty for the user.
        tool_calls: the tool calls made for it, as plain values.
    """

    id: str
    role: Role
    content: str | tuple[Any, ...]
    created_at: float
    agent: str = ""
    tool_calls: tuple[Any, ...] = ()


_Packed = tuple[Any, ...]


class Transcript:
    """An immutable sequence of messages; `extended` gives a longer one.

    Transcripts that grew from one another share a list, of which each sees its own beginning; so a longer one costs the
    same at any length. `characters` counts those of all texts.
    """

    __slots__ = ("_length", "_packed", "characters")

    def __init__(self, packed: list[_Packed] | None = None, length: int = 0, characters: int = 0) -> None:
        self._packed = [] if packed is None else packed
        self._length = length
        self.characters = characters

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Message]:
        return map(_unpack, self._packed[: self._length])

    def page(self, offset: int, limit: int) -> list[Message]:
        """Messages from `offset`, at most `limit`, oldest first."""
        return [_unpack(packed) for packed in self._packed[offset : min(offset + limit, self._length)]]

    def last(self, count: int) -> list[Message]:
        """The last `count` messages, oldest first."""
        return self.page(max(0, self._length - count), count)

    def extended(self, messages: Sequence[Message]) -> "Transcript":
        """This transcript and then those messages."""
        # A list that has grown beyond this transcript belongs to another future: it is left alone.
        packed = self._packed if self._length and len(self._packed) == self._length else self._packed[: self._length]
        packed.extend(map(_pack, messages))
        characters = sum(len(text_of(message.content)) for message in messages)
        return Transcript(packed, len(packed), self.characters + characters)


def text_of(content: str | tuple[Any, ...]) -> str:
    """The text of a message: of blocks, the text ones, a line each."""
    if isinstance(content, str):
        return content
    return "\n".join(block["text"] for block in content if block["type"] == "text")


def _pack(message: Message) -> _Packed:
    plain = (message.id, message.role, message.content, message.created_at)
    return (*plain, message.agent, message.tool_calls) if message.agent or message.tool_calls else plain


def _unpack(packed: _Packed) -> Message:
    return Message(*packed)
