"""Scripts: what an agent does in place of a model. This module is their records, and how they are read."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.approvals import Kind
from atthene_emulator.configuration.patterns import Pattern
from atthene_emulator.execution.failures import TIMEOUT, Failure
from atthene_emulator.execution.streaming import AS_WORDS, Streaming
from atthene_emulator.execution.usage import Usage
from atthene_emulator.knowledge.hit import Hit

DisconnectRule = Literal["abandon", "finish"]  # what becomes of an execution whose client leaves (D50, D123)

NOTHING: Mapping[str, Any] = MappingProxyType({})
MARKER = "default"  # in place of a script's name, where none has answered


class ContentMatch(NamedTuple):
    """A test of the user's text.

    Attributes:
        kind: equals (both sides trimmed), contains, matches or any.
        text: what is looked for; without regard to case, it is folded.
        pattern: of `matches`.
    """

    kind: str
    text: str = ""
    pattern: Pattern | None = None
    ignore_case: bool = False

    def holds(self, content: str) -> bool:
        """Whether the text passes."""
        kind, text, pattern, ignore_case = self
        if pattern is not None:
            return pattern.found_in(content)
        given = content.casefold() if ignore_case else content
        return kind == "any" or (text in given if kind == "contains" else text == given.strip())


class Moment(NamedTuple):
    """The turn that a script may answer.

    Attributes:
        agent: whose turn it is.
        agent_key, session: of the session.
        turn: which execution of the session this is, from 1.
        content: the user's text.
        variables: their values now.
        has_image: whether the user sent one.
    """

    agent: str
    agent_key: str | None
    session: str
    turn: int
    content: str
    variables: Mapping[str, Any]
    has_image: bool


class When(NamedTuple):
    """When a script answers: every part that is given must hold. `turns` counts from 1, both ends included."""

    agent: str | None = None
    agent_key: str | None = None
    session: str | None = None
    turns: tuple[int, int | None] | None = None
    content: ContentMatch | None = None
    variables: Mapping[str, Any] | None = None
    has_image: bool | None = None

    def holds(self, moment: Moment) -> bool:  # noqa: PLR0911  # a list of conditions, asked for every turn
        """Whether this turn is meant."""
        agent, agent_key, session, turns, content, variables, has_image = self  # which is quicker than to ask for each
        if agent is not None and agent != moment.agent:
            return False
        if agent_key is not None and agent_key != moment.agent_key:
            return False
        if session is not None and session != moment.session:
            return False
        if turns is not None and not self.has_turn(moment.turn):
            return False
        if has_image is not None and has_image != moment.has_image:
            return False
        if variables is not None and self.other_variable(moment.variables) is not None:
            return False
        return content is None or content.holds(moment.content)

    @property
    def is_slow(self) -> bool:
        """Whether to look at a text may take long."""
        return self.content is not None and self.content.pattern is not None and self.content.pattern.is_slow

    def has_turn(self, turn: int) -> bool:
        """Whether this execution of a session is meant."""
        first, last = self.turns or (1, None)
        return first <= turn and (last is None or turn <= last)

    def other_variable(self, values: Mapping[str, Any]) -> str | None:
        """The first variable that is wanted to have another value than it has; None if there is none."""
        for name, wanted in (self.variables or {}).items():
            if name not in values or not _same(values[name], wanted):
                return name
        return None


def _same(value: Any, wanted: Any) -> bool:
    """Equal as JSON: true is not 1 (K24)."""
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


class Forced(NamedTuple):
    """A pause that a script wants before a call, whatever the configuration says.

    Attributes:
        kind: what a person is asked for.
        display_text: what they are shown; None leaves it to the tool.
        question, options: of `ask_user_question` (D98).
    """

    kind: Kind
    display_text: str | None = None
    question: str | None = None
    options: tuple[str, ...] = ()


class ToolCall(NamedTuple):
    """A call of a tool and what it answered.

    Attributes:
        name: the name of the tool's instance.
        arguments: what it is called with.
        result: what it answered; the error's message, if it failed.
        failed: whether it did.
        forced: the pause before it; None leaves that to the configuration.
        id: the call's own; scripts have none.
    """

    name: str
    arguments: Mapping[str, Any]
    result: Any
    failed: bool = False
    forced: Forced | None = None
    id: str = ""


class MadeArtifact(NamedTuple):
    """A file that an agent makes, besides what it says.

    Attributes:
        data: a text, whose templates are filled in, or bytes.
        title: empty for the name.
        id: its own, once it is kept; scripts have none.
    """

    name: str
    data: str | bytes
    title: str = ""
    id: str = ""


class Step(NamedTuple):
    """What a script does in one turn; see the schema of seeds for the meaning of each part."""

    reply: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    thinking: str = ""
    output: Any = None
    route: str | None = None
    assign: Mapping[str, Any] | None = None
    usage: Usage | None = None
    delay: float = 0.0
    gate: str | None = None
    failure: Failure | None = None
    finish_reason: str | None = None
    stream: Streaming = AS_WORDS
    events: tuple[Mapping[str, Any], ...] = ()
    on_decline: "Step | None" = None
    artifacts: tuple[MadeArtifact, ...] = ()
    knowledge: tuple[Hit, ...] | None = None
    on_disconnect: DisconnectRule | None = None


class Script(NamedTuple):
    """One script.

    Of several steps, each match in a session takes the next; the last repeats. After `times` matches it steps aside.
    `generation` is 0 for scripts of the seed and counts up with each that is added; `entry` is what it was read from.
    """

    name: str
    when: When
    then: tuple[Step, ...]
    times: int | None = None
    generation: int = 0
    entry: Mapping[str, Any] = NOTHING

    @property
    def key(self) -> str:
        """What its matches are counted by: another script of the same name that is added later counts anew."""
        return f"{self.name}@{self.generation}" if self.generation else self.name


def read_script(entry: Mapping[str, Any], number: int) -> Script:
    """Read an entry that fits the seed schema; `number` names one without a name."""
    when, then = entry.get("when", {}), entry["then"]
    return Script(
        name=entry.get("name", f"script-{number}"),
        when=When(
            when.get("agent"),
            when.get("agent_key"),
            when.get("session"),
            _turns(when.get("turn")),
            _content(when.get("content")),
            when.get("variables"),
            when.get("has_image"),
        ),
        then=tuple(map(read_step, then if isinstance(then, list) else [then])),
        times=entry.get("times"),
        entry=entry,
    )


def read_step(entry: Mapping[str, Any]) -> Step:
    """Read a step that fits its schema."""
    usage = entry.get("usage")
    return Step(
        reply=entry.get("reply"),
        tool_calls=tuple(map(_tool_call, entry.get("tool_calls", ()))),
        thinking=entry.get("thinking", ""),
        output=entry.get("output"),
        route=_route(entry.get("route")),
        assign=entry.get("assign"),
        usage=Usage(usage["input_tokens"], usage["output_tokens"]) if usage else None,
        delay=entry.get("delay_ms", 0) / 1000,
        gate=entry.get("gate"),
        failure=_failure(entry),
        finish_reason=entry.get("finish_reason"),
        stream=_streaming(entry["stream"]) if "stream" in entry else AS_WORDS,
        events=tuple(entry.get("events", ())),
        on_decline=read_step(entry["on_decline"]) if "on_decline" in entry else None,
        artifacts=tuple(map(_artifact, entry.get("artifacts", ()))),
        knowledge=_hits(entry["knowledge"]) if "knowledge" in entry else None,
        on_disconnect=entry.get("on_disconnect"),
    )


def _hits(entries: Sequence[Mapping[str, Any]]) -> tuple[Hit, ...]:
    return tuple(
        Hit(one["text"], source_name=one.get("source", ""), chunk=number, score=float(one.get("score", 1)))
        for number, one in enumerate(entries)
    )


def _tool_call(entry: Mapping[str, Any]) -> ToolCall:
    """A failed call does not fail the run: the agent reads the error [documented: agent-capabilities@G3]."""
    failed = "error" in entry
    return ToolCall(
        name=entry["name"],
        arguments=entry.get("arguments", {}),
        result=entry["error"] if failed else entry.get("result"),
        failed=failed,
        forced=_forced(entry["hitl"]) if "hitl" in entry else None,
    )


def _artifact(entry: Mapping[str, Any]) -> MadeArtifact:
    data = entry["text"] if "text" in entry else b64decode(entry["base64"])
    return MadeArtifact(entry["name"], data, entry.get("title", ""))


def _forced(entry: Mapping[str, Any]) -> Forced:
    options = tuple(entry.get("options", ()))
    return Forced(entry["kind"], entry.get("display_text"), entry.get("question"), options)


def _streaming(entry: Mapping[str, Any]) -> Streaming:
    chunk = entry.get("chunk", "word")
    return Streaming(
        chunk=int(chunk) if isinstance(chunk, float) else chunk,
        delay=entry.get("delay_ms", 0) / 1000,
        gate=entry.get("gate"),
        after=int(entry.get("after", 0)),
    )


def _route(value: Any) -> str | None:
    """An unquoted yes or no is a boolean in YAML."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _failure(entry: Mapping[str, Any]) -> Failure | None:
    if "error" in entry:
        error = entry["error"]
        return Failure("error", error.get("type", "execution_error"), error.get("message", "The execution failed"))
    return TIMEOUT if entry.get("timeout") else None


def _turns(value: Any) -> tuple[int, int | None] | None:
    if value is None:
        return None
    if isinstance(value, int):
        return value, value
    return value.get("from", 1), value.get("to")


def _content(value: Any) -> ContentMatch | None:
    if value is None:
        return None
    if isinstance(value, str):
        return ContentMatch("equals", value.strip())
    kind = next(kind for kind in ("equals", "contains", "matches", "any") if kind in value)
    ignore_case = value.get("ignore_case", False)
    if kind == "any":
        return ContentMatch(kind)
    if kind == "matches":
        return ContentMatch(kind, pattern=Pattern(value[kind], ignore_case=ignore_case))
    text = value[kind].casefold() if ignore_case else value[kind]
    return ContentMatch(kind, text if kind == "contains" else text.strip(), ignore_case=ignore_case)
