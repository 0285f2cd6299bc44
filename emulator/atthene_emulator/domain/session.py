"""A session as it is kept. This module is the record, how it is found, and how it is saved.

Times are unix seconds. Nothing here knows how it looks on the wire. That a session is being executed is no part of it: what
runs may come to nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.parts import Json, Saved, whole
from atthene_emulator.domain.record_set import Kind
from atthene_emulator.domain.transcript import Transcript, load_message, read_transcript, save_message
from atthene_emulator.domain.weight import weight
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.execution.usage import Usage

_SESSION = 700  # bytes of a session without what it holds

Status = Literal["active", "processing", "idle", "error"]


class Session(NamedTuple):
    """One conversation. It keeps its configuration for its whole life.

    Attributes:
        failed: its last execution ended in an error or a timeout.
        turns: how many executions began.
        variables: the checkpoint: values of session-level variables.
        agent_id: the agent it was started from, None for an inline configuration.
        usage: estimated tokens of all its executions.
        positions: how many steps of each script with several it has used.
        user: the end user that it was made for, None for none (D65).
        stream: where the stream of its events is.
        allowed: tools that are called without asking, as a person has decided for the whole session.
    """

    id: str
    owner: str
    configuration: Configuration
    created_at: float
    last_activity: float
    agent_id: str | None = None
    agent_key: str | None = None
    failed: bool = False
    turns: int = 0
    transcript: Transcript = Transcript()
    variables: Mapping[str, Any] = NOTHING
    usage: Usage = Usage()
    positions: Mapping[str, int] = NOTHING
    user: str | None = None
    stream: Mark = Mark()
    allowed: tuple[str, ...] = ()


_CONFIGURATION, _TRANSCRIPT, _VARIABLES, _POSITIONS = map(
    Session._fields.index, ("configuration", "transcript", "variables", "positions")
)


def _save(session: Session) -> Json:
    fields = session._asdict()
    del fields["transcript"]
    return {
        **fields,
        "configuration": session.configuration.digest,
        "messages": [save_message(message) for message in session.transcript],
        "variables": dict(session.variables),
        "usage": session.usage._asdict(),
        "positions": dict(session.positions),
        "stream": session.stream._asdict(),
        "allowed": list(session.allowed),
    }


def _load(entry: Mapping[str, Any], saved: Saved) -> Session:
    fields = {name: value for name, value in entry.items() if name != "messages"}
    fields |= {
        "configuration": saved.configurations[entry["configuration"]],
        "turns": int(entry["turns"]),
        "transcript": Transcript().extended([load_message(message) for message in entry["messages"]]),
        "usage": Usage(**whole(entry["usage"])),
        "positions": whole(entry["positions"]),
        "stream": Mark(**whole(entry.get("stream", {}))),
        "allowed": tuple(entry.get("allowed", ())),
    }
    return Session(**fields)


def write_session(session: Session) -> list[Any]:
    """A session without its messages as JSON that is quick to make, for `read_session`."""
    fields: list[Any] = [*session]
    fields[_CONFIGURATION] = session.configuration.digest
    numbers, transcript = session.transcript.numbers, session.transcript
    fields[_TRANSCRIPT] = numbers.start, numbers.stop, transcript.characters, transcript.weight
    fields[_VARIABLES], fields[_POSITIONS] = dict(session.variables), dict(session.positions)
    return fields


def read_session(
    fields: list[Any], message: Callable[[int], bytes], configurations: Mapping[str, Configuration]
) -> Session:
    """The session that was written, with its messages by their numbers.

    Raises:
        ValueError, TypeError, KeyError: what was written is damaged.
    """
    session = Session(*fields)
    left, end, characters, size = fields[_TRANSCRIPT]
    messages = [message(number) for number in range(left, end)]
    return session._replace(
        configuration=configurations[fields[_CONFIGURATION]],
        transcript=read_transcript(messages, left, characters, size),
        usage=Usage(*session.usage),
        stream=Mark(*session.stream),
        allowed=tuple(session.allowed),
    )


def _weight(session: Session) -> int:
    """What sessions share with one another, such as a default variable, is weighed with each."""
    return (
        _SESSION
        + session.transcript.weight
        + (weight(session.variables) if session.variables else 0)
        + len(session.user or "")
    )


SESSIONS: Kind[Session] = Kind(
    "sessions",
    _save,
    _load,
    configurations_of=lambda session: (session.configuration,),
    weight=_weight,
    indexes={
        "owner": lambda session: session.owner,
        "owner_agent": lambda session: (session.owner, session.agent_key) if session.agent_key else None,
    },
)
