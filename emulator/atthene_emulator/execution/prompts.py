"""What an agent would be sent, if there were a model. This module is the order in which a prompt is built.

System prompt, few-shot examples, history, the calls of the running turn, and the user's message; the history is that of the
session and then what agents have said in this execution [documented: prompt-configuration@G1t].
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol

from atthene_emulator.configuration.system import Agent
from atthene_emulator.execution.message_content import Content, has_media, text_of
from atthene_emulator.execution.scripts import ToolCall
from atthene_emulator.execution.templates import as_json


class Called(Protocol):
    """A tool call that belongs to a message."""

    @property
    def name(self) -> str:
        """The tool."""
        ...

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What it was called with."""
        ...

    @property
    def result(self) -> Any:
        """What it answered."""
        ...


class Remembered(Protocol):
    """An earlier message of the session."""

    @property
    def role(self) -> str:
        """User or assistant."""
        ...

    @property
    def content(self) -> Content:
        """Text, or blocks."""
        ...

    @property
    def tool_calls(self) -> Sequence[Called]:
        """The tool calls made for it."""
        ...


class History(Protocol):
    """The last messages of a session, as many as its agents remember.

    Attributes:
        characters: of the texts of `remembered(None)`.
        weight: how many bytes all take, media and tool calls as well.
    """

    characters: int
    weight: int

    def remembered(self, count: int | None, *, structured: bool = False) -> Sequence[Remembered]:
        """The last `count` messages, oldest first; None gives all. Structured outputs are left out unless they are wanted."""
        ...


class Said(Protocol):
    """What an agent has done earlier in this execution: its turn."""

    @property
    def agent(self) -> str:
        """Who."""
        ...

    @property
    def text(self) -> str:
        """What it said; may be empty."""
        ...

    @property
    def shown(self) -> bool:
        """Whether the user sees the text."""
        ...

    @property
    def structured(self) -> bool:
        """Whether the text is a structured output."""
        ...

    @property
    def tool_calls(self) -> Sequence[Called]:
        """The tools that it called."""
        ...


class Prompt(NamedTuple):
    """Everything that a prompt is made of; it is put together only when somebody looks at it.

    Attributes:
        agent: whose prompt it is.
        system_prompt: with its templates filled in.
        history: of the session.
        said: what agents have done in this execution.
        content: the user's message; empty for none.
        calls: tools called in this turn, which no setting leaves out.
    """

    agent: Agent
    system_prompt: str
    history: History
    said: Sequence[Said]
    content: Content
    calls: tuple[ToolCall, ...] = ()

    @property
    def characters(self) -> int:
        """Length of all its texts but those of calls."""
        agent, system_prompt, history, said, content, _ = self
        count = len(system_prompt)
        if agent.few_shot_examples:
            count += sum(map(len, map(as_json, agent.few_shot_examples)))
        if agent.include_history is True:
            count += history.characters
            if said:
                count += sum(len(one.text) for one in self._heard())
        elif agent.include_history:
            earlier, heard = self._last(int(agent.include_history))
            count += sum(len(text_of(one.content)) for one in earlier) + sum(len(one.text) for one in heard)
        return count + len(text_of(content)) if agent.include_user_input else count

    @property
    def has_media(self) -> bool:
        """Whether it has images or files."""
        agent = self.agent
        if agent.include_user_input and has_media(self.content):
            return True
        if not (agent.include_history and agent.include_media_in_history):
            return False
        earlier, _ = self._last(None if agent.include_history is True else int(agent.include_history))
        return any(has_media(message.content) for message in earlier)

    def _heard(self) -> list[Said]:
        """Answers of this execution that the history has; those of internal agents are a choice."""
        internal = self.agent.include_internal_messages
        return [one for one in self.said if one.text and not one.structured and (one.shown or internal)]

    def _last(self, count: int | None) -> tuple[Sequence[Remembered], list[Said]]:
        """The last messages of the history: those of the session, and those of this execution."""
        said = self._heard()
        if count is None:
            return self.history.remembered(None), said
        return self.history.remembered(max(0, count - len(said))), said[-count:]

    def messages(self) -> list[dict[str, Any]]:
        """The prompt as a list of messages with role and content."""
        agent = self.agent
        messages: list[dict[str, Any]] = []
        if self.system_prompt:
            messages.append({"role": "system", "content": self.system_prompt})
        messages += [{"role": "example", "content": example} for example in agent.few_shot_examples]
        if agent.include_history:
            earlier, said = self._last(None if agent.include_history is True else int(agent.include_history))
            for message in earlier:
                content = message.content if agent.include_media_in_history else text_of(message.content)
                messages.append({"role": message.role, "content": content})
            messages += [{"role": "assistant", "name": one.agent, "content": one.text} for one in said]
        for call in self.calls:
            called = {"name": call.name, "arguments": call.arguments}
            messages.append({"role": "assistant", "name": agent.name, "content": "", "tool_calls": [called]})
            messages.append({"role": "tool", "name": call.name, "content": call.result})
        if agent.include_user_input and self.content:
            messages.append({"role": "user", "content": self.content})
        return messages


def history_lines(history: History, said: Sequence[Said], count: int | None) -> str:
    """`{{ history }}` and `{{ history[N] }}`: a line `role: text` for each visible message before the current one (K36).

    Structured outputs are not among them [documented: prompt-configuration@G1t].
    """
    shown = [f"assistant: {one.text}" for one in said if one.shown and not one.structured]
    earlier = history.remembered(None if count is None else max(0, count - len(shown)))
    lines = [f"{message.role}: {text_of(message.content)}" for message in earlier] + shown
    return "\n".join(lines if count is None else lines[len(lines) - min(count, len(lines)) :])


def full_history_lines(history: History, said: Sequence[Said], count: int | None) -> str:
    """`{{ full_history }}` and `{{ full_history[N] }}`: also internal answers, tool calls and their results.

    [documented: prompt-configuration@G1t]
    """
    return "\n".join([*islice(_newest_lines(history, said), count)][::-1])


def _newest_lines(history: History, said: Sequence[Said]) -> Iterator[str]:
    """The lines of the full history from its end; who wants few of them makes few."""
    for one in reversed(said):
        yield from reversed([*_called(one.tool_calls), *([f"assistant: {one.text}"] if one.text else [])])
    for message in reversed(history.remembered(None, structured=True)):
        yield from reversed([*_called(message.tool_calls), f"{message.role}: {text_of(message.content)}"])


def _called(calls: Sequence[Called]) -> list[str]:
    lines = []
    for call in calls:
        arguments = ", ".join(f"{name}={as_json(value)}" for name, value in call.arguments.items())
        lines += [f"tool: {call.name}({arguments})", f"tool_result: {_text(call.result)}"]
    return lines


def _text(value: Any) -> str:
    return value if isinstance(value, str) else as_json(value)
