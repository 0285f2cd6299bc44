"""A document that may have mistakes, as the rules look at it. This module is that lenient view.

Whatever is of the wrong type is left out: the schema has already said so, and one mistake is to give one finding.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.system import ENDS, FLAT_AGENT, START, STARTS, node

# What templates begin with: variables cannot be called so [documented: variables-system@G3].
TEMPLATE_NAMES = frozenset(("user_input", "history", "full_history", "prompts", "variables"))
RESERVED = TEMPLATE_NAMES | STARTS | ENDS  # K06
_ARMS = ("yes", "true", "no", "false")  # K38


class Part(NamedTuple):
    """A mapping inside the document, and where it stands."""

    path: Path
    entry: Mapping[str, Any]

    def text(self, key: str) -> str | None:
        """The value, if it is text that is not empty."""
        value = self.entry.get(key)
        return value if isinstance(value, str) and value else None

    def part(self, key: str) -> "Part":
        """The mapping below a key; an empty one if there is none."""
        value = self.entry.get(key)
        return Part((*self.path, key), value if isinstance(value, dict) else {})

    def parts(self, key: str) -> Iterator["Part"]:
        """The mappings in the list or mapping below a key."""
        value = self.entry.get(key)
        if isinstance(value, list | dict):
            for step, item in enumerate(value) if isinstance(value, list) else value.items():
                if isinstance(item, dict):
                    yield Part((*self.path, key, step), item)

    def is_broken(self, key: str) -> bool:
        """Whether something stands below a key that is no mapping."""
        return key in self.entry and not isinstance(self.entry[key], dict)

    def texts(self, key: str) -> Iterator[tuple[Path, str]]:
        """The texts in the list below a key, with their paths."""
        value = self.entry.get(key)
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, str):
                    yield (*self.path, key, index), item

    @property
    def called(self) -> str:
        """How a sentence calls an agent."""
        return self.text("name") or "this agent"

    def tools(self) -> Iterator["DraftTool"]:
        """The entries of its list of tools."""
        for path, name in self.texts("tools"):
            yield DraftTool(Part(path, {"name": name}), is_text=True)
        for part in self.parts("tools"):
            yield DraftTool(part, is_text=False)

    def memories(self) -> Iterator["Part"]:
        """The modules of its memory."""
        return self.part("memory_config").parts("modules")

    def settings(self) -> Iterator["Part"]:
        """The settings of a knowledge base, by both names."""
        return (self.part(key) for key in ("config", "retrieval_config") if key in self.entry)


class DraftTool(NamedTuple):
    """One entry of a list of tools, a name or a mapping."""

    part: Part
    is_text: bool

    @property
    def name(self) -> str | None:
        """The instance's name."""
        return self.part.text("name") or self.part.text("tool_type")

    @property
    def type(self) -> str | None:
        """The identifier in the registry."""
        return self.part.text("tool_type") or self.part.text("name")

    @property
    def is_enabled(self) -> bool:
        """Whether the agent gets it."""
        return self.part.entry.get("enabled", True) is not False

    def at(self, key: str, other: str) -> Path:
        """Where the first of two keys stands that is there."""
        return self.part.path if self.is_text else (*self.part.path, key if key in self.part.entry else other)


class Draft:
    """A document in one of the two forms.

    Attributes:
        root: the whole document.
        flat: whether it is in the flat form.
        unquoted: keys `yes` and `no` that YAML 1.1 would read as booleans.
    """

    def __init__(self, value: Mapping[str, Any], unquoted: Collection[Path] = ()) -> None:
        self.root = Part((), value)
        self.flat = "agents" not in value
        self.unquoted = unquoted

    @cached_property
    def agents(self) -> tuple[Part, ...]:
        """The agents; of a flat document, the document itself."""
        return (self.root,) if self.flat else tuple(self.root.parts("agents"))

    @cached_property
    def by_name(self) -> Mapping[str, Part]:
        """Agents of a system by name; of several with one name, the first; none with a reserved name."""
        named: dict[str, Part] = {}
        if not self.flat:
            for agent in self.agents:
                name = agent.text("name")
                if name is not None and name not in RESERVED:
                    named.setdefault(name, agent)
        return named

    @property
    def speakers(self) -> Mapping[str, Part]:
        """Agents by the names that templates and assignments know."""
        return {FLAT_AGENT: self.root} if self.flat else self.by_name

    @cached_property
    def leaders(self) -> tuple[str, ...]:
        """The supervisors of a system."""
        return tuple(name for name, one in self.by_name.items() if one.entry.get("agent_type") == "supervisor")

    @cached_property
    def edges(self) -> tuple["DraftEdge", ...]:
        """The edges of a system."""
        return () if self.flat else tuple(DraftEdge(part) for part in self.root.parts("edges"))

    @cached_property
    def names_are_whole(self) -> bool:
        """Whether every agent has a name of its own; if not, what names an agent cannot be judged."""
        listed = self.root.entry.get("agents")
        return self.flat or (isinstance(listed, list) and 0 < len(listed) == len(self.by_name))

    @property
    def is_supervised(self) -> bool:
        """Whether a supervisor routes, instead of edges."""
        return self.root.entry.get("architecture") == "supervisor"

    @cached_property
    def entry_point(self) -> str | None:
        """The agent that is run first, START where edges decide, None where nothing says (K04)."""
        if "entry_point" in self.root.entry:
            named = self.root.text("entry_point")
            return None if named is None else node(named)
        if self.is_supervised:
            return self.leaders[0] if len(self.leaders) == 1 else None
        if any(edge.source in STARTS for edge in self.edges):
            return START
        return next(iter(self.by_name)) if len(self.by_name) == 1 else None


class DraftEdge:
    """One edge, as far as it is readable."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.source = part.text("from")
        self.conditional = any(key in part.entry for key in ("condition", "condition_type", "routing"))
        self.conditional |= "possible_outputs" in part.entry

    @cached_property
    def targets(self) -> tuple[tuple[Path, str], ...]:
        """The nodes that it leads to, with their paths."""
        return tuple(self._targets())

    def _targets(self) -> Iterator[tuple[Path, str]]:
        if not self.conditional:
            target = self.part.text("to")
            if target is not None:
                yield (*self.part.path, "to"), target
            return
        kind = self.part.entry.get("condition_type")
        if kind != "literal":
            routing = self.part.part("routing")
            for key in _ARMS:
                target = routing.text(key)
                if target is not None:
                    yield (*routing.path, key), target
        if kind != "boolean":
            yield from self.part.texts("possible_outputs")

    @property
    def is_whole(self) -> bool:
        """Whether every node that it should name is there."""
        entry = self.part.entry
        if not self.source:
            return False
        if not self.conditional:
            return self.part.text("to") is not None
        routing, outputs = self.part.part("routing"), entry.get("possible_outputs")
        if entry.get("condition_type") == "boolean":
            yes, no = ({key for key in arm if routing.text(key) is not None} for arm in (_ARMS[:2], _ARMS[2:]))
            return bool(yes and no)
        listed = isinstance(outputs, list) and bool(outputs) and all(isinstance(one, str) and one for one in outputs)
        return entry.get("condition_type") == "literal" and listed

    @property
    def from_end(self) -> bool:
        """Whether it leaves the end, which nothing leaves."""
        return self.source in ENDS


def is_special(name: str) -> bool:
    """Whether a node is the start or the end."""
    return name in STARTS or name in ENDS
