"""What an agent would be sent, if there were a model. This module is the order in which a prompt is built.

System prompt, few-shot examples, history, then what this execution has produced, and the user's message
[documented: agent_config/prompt-configuration].
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from atthene_emulator.configuration.system import Agent

Content = str | tuple[Any, ...]


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


class History(Protocol):
    """The messages of a session that its agents remember, oldest first; structured outputs are not among them."""

    characters: int

    def remembered(self, count: int | None) -> Sequence[Remembered]:
        """The last `count` messages; None gives all."""
        ...


class Said(NamedTuple):
    """What an agent has answered earlier in this execution."""

    agent: str
    text: str
    shown: bool


class Prompt(NamedTuple):
    """Everything that a prompt is made of; it is put together only when somebody looks at it.

    Attributes:
        agent: whose prompt it is.
        system_prompt: with its templates filled in.
        history: of the session.
        said: what agents have answered in this execution.
        content: the user's message.
    """

    agent: Agent
    system_prompt: str
    history: History
    said: tuple[Said, ...]
    content: Content

    @property
    def characters(self) -> int:
        """Length of all its texts."""
        agent = self.agent
        count = len(self.system_prompt)
        if agent.few_shot_examples:
            count += sum(map(_length, agent.few_shot_examples))
        if agent.include_history is True:
            count += self.history.characters
        elif agent.include_history:
            count += sum(
                len(text_of(message.content)) for message in self.history.remembered(int(agent.include_history))
            )
        if self.said:
            count += sum(len(one.text) for one in self._included())
        return count + (len(text_of(self.content)) if agent.include_user_input else 0)

    def _included(self) -> list[Said]:
        """Answers of this execution: shown ones belong to the history, internal ones are a choice of their own."""
        history, internal = bool(self.agent.include_history), self.agent.include_internal_messages
        return [one for one in self.said if (history if one.shown else internal)]

    def messages(self) -> list[dict[str, Any]]:
        """The prompt as a list of messages with role and content."""
        agent = self.agent
        messages: list[dict[str, Any]] = []
        if self.system_prompt:
            messages.append({"role": "system", "content": self.system_prompt})
        messages += [{"role": "example", "content": example} for example in agent.few_shot_examples]
        if agent.include_history is not False:
            count = None if agent.include_history is True else int(agent.include_history)
            for message in self.history.remembered(count):
                content = message.content if agent.include_media_in_history else text_of(message.content)
                messages.append({"role": message.role, "content": content})
        messages += [{"role": "assistant", "name": one.agent, "content": one.text} for one in self._included()]
        if agent.include_user_input:
            messages.append({"role": "user", "content": self.content})
        return messages


def history_lines(history: History, count: int | None) -> str:
    """`{{ history }}` and `{{ history[N] }}`: a line `role: text` for each message."""
    return "\n".join(f"{message.role}: {text_of(message.content)}" for message in history.remembered(count))


def text_of(content: Content) -> str:
    """The text of a message: of blocks, the text ones, a line each."""
    if isinstance(content, str):
        return content
    return "\n".join(block["text"] for block in content if block["type"] == "text")


def _length(example: Any) -> int:
    return len(json.dumps(example, ensure_ascii=False))
