"""What each frame of a client does. This module is the handlers that `FRAMES` names: each is given the visit and the frame."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from atthene_emulator.domain import pauses, runtime
from atthene_emulator.domain.artifacts import get_artifact
from atthene_emulator.domain.execution import Execution
from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.session import Session
from atthene_emulator.errors import (
    EmulatorRefusal,
    FrameRefused,
    NoSuchArtifact,
    NothingRuns,
    VariableError,
)
from atthene_emulator.limits import SOCKET_TYPES
from atthene_emulator.web.api.artifact_answers import file_block
from atthene_emulator.web.media import artifact_url
from atthene_emulator.web.socket.codes import BY_CODE
from atthene_emulator.web.socket.visit import EVERYTHING, Visit
from atthene_emulator.web.user_token import Undecodable, Unusable, user_of_token

_LONGEST = 100  # characters of the type of an event that a script may have
_MESSAGE_ID = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)

Frame = Mapping[str, Any]


def connect(visit: Visit, frame: Frame) -> None:
    """Join a session; nothing is answered (D83)."""
    visit.join(visit.session(frame["session_id"]), _types(frame))


def reconnect(visit: Visit, frame: Frame) -> None:
    """Join a session again, and have sent what came after the last event that was seen (D87)."""
    session = visit.session(frame["session_id"])
    place = _MESSAGE_ID.fullmatch(frame["last_message_id"])
    if place is None:
        raise FrameRefused("reconnect_failed", "last_message_id is no message id, such as 1738249102371-0")
    before = visit.joined.get(session.id)
    types = _types(frame) if "event_types" in frame or before is None else before.types
    visit.join(session, types, Mark(int(place[1]), int(place[2])))


def _types(frame: Frame) -> frozenset[str] | None:
    """The types of events that are wanted; None for all."""
    types: Sequence[str] = frame.get("event_types", (EVERYTHING,))
    if len(types) > SOCKET_TYPES.most:
        raise FrameRefused(
            "invalid_message_format", f"event_types names {SOCKET_TYPES.shown} types at most; {EVERYTHING} is all"
        )
    return None if EVERYTHING in types else frozenset(one for one in types if len(one) <= _LONGEST)


def disconnect(visit: Visit, frame: Frame) -> None:
    """Leave a session; the socket stays open, and what runs goes on (D88)."""
    visit.leave(visit.session_of(frame).id)


def cancel_execution(visit: Visit, frame: Frame) -> None:
    """Stop what runs in a session [documented: runtime/cancel@G4]."""
    session = visit.session_of(frame)
    try:
        runtime.cancel(visit.namespace, visit.visitor.account, session.id)
    except NothingRuns:
        raise _documented("execution_cancel_failed") from None


def hitl_response(visit: Visit, frame: Frame) -> None:
    """Answer what a person was asked."""
    session = visit.session_of(frame)
    with suppress(EmulatorRefusal):  # a script that does not fit fails the turn; those who follow are told
        visit.drive(pauses.answer(visit.namespace, session.id, frame["tool_call_id"], frame["data"]))


def user_message(visit: Visit, frame: Frame) -> None:
    """Run the session's configuration; what happens comes as events."""
    session = visit.session_of(frame)
    _check_user(visit, session, frame)
    _check_idle(visit, session)
    content = frame["content"]
    if not (content.strip() if isinstance(content, str) else _has_anything(content)):
        raise FrameRefused("empty_content", "content has neither text nor media")
    if frame.get("artifacts"):
        content = _with_artifacts(visit, session, content, frame["artifacts"])
    try:
        run = runtime.start(
            visit.namespace,
            visit.visitor.account,
            session.id,
            content if isinstance(content, str) else tuple(content),
            inputs=frame.get("inputs") or {},
            correlation_id=frame.get("correlation_id"),
            strict=visit.visitor.strict,
        )
    except VariableError as error:
        raise FrameRefused("execution_error", error.explanation) from None
    except EmulatorRefusal as refusal:
        raise FrameRefused("execution_error", refusal.message) from None
    if isinstance(run, Execution):
        visit.ended(run)
    else:
        run.on_end = visit.ended
        visit.drive(run)


def _with_artifacts(visit: Visit, session: Session, content: Any, ids: Sequence[str]) -> Sequence[Any]:
    """A message, and behind it the artifacts that it is about (D108)."""
    namespace, account = visit.namespace, visit.visitor.account
    blocks, unknown = list[Any](), list[str]()
    for one in dict.fromkeys(ids):
        try:
            artifact = get_artifact(namespace, account, session.id, one)
        except NoSuchArtifact:
            unknown.append(one)
        else:
            blocks.append(file_block(artifact, artifact_url(visit.visitor.root, namespace, artifact)))
    if unknown:
        raise FrameRefused("user_message_failed", f"There is no artifact {', '.join(unknown[:3])[:200]}")
    return [*([{"type": "text", "text": content}] if isinstance(content, str) else content), *blocks]


def _has_anything(blocks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of the blocks has text, or is media."""
    return any(block.get("type") != "text" or str(block.get("text", "")).strip() for block in blocks)


def _check_idle(visit: Visit, session: Session) -> None:
    """Refuse a message to a session that runs, or that waits for a person."""
    run = visit.namespace.running.get(session.id)
    if run is not None and run.is_paused:
        raise _documented("hitl_session_busy")
    if run is not None:
        raise FrameRefused(
            "execution_start_failed", "A turn of this session runs; cancel it, or wait until it has ended"
        )


def _check_user(visit: Visit, session: Session, frame: Frame) -> None:
    """Refuse a message without the token of the end user that the socket or the session has (D96)."""
    user = visit.visitor.account.user or session.user
    if user is None:
        return
    token = frame.get("ext_token")
    if token is None:
        raise FrameRefused("missing_ext_token", "Each message needs ext_token, the end user's token")
    try:
        given = user_of_token(token.encode("utf-8", "replace"), visit.namespace.clock.now())
    except (Undecodable, Unusable) as error:
        raise FrameRefused("user_message_failed", f"ext_token cannot be used: {error}") from None
    if given != user:
        raise FrameRefused("user_message_failed", "ext_token cannot be used: it is another user's")


def _documented(code: str) -> FrameRefused:
    """A refusal in its documented words."""
    return FrameRefused(code, BY_CODE[code].message or "")
