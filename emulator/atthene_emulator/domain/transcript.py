"""A session's messages, kept flat. This module is the one that knows how a message is packed.

A hundred thousand sessions hold a million messages. As objects they would make every full garbage collection crawl, so a
transcript packs each message into a plain tuple of plain values, which the collector stops tracking.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from atthene_emulator.domain.rows import as_bytes
from atthene_emulator.domain.weight import weight
from atthene_emulator.execution.message_content import text_of

Role = Literal["user", "assistant"]


class CalledTool(NamedTuple):
    """A tool call with its id, `call_…`."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    result: Any


class Message(NamedTuple):
    """One message.

    Attributes:
        id: `msg_…`, unique in its namespace.
        role: who speaks.
        content: text, or the blocks as they were sent.
        created_at: unix seconds.
        agent: the agent that speaks, empty for the user.
        tool_calls: the tool calls made for it.
        structured: it is a structured output, which agents do not see in their history.
        thinking: what the agent thought, if its configuration shows that (D75).
    """

    id: str
    role: Role
    content: str | tuple[Any, ...]
    created_at: float
    agent: str = ""
    tool_calls: tuple[CalledTool, ...] = ()
    structured: bool = False
    thinking: str = ""


_Packed = tuple[Any, ...]
_MESSAGE = 250  # bytes of a message without its content
_CONTENT, _MORE, _STRUCTURED = map(Message._fields.index, ("content", "tool_calls", "structured"))
_PLAIN = ((), False, "")  # what a message has from its tool calls on, if it has nothing of that


class Transcript:
    """An immutable sequence of messages; `extended` gives a longer one.

    Transcripts that grew from one another share a list, of which each sees its own stretch; so a longer one costs the
    same at any length. `characters` counts those of all texts that agents see in their history; `weight` is how many bytes
    its list takes, with the messages that have left but are still there; `left` is how many have left it, so messages have
    numbers, of which none changes.
    """

    __slots__ = ("_end", "_packed", "_start", "characters", "left", "weight")

    def __init__(
        self,
        packed: list[_Packed] | None = None,
        start: int = 0,
        end: int = 0,
        characters: int = 0,
        weight: int = 0,
        *,
        left: int = 0,
    ) -> None:
        self._packed = [] if packed is None else packed
        self._start = start
        self._end = end
        self.characters = characters
        self.weight = weight
        self.left = left

    def __len__(self) -> int:
        return self._end - self._start

    def __iter__(self) -> Iterator[Message]:
        return map(_unpack, self._packed[self._start : self._end])

    def page(self, offset: int, limit: int) -> list[Message]:
        """Messages from `offset`, at most `limit`, oldest first."""
        first = self._start + offset
        return [_unpack(packed) for packed in self._packed[first : min(first + limit, self._end)]]

    def remembered(self, count: int | None, *, structured: bool = False) -> list[Message]:
        """The last `count` messages that agents remember, oldest first; None gives all.

        Structured outputs are among the messages, but left out unless they are wanted [documented: prompt-configuration@G1t].
        """
        found: list[Message] = []
        for index in range(self._end - 1, self._start - 1, -1):
            if count is not None and len(found) >= count:
                break
            message = _unpack(self._packed[index])
            if structured or not message.structured:
                found.append(message)
        found.reverse()
        return found

    def beyond(self, earlier: "Transcript") -> list[_Packed]:
        """The messages that come after those of an earlier transcript, packed; all of them if this one does not go on from that.

        JSON takes them as they are, and `Message` takes what they have by position.
        """
        return self._packed[earlier.end_in(self._packed, self._start, self._end) : self._end]

    def end_in(self, packed: list[_Packed], start: int, end: int) -> int:
        """Where in a stretch of packed messages those end that it has as well; at its start if it does not go on from these."""
        if packed is self._packed and self._start <= start and self._end <= end:
            return max(start, self._end)
        for index in range(end - 1, start - 1, -1) if len(self) else ():
            if packed[index] == self._packed[self._end - 1]:
                first = self._end - (index + 1 - start)
                is_same = first >= self._start and packed[start : index + 1] == self._packed[first : self._end]
                return index + 1 if is_same else start
        return start

    def extended(self, messages: Sequence[Message], limit: int | None = None) -> "Transcript":
        """This transcript and then those messages; of all, the last `limit` (D39)."""
        packed, start, left, size, characters = self._packed, self._start, self.left, self.weight, self.characters
        # A list that has grown beyond this transcript belongs to another future: it is left alone. One that mostly holds
        # what has left is not kept for it.
        if not self._end or len(packed) != self._end or start > self._end - start:
            packed, start = packed[start : self._end], 0
            size = sum(_measured(one)[0] for one in packed)
        for message in messages:
            one = _pack(message)
            packed.append(one)
            taken, seen = _measured(one)
            size += taken
            characters += seen
        if limit is not None and len(packed) - start > limit:
            first = len(packed) - limit
            characters -= sum(_measured(one)[1] for one in packed[start:first])
            left += first - start
            start = first
        return Transcript(packed, start, len(packed), characters, size, left=left)

    @property
    def numbers(self) -> range:
        """Those of its messages."""
        return range(self.left, self.left + len(self))

    def grew_from(self, other: "Transcript") -> bool:
        """Whether messages of both that have the same number are the same."""
        numbers, last = self.numbers, other.numbers.stop - 1
        if last not in numbers or not other:
            return last < self.left
        mine = self._packed[self._start + last - self.left]
        return mine is other._packed[other._end - 1]  # noqa: SLF001  # its own kind

    def message_rows(self, first: int) -> list[bytes]:
        """Messages from this number on as JSON, for `read_transcript`."""
        return [as_bytes(_plain(one)) for one in self._packed[self._start + first - self.left : self._end]]


def _plain(packed: _Packed) -> _Packed:
    """A message as it is packed, its tool calls as plain JSON."""
    if len(packed) <= _MORE:
        return packed
    calls = [(call.id, call.name, dict(call.arguments), call.result) for call in packed[_MORE]]
    return (*packed[:_MORE], calls, *packed[_MORE + 1 :])


def _measured(packed: _Packed) -> tuple[int, int]:
    """How many bytes a message takes, and the length of its text, if agents see it in their history."""
    content = packed[_CONTENT]
    size, seen = _MESSAGE + weight(content), len(text_of(content))
    if len(packed) == _MORE:
        return size, seen
    return size + weight(packed[_MORE:]), 0 if packed[_STRUCTURED] else seen


def _pack(message: Message) -> _Packed:
    return message[:_MORE] if message[_MORE:] == _PLAIN else tuple(message)


def _unpack(packed: _Packed) -> Message:
    return Message(*packed)


def read_transcript(rows: Sequence[bytes], left: int, characters: int, weight: int) -> Transcript:
    """The transcript whose messages were written, from the number `left` on.

    Raises:
        ValueError, TypeError: the rows are damaged.
    """
    packed = [_pack(_read_message(entry)) for entry in json.loads(b"[" + b",".join(rows) + b"]")]
    return Transcript(packed, 0, len(packed), characters, weight, left=left)


def _read_message(entry: list[Any]) -> Message:
    message = Message(*entry)
    content = message.content if isinstance(message.content, str) else tuple(message.content)
    return message._replace(content=content, tool_calls=tuple(CalledTool(*call) for call in message.tool_calls))


def save_message(message: Message) -> dict[str, Any]:
    """A message as plain JSON."""
    content = message.content if isinstance(message.content, str) else list(message.content)
    calls = [{**call._asdict(), "arguments": dict(call.arguments)} for call in message.tool_calls]
    saved = {**message._asdict(), "content": content, "tool_calls": calls}
    if not message.thinking:
        del saved["thinking"]
    return saved


def load_message(entry: Mapping[str, Any]) -> Message:
    """The message that was saved."""
    content = entry["content"] if isinstance(entry["content"], str) else tuple(entry["content"])
    calls = tuple(CalledTool(**call) for call in entry["tool_calls"])
    return Message(**{**entry, "content": content, "tool_calls": calls})
