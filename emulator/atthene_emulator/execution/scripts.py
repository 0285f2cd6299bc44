"""Scripts: what an agent does in place of a model. This module is their records, how one is chosen, and how they count."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.execution.usage import Usage

BY_NAME = "!emulator "

Layer = Literal["added", "scenario", "seed"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class ContentMatch(NamedTuple):
    """A test of the user's text.

    Attributes:
        kind: equals (both sides trimmed), contains, matches or any.
        text: what is looked for; without regard to case, it is folded.
        pattern: of `matches`.
    """

    kind: str
    text: str = ""
    pattern: re.Pattern[str] | None = None
    ignore_case: bool = False

    def holds(self, content: str) -> bool:
        """Whether the text passes."""
        if self.pattern is not None:
            return self.pattern.search(content) is not None
        given = content.casefold() if self.ignore_case else content
        return self.kind == "any" or (self.text in given if self.kind == "contains" else self.text == given.strip())


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
        if self.agent is not None and self.agent != moment.agent:
            return False
        if self.agent_key is not None and self.agent_key != moment.agent_key:
            return False
        if self.session is not None and self.session != moment.session:
            return False
        if self.turns is not None and not self._has_turn(moment.turn):
            return False
        if self.has_image is not None and self.has_image != moment.has_image:
            return False
        if self.variables is not None and not self._has_variables(moment.variables):
            return False
        return self.content is None or self.content.holds(moment.content)

    def _has_turn(self, turn: int) -> bool:
        first, last = self.turns or (1, None)
        return first <= turn and (last is None or turn <= last)

    def _has_variables(self, values: Mapping[str, Any]) -> bool:
        return all(name in values and _same(values[name], wanted) for name, wanted in (self.variables or {}).items())


def _same(value: Any, wanted: Any) -> bool:
    """Equal as JSON: true is not 1 (K24)."""
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


class ToolCall(NamedTuple):
    """A call of a tool and what it answered."""

    name: str
    arguments: Mapping[str, Any]
    result: Any


class Failure(NamedTuple):
    """How an execution fails: `status` is error or timeout."""

    status: str
    type: str
    message: str


class Step(NamedTuple):
    """What a script does in one turn; see the schema of seeds for the meaning of each part."""

    reply: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    output: Mapping[str, Any] | None = None
    route: str | None = None
    assign: Mapping[str, Any] | None = None
    usage: Usage | None = None
    delay: float = 0.0
    gate: str | None = None
    failure: Failure | None = None


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
    entry: Mapping[str, Any] = _NOTHING

    @property
    def key(self) -> str:
        """What its matches are counted by: another script of the same name that is added later counts anew."""
        return f"{self.name}@{self.generation}" if self.generation else self.name


class Scripts:
    """The scripts of a namespace, and how often each has answered.

    Args:
        seeded: those of the seed; those of a scenario come before them, and `added` ones before all.
        generation: of the last script that was added before.
    """

    def __init__(self, seeded: Sequence[Script], generation: int = 0) -> None:
        self._layers: dict[Layer, tuple[Script, ...]] = {"added": (), "scenario": (), "seed": tuple(seeded)}
        self._all = self._layers["seed"]
        self.hits: Counter[str] = Counter()
        self.generation = generation

    @classmethod
    def restored(
        cls, layers: Mapping[Layer, tuple[Script, ...]], hits: Mapping[str, int], generation: int
    ) -> "Scripts":
        """Scripts that go on from what others were."""
        scripts = cls(layers["seed"], generation)
        scripts._layers.update(layers)
        scripts._all = tuple(script for layer in scripts._layers.values() for script in layer)
        scripts.hits.update(hits)
        return scripts

    def copy(self, without: Sequence[str] = ()) -> "Scripts":
        """Others that go on from here, as if these matches had not been."""
        scripts = Scripts.restored(self._layers, self.hits, self.generation)
        scripts.give_back(without)
        return scripts

    def __iter__(self) -> Iterator[Script]:
        return iter(self._all)

    def layered(self) -> Iterator[tuple[Layer, Script]]:
        """Every script with where it comes from, in the order in which they are tried."""
        return ((layer, script) for layer, scripts in self._layers.items() for script in scripts)

    @property
    def next_number(self) -> int:
        """What names the next script that has no name."""
        return len(self._layers["seed"]) + self.generation + 1

    def add(self, scripts: Sequence[Script]) -> None:
        """Put scripts in front of all others; one of the same name that was added before is replaced."""
        names = {script.name for script in scripts}
        kept = (script for script in self._layers["added"] if script.name not in names)
        self._set("added", (*self._numbered(scripts), *kept))

    def drop_added(self) -> None:
        """Forget those that were added."""
        self._set("added", ())

    def set_scenario(self, scripts: Sequence[Script]) -> None:
        """Use the scripts of a scenario in place of those of the last one."""
        self._set("scenario", tuple(self._numbered(scripts)))

    def _numbered(self, scripts: Sequence[Script]) -> Iterator[Script]:
        for script in scripts:
            self.generation += 1
            yield script._replace(generation=self.generation)

    def _set(self, layer: Layer, scripts: tuple[Script, ...]) -> None:
        self._layers[layer] = scripts
        self._all = tuple(script for layer in self._layers.values() for script in layer)
        keys = {script.key for script in self._all}
        for key in [key for key in self.hits if key not in keys]:
            del self.hits[key]

    def give_back(self, keys: Sequence[str]) -> None:
        """Take back matches of an execution that was given up."""
        self.hits.subtract(keys)

    def choose(self, moment: Moment, positions: dict[str, int], matched: list[str]) -> tuple[str, Step] | None:
        """The name and the step of the first script that answers this turn, or None; counts the match.

        `positions` says how many steps of each script the session has used; it is moved on. `times` counts the matches of
        all sessions (K33). `matched` receives the script's key.

        A message that begins with `!emulator` names the script, whose agent alone must then be the right one.

        Raises:
            EmulatorRefusal: 400, the message names a script that does not exist.
        """
        named = moment.content[len(BY_NAME) :].strip() if moment.content.startswith(BY_NAME) else None
        if named is not None:
            self._check_name(named)
        for script in self._all:
            if script.times is not None and self.hits[script.key] >= script.times:
                continue
            if self._answers(script, moment, named):
                key = script.key
                self.hits[key] += 1
                matched.append(key)
                position = positions.get(key, 0)
                if len(script.then) > 1:
                    positions[key] = position + 1
                return script.name, script.then[min(position, len(script.then) - 1)]
        return None

    def _answers(self, script: Script, moment: Moment, named: str | None) -> bool:
        if named is None:
            return script.when.holds(moment)
        return script.name == named and script.when.agent in (None, moment.agent)

    def _check_name(self, name: str) -> None:
        names = [script.name for script in self]
        if name not in names:
            near = get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names[:20]) or 'none'}"
            raise EmulatorRefusal(400, f"There is no script {name[:60]!r}; {hint}")


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
        then=tuple(map(_step, then if isinstance(then, list) else [then])),
        times=entry.get("times"),
        entry=entry,
    )


def _step(entry: Mapping[str, Any]) -> Step:
    calls = entry.get("tool_calls", ())
    usage = entry.get("usage")
    return Step(
        reply=entry.get("reply"),
        tool_calls=tuple(ToolCall(call["name"], call.get("arguments", {}), call.get("result")) for call in calls),
        output=entry.get("output"),
        route=_route(entry.get("route")),
        assign=entry.get("assign"),
        usage=Usage(usage["input_tokens"], usage["output_tokens"]) if usage else None,
        delay=entry.get("delay_ms", 0) / 1000,
        gate=entry.get("gate"),
        failure=_failure(entry),
    )


def _route(value: Any) -> str | None:
    """An unquoted yes or no is a boolean in YAML."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _failure(entry: Mapping[str, Any]) -> Failure | None:
    if "error" in entry:
        error = entry["error"]
        return Failure("error", error.get("type", "execution_error"), error.get("message", "The execution failed"))
    return Failure("timeout", "timeout_error", "The execution took too long") if entry.get("timeout") else None


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
        return ContentMatch(kind, pattern=re.compile(value[kind], re.IGNORECASE if ignore_case else 0))
    text = value[kind].casefold() if ignore_case else value[kind]
    return ContentMatch(kind, text if kind == "contains" else text.strip(), ignore_case=ignore_case)
