"""What the socket sends: its frames, and every kind of event in them. This module is those tables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from atthene_emulator import event_types
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.evidence.levels import Evidence, decided, documented

Sent = Literal["always", "script"]


class ServerFrame(NamedTuple):
    """A frame that the server sends; `type` is the word in the frame."""

    type: str
    summary: str
    schema: Schema
    evidence: Evidence


class Event(NamedTuple):
    """What an `event` frame may be about.

    Attributes:
        type: `payload.type`.
        summary: what happened.
        schema: of the payload.
        evidence: that it is sent, and when; its fields have their own.
        sent: by itself, or where a script lists it alone (D90).
    """

    type: str
    summary: str
    schema: Schema
    evidence: Evidence
    sent: Sent = "always"


_PAGE = documented("websocket-api@G4")
_SHOWN = documented("websocket-api@G4, agent-capabilities@G3")
_PAUSES = documented("websocket-api@G4, human-in-the-loop@G4")
_ALWAYS = decided("D90")
_LOOKED_UP = decided("D112")

SERVER_FRAMES: tuple[ServerFrame, ...] = (
    ServerFrame("event", "Something happens in a session", Schema("socket/event"), _PAGE),
    ServerFrame("error", "A frame was wrong, or could not be followed", Schema("socket/error"), _PAGE),
    ServerFrame(
        "execution_result",
        "A turn has ended, with all that came of it",
        Schema("responses/execution.connecting"),
        _PAGE,
    ),
)


def _sent(file: str, type_: str, summary: str, evidence: Evidence) -> Event:
    return Event(type_, summary, Schema(f"socket/events/{file}"), evidence)


def _scripted(type_: str) -> Event:
    return Event(type_, "Whatever the script says", SCRIPTED, _ALWAYS, "script")


SCRIPTED = Schema("socket/events/scripted")

EVENTS: tuple[Event, ...] = (
    _sent("text-message-start", "TextMessageStart", "A text of an agent begins", _SHOWN),
    _sent("text-message-content", "TextMessageContent", "The next piece of a text", _SHOWN),
    _sent("text-message-end", "TextMessageEnd", "A text is whole", _SHOWN),
    _sent("execution-started", "ExecutionStarted", "A turn of the session begins", _ALWAYS),
    _sent(
        "execution-finished",
        "ExecutionFinished",
        "A turn has ended, well or not; of one that was cancelled there is none",
        _PAGE,
    ),
    _sent("execution-cancelled", "ExecutionCancelled", "A turn was cancelled", _ALWAYS),
    _sent("execution-error", "ExecutionError", "A turn failed", _ALWAYS),
    _sent("run-started", "RunStarted", "An agent begins its turn", _ALWAYS),
    _sent("run-finished", "RunFinished", "An agent has ended its turn", _ALWAYS),
    _sent("run-error", "RunError", "An agent failed", _ALWAYS),
    _sent("agent-introduction-start", "AgentIntroductionStart", "An agent begins to introduce itself", _SHOWN),
    _sent("agent-introduction-content", "AgentIntroductionContent", "The next piece of an introduction", _SHOWN),
    _sent("agent-introduction-end", "AgentIntroductionEnd", "An introduction is whole", _SHOWN),
    _sent("thinking-start", "ThinkingStart", "An agent begins to think", _SHOWN),
    _sent("thinking-content", "ThinkingContent", "The next piece of what an agent thinks", _SHOWN),
    _sent("thinking-end", "ThinkingEnd", "An agent has ended thinking", _SHOWN),
    _sent("tool-call-start", "ToolCallStart", "An agent calls a tool", _SHOWN),
    _sent("tool-call-args", "ToolCallArgs", "What the tool is called with", _SHOWN),
    _sent("tool-call-end", "ToolCallEnd", "The call is whole", _SHOWN),
    _sent("tool-call-result", "ToolCallResult", "What the tool answered", _SHOWN),
    _sent("tool-call-error", "ToolCallError", "The tool failed; the agent goes on", _SHOWN),
    _sent("knowledge-base-call-start", "KnowledgeBaseCallStart", "An agent looks something up", _LOOKED_UP),
    _sent("knowledge-base-call-args", "KnowledgeBaseCallArgs", "What it looks for", _LOOKED_UP),
    _sent("knowledge-base-call-end", "KnowledgeBaseCallEnd", "The question is whole", _LOOKED_UP),
    _sent("knowledge-base-call-result", "KnowledgeBaseCallResult", "What was found", _LOOKED_UP),
    _sent("hitl-required", "HitlRequired", "A person is asked, and the turn waits", _PAUSES),
    _sent("hitl-resolved", "HitlResolved", "What a person was asked is answered", _PAUSES),
    _sent("condition-checked", "ConditionChecked", "An edge with a condition is taken", _ALWAYS),
    *map(_scripted, event_types.SCRIPTED),
)

BY_TYPE: Mapping[str, Event] = MappingProxyType({one.type: one for one in EVENTS})
