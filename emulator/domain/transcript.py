"""A session's messages, kept flat. This module is the one that knows how a message is packed.

A hundred thousand sessions hold a million messages. As objects they would make every full garbage collection crawl, so a
transcript packs each message into a plain tuple of plain values, which the collector stops tracking.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
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
    """An immutable sequence of messages; `extended` gives a longer one."""

    __slots__ = ("_packed",)

    def __init__(self, packed: tuple[_Packed, ...] = ()) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed)

    def __iter__(self) -> Iterator[Message]:
        return map(_unpack, self._packed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Transcript) and self._packed == other._packed

    def __hash__(self) -> int:
        return hash(len(self._packed))

    def page(self, offset: int, limit: int) -> list[Message]:
        """Messages from `offset`, at most `limit`, oldest first."""
        return [_unpack(packed) for packed in self._packed[offset : offset + limit]]

    def last(self, count: int) -> list[Message]:
        """The last `count` messages, oldest first."""
        return [_unpack(packed) for packed in self._packed[max(0, len(self._packed) - count) :]]

    def extended(self, messages: Iterable[Message]) -> "Transcript":
        """This transcript and then those messages."""
        return Transcript(self._packed + tuple(map(_pack, messages)))


def _pack(message: Message) -> _Packed:
    plain = (message.id, message.role, message.content, message.created_at)
    return (*plain, message.agent, message.tool_calls) if message.agent or message.tool_calls else plain


def _unpack(packed: _Packed) -> Message:
    return Message(*packed)
