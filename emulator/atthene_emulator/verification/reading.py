"""Questions that are answered by reading alone: GET, HEAD, and validate, which keeps nothing. This module is their table."""

from functools import partial
from itertools import pairwise
from typing import Any

from atthene_emulator.configuration.catalogue import CATALOGUE
from atthene_emulator.evidence.rulings import BY_ID
from atthene_emulator.verification.probe import OK, NotSeen, Probe, Visit
from atthene_emulator.verification.service import Answer

_REDIRECTS = (301, 302, 303, 307, 308)
_NOWHERE = "/atthene-verify-no-such-path/"
_NO_SESSION = "/sessions/session_000000000000/"
_OF_SEEDS = ("F109", "F111", "F126", "F142", "B107")  # findings of seed files, which no service reads
_UNAUTHENTICATED = {
    "error": {"type": "authentication_error", "message": "Invalid or missing authentication credentials"}
}


def ruled(rule: str, look: Any, kind: Any = "reading") -> Probe:
    """A probe of a rule that can be switched."""
    return Probe(rule, BY_ID[rule].question, BY_ID[rule].decided, kind, look)


def _unauthenticated(visit: Visit) -> Any:
    answer = visit.ask("GET", "/agent/", key=None)
    return answer.status, answer.json


def _unknown_key(visit: Visit) -> Any:
    answer = visit.ask("GET", "/agent/", key="atthene-verify-no-such-key")
    return answer.status, answer.json


def _envelope(visit: Visit) -> Any:
    answer = visit.ask("GET", _NO_SESSION)
    return answer.status, answer.error_type or "another shape"


def _first_for_unknown_route(visit: Visit) -> Any:
    status = visit.ask("GET", _NOWHERE, key=None).status
    if status in (401, 403):
        return "key"
    return "path" if status == 404 else f"status {status}"  # noqa: PLR2004


def _slash(visit: Visit) -> Any:
    status = visit.ask("GET", "/agent").status
    if status in _REDIRECTS:
        return "redirected"
    return "answered" if status in OK else "unknown"


def _bearer(visit: Visit) -> Any:
    key = visit.service.key
    return visit.ask("GET", "/agent/", key=None, headers={"Authorization": f"Bearer {key}"}).status in OK


def _order(records: list[dict[str, Any]]) -> str:
    times = [time for one in records if isinstance(time := one.get("created_at"), str)]
    if len(times) < len(records) or len(set(times)) < 2:  # noqa: PLR2004
        raise NotSeen("their times are equal, or missing")
    if all(a <= b for a, b in pairwise(times)):
        return "oldest first"
    return "newest first" if all(a >= b for a, b in pairwise(times)) else "in another order"


def _agents_order(visit: Visit) -> Any:
    if not visit.writes:
        return _order(visit.some(visit.agents, 2, "agents"))
    return _order_of("/agent/", "id", [visit.create_agent() for _ in range(2)], visit)


def _sessions_order(visit: Visit) -> Any:
    if not visit.writes:
        return _order(visit.some(visit.sessions, 2, "sessions"))
    return _order_of("/sessions/", "session_id", [visit.create_session() for _ in range(2)], visit)


def _order_of(path: str, name: str, made: list[Answer], visit: Visit) -> str:
    """Where the second of two that were just made is listed: before or after the first."""
    first, second = (visit.needed(answer, "nothing can be created")[name] for answer in made)
    listed = visit.ask("GET", path).json
    ids = [one.get(name) for one in listed] if isinstance(listed, list) else []
    if first not in ids or second not in ids:
        raise NotSeen("what was just made is not listed")
    return "oldest first" if ids.index(first) < ids.index(second) else "newest first"


def _key_as_id(visit: Visit) -> Any:
    (agent, *_) = visit.some(visit.agents, 1, "agents")
    return visit.ask("GET", f"/agent/{agent['agent_key']}/").status in OK


def _paging(visit: Visit) -> Any:
    if visit.writes:
        visit.needed(visit.create_session(), "a session cannot be created")
        visit.needed(visit.create_session(), "a session cannot be created")
    else:
        visit.some(visit.sessions, 2, "sessions")
    answer = visit.ask("GET", "/sessions/?limit=1")
    return isinstance(answer.json, list) and len(answer.json) == 1


def _least_limit(visit: Visit) -> Any:
    (session, *_) = visit.some(visit.sessions, 1, "sessions")
    return visit.ask("GET", f"/runtime/{session['session_id']}/messages/?limit=0").status


def _head(visit: Visit) -> Any:
    answer = visit.ask("HEAD", "/agent/")
    return answer.status in OK and answer.size == 0


def _allow(visit: Visit) -> Any:
    return "GET" in visit.ask("OPTIONS", "/agent/").headers.get("Allow", "")


def _field_names(visit: Visit) -> Any:
    wrong = {
        "name": "x",
        "description": "x",
        "agents": [{"name": "a", "agent_type": "no_such_type"}],
        "entry_point": "a",
    }
    answer = visit.ask("POST", "/agent/validate/", wrong)
    errors = answer.json.get("errors") if isinstance(answer.json, dict) else None
    if not isinstance(errors, list) or not errors or not all(isinstance(one, dict) for one in errors):
        raise NotSeen(f"validate answers {answer.status} without a list of errors")
    return "agents.0.agent_type" in [one.get("field") for one in errors]


def _invalid_status(visit: Visit) -> Any:
    return visit.ask("POST", "/agent/validate/", {"name": "x", "agent_type": "no_such_type"}).status


def _verdict(visit: Visit, example: str, media: str) -> Any:
    """Whether validate accepts a document."""
    answer = visit.ask(
        "POST", "/agent/validate/", data=example.encode(errors="surrogateescape"), media=f"application/{media}"
    )
    valid = answer.json.get("valid") if isinstance(answer.json, dict) else None
    if isinstance(valid, bool):
        return "accepted" if valid else "refused"
    if answer.status in (400, 422):
        return "refused"
    raise NotSeen(f"validate answers {answer.status}")


def _language() -> tuple[Probe, ...]:
    """One question for each decided rule of the language: its example is accepted with a warning, or refused."""
    return tuple(
        Probe(
            f"{entry.evidence.source}.{entry.code}",
            f"A configuration with {entry.title} is",
            "accepted" if entry.severity == "warning" else "refused",
            "reading",
            partial(_verdict, example=entry.example, media=entry.media),
        )
        for entry in CATALOGUE.values()
        if entry.evidence.level == "decided" and entry.code not in _OF_SEEDS and entry.media != "http"
    )


READING: tuple[Probe, ...] = (
    *(
        ruled(rule, look)
        for rule, look in {
            "D05.route": _first_for_unknown_route,
            "D05b": _invalid_status,
            "D09.slash": _slash,
            "D12": _bearer,
            "D17": _agents_order,
            "D19": _key_as_id,
            "D20": _sessions_order,
            "D41": _head,
        }.items()
    ),
    *(
        Probe(name, question, decided, "reading", look)
        for name, question, decided, look in (
            ("doc.401", "A request without a key", (401, _UNAUTHENTICATED), _unauthenticated),
            ("doc.401.unknown", "A request with an unknown key", (401, _UNAUTHENTICATED), _unknown_key),
            ("D02", "Status and error type for an unknown session", (404, "not_found"), _envelope),
            ("D05b.field", "Fields of findings are dotted paths with indexes", True, _field_names),
            ("D09.options", "OPTIONS answers with Allow", True, _allow),
            ("D20.paging", "The list of sessions takes limit", True, _paging),
            ("D39", "Status for limit=0 of the history", 400, _least_limit),
        )
    ),
    *_language(),
)  # fmt: skip
