"""What a person says to a pause, and whether it fits what was asked. This module is those rules [documented: websocket-api@G4]."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.configuration.approvals import SESSION_WIDE
from atthene_emulator.configuration.tool_schema import misfit
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.run import Run
from atthene_emulator.domain.running import step
from atthene_emulator.errors import FrameRefused, NothingRuns
from atthene_emulator.execution.waits import Decision, Pause
from atthene_emulator.wording import did_you_mean

_DIGITS = 6  # of a second, as of a clock
_QUESTION = "ask_user_question"
_WANTED = {"uknow_connection_required": "connection_id", "api_key_connection_required": "connection_id"} | {
    "oauth_integration_required": "company_integration_id"
}


def resume(namespace: Namespace, session_id: str, decision: Decision) -> Run:
    """Let a paused execution go on as a person has decided, up to its next wait; `go_on` waits with it from there.

    The time for which it was paused does not count.

    Raises:
        NothingRuns: none is paused.
        Unscripted: as `execute`.
    """
    run = namespace.running.get(session_id)
    if run is None or run.wait.pause is None:
        raise NothingRuns
    run.deadline = round(run.deadline + namespace.clock.elapsed() - run.paused_at, _DIGITS)
    run.resolved = run.wait.pause.id
    step(namespace, run, decision)
    return run


def answer(namespace: Namespace, session_id: str, call: str, data: Mapping[str, Any]) -> Run:
    """Answer the open pause of a session, and let its execution go on.

    Args:
        namespace: where it is.
        session_id: whose pause it is.
        call: the id of the tool call that is answered.
        data: accept, decline or answer, which fits the schema of a `hitl_response`.

    Raises:
        FrameRefused: there is no such pause, or the answer does not fit it (D94); nothing has changed.
        Unscripted: as `execute`.
    """
    run = namespace.running.get(session_id)
    pause = None if run is None else run.wait.pause
    if run is not None and pause is None and run.resolved == call:
        raise FrameRefused("hitl_resume_in_progress", f"The answer to {call} has come already; its turn goes on")
    if run is None or pause is None:
        raise FrameRefused("hitl_no_pending_pause", "Nobody is asked anything in this session")
    wanted = data.get("pause_kind")
    if wanted is not None and wanted != pause.kind:
        raise FrameRefused("hitl_no_pending_pause", f"No {wanted} is open in this session; there is {pause.kind}")
    if call != pause.id:
        raise FrameRefused("hitl_tool_call_mismatch", f"{call} is not asked about; {pause.id} is")
    return resume(namespace, session_id, _decision(pause, data))


def _decision(pause: Pause, data: Mapping[str, Any]) -> Decision:
    if (data["kind"] == "answer") != (pause.kind == _QUESTION):
        fitting = "answer" if pause.kind == _QUESTION else "accept or decline"
        raise FrameRefused("hitl_response_failed", f"A pause {pause.kind} wants {fitting}, not {data['kind']}")
    match data["kind"]:
        case "decline":
            return Decision("declined", feedback=data.get("feedback", ""))
        case "answer":
            _check_option(pause, data.get("selected_option"))
            return Decision("answered", answer=data.get("text") or data.get("selected_option", ""))
    edited = data.get("tool_args")
    for_session = data.get("scope") == "session"
    if for_session and pause.source not in SESSION_WIDE:
        why = f"{pause.tool} is asked about each time ({pause.source or 'as its script wants'}); accept it once"
        raise FrameRefused("hitl_response_failed", why)
    wanted = _WANTED.get(pause.kind)
    if wanted is not None and wanted not in (edited or {}):
        raise FrameRefused("hitl_response_failed", f"To accept {pause.kind}, tool_args.{wanted} is needed")
    if pause.kind != "approval" or edited is None:
        return Decision("accepted", for_session=for_session)
    wrong = _misfit(pause, edited)
    if wrong is not None:
        return Decision("validation_failed", feedback=wrong)
    return Decision("accepted", arguments=edited, for_session=for_session)


def _check_option(pause: Pause, chosen: str | None) -> None:
    """Refuse an option that was not offered."""
    if chosen is not None and chosen not in pause.options:
        near = did_you_mean(chosen[:60], pause.options, f"; there are {', '.join(pause.options) or 'none'}")
        raise FrameRefused("hitl_response_failed", f"{chosen[:60]!r} is none of the options{near}")


def _misfit(pause: Pause, edited: Mapping[str, Any]) -> str | None:
    """Why the tool does not take these arguments: by its schema in the seed, else by keys and types of those proposed."""
    if pause.schema is not None:
        return misfit(edited, pause.schema)
    for name, value in edited.items() if pause.arguments else ():
        if name not in pause.arguments:
            return f"{pause.tool} was to be called without {name}"
        if _json_type(value) != _json_type(pause.arguments[name]):
            return f"{name} must be {_json_type(pause.arguments[name])}, not {_json_type(value)}"
    return None


def _json_type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list() | tuple():
            return "an array"
        case _:
            return "an object"
