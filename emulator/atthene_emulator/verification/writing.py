"""Questions for which agents and sessions of our own are made, and deleted afterwards. This module is their table."""

import json
import re
from base64 import b64encode
from typing import Any

from atthene_emulator.configuration.hashing import digest
from atthene_emulator.domain.slug import agent_key
from atthene_emulator.verification.probe import OK, NotSeen, Probe, Visit
from atthene_emulator.verification.reading import ruled

_LARGE = 1024 * 1024 + 1
_MALFORMED = b'{"name": '
_HASHES = {
    "current": r"object:[0-9a-f]{64}:u:anon",
    "reference": r"[0-9a-f]{12}",
}
_EXECUTE = "/runtime/{}/execute/"
_USER = "X-External-User-Token"
_NO_SESSION = _EXECUTE.format("session_000000000000")


def _create_status(visit: Visit) -> Any:
    answer = visit.create_session()
    visit.needed(answer, "a session cannot be created")
    return answer.status


def _invalid_errors(visit: Visit) -> Any:
    answer = visit.create_session(visit.flat(agent_type="no_such_type"))
    return "agent_type" in [one.get("field") for one in answer.details.get("errors", ())]


def _malformed_errors(visit: Visit) -> Any:
    answer = visit.ask("POST", _EXECUTE.format(visit.session_id), {})
    return answer.status, [one.get("field") for one in answer.details.get("errors", ())]


def _foreign(visit: Visit) -> Any:
    if visit.service.other_key is None:
        raise NotSeen("needs --other-api-key, of another account")
    status = visit.ask("GET", f"/sessions/{visit.session_id}/", key=visit.service.other_key).status
    if status in OK:
        raise NotSeen("both keys see the session, so they belong to one account")
    return status


def _key_or_body(visit: Visit) -> Any:
    status = visit.ask("POST", "/sessions/", data=_MALFORMED, key="atthene-verify-no-such-key").status
    return {401: "key", 403: "key", 400: "body", 422: "body"}.get(status, f"status {status}")


def _body_or_session(visit: Visit) -> Any:
    status = visit.ask("POST", _NO_SESSION, {"nothing": True}).status
    return {404: "session", 400: "body", 422: "body"}.get(status, f"status {status}")


def _method(visit: Visit) -> Any:
    return visit.ask("PUT", "/agent/", {}).status


def _media(visit: Visit) -> Any:
    return visit.noting_session(visit.ask("POST", "/sessions/", visit.flat(), media="text/plain")).status


def _no_media(visit: Visit) -> Any:
    return visit.create_session(media=None).status in OK


def _too_large(visit: Visit) -> Any:
    return visit.create_session(visit.flat(description="x" * _LARGE)).status


def _duplicate(visit: Visit) -> Any:
    return visit.create_agent(visit.flat() | {"name": visit.agent["name"]}).status


def _slug(visit: Visit) -> Any:
    name = f"Größe & Más {visit.new_name()}!"
    agent = visit.needed(visit.create_agent(visit.flat() | {"name": name}), "an agent cannot be created")
    return agent.get("agent_key") == agent_key(name)


def _slug_without_latin(visit: Visit) -> Any:
    agent = visit.needed(visit.create_agent(visit.flat() | {"name": "支援"}), "an agent cannot be created")
    return agent.get("agent_key") == agent_key("支援")


def _renamed(visit: Visit) -> Any:
    agent = visit.needed(visit.create_agent(), "an agent cannot be created")
    part = {"system_config": {"name": visit.new_name()}}
    changed = visit.needed(visit.ask("PATCH", f"/agent/{agent['id']}/", part), "an agent cannot be updated")
    return changed.get("agent_key") == agent.get("agent_key")


def _patched(visit: Visit, part: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An agent before and after an update."""
    agent = visit.needed(visit.create_agent(visit.flat(description="Old.")), "an agent cannot be created")
    answer = visit.ask("PATCH", f"/agent/{agent['id']}/", {"system_config": part})
    return agent, visit.needed(answer, "an agent cannot be updated")


def _version(visit: Visit) -> Any:
    _, changed = _patched(visit, {"description": "New."})
    return changed.get("version_number")


def _null_removes(visit: Visit) -> Any:
    _, changed = _patched(visit, {"description": None})
    return "description" not in changed.get("system_config", {})


def _merges_deeply(visit: Visit) -> Any:
    _, changed = _patched(visit, {"llm_config": {"temperature": 0.1}})
    return changed.get("system_config", {}).get("llm_config") == {"model": "gpt-4o", "temperature": 0.1}


def _replaced(visit: Visit) -> Any:
    agent = visit.needed(visit.create_agent(visit.flat(description="Old.")), "an agent cannot be created")
    whole = visit.flat()
    answer = visit.ask("PUT", f"/agent/{agent['id']}/", {"system_config": whole})
    return visit.needed(answer, "an agent cannot be replaced").get("system_config") == whole


def _imported_part(visit: Visit) -> Any:
    agent = visit.needed(visit.create_agent(visit.flat(description="Old.")), "an agent cannot be created")
    text = f"name: {visit.new_name()}\narchitecture: llm_agent"
    answer = visit.ask("POST", f"/agent/{agent['id']}/import_yaml/", {"yaml_content": text})
    return visit.needed(answer, "YAML cannot be imported").get("system_config", {}).get("description") == "Old."


def _exported_media(visit: Visit) -> Any:
    answer = visit.ask("GET", f"/agent/{visit.agent['id']}/export_yaml/")
    if answer.status not in OK:
        raise NotSeen(f"an agent cannot be exported: {answer.status}")
    return answer.headers.get("Content-Type", "").partition(";")[0]


def _own_version_id(visit: Visit) -> Any:
    answer = visit.ask("GET", f"/agent/{visit.agent['id']}/versions/current/")
    return visit.needed(answer, "there is no current version").get("id") != visit.agent["id"]


def _unknown_version(visit: Visit) -> Any:
    path = f"/sessions/from-agent/?agent_key={visit.agent['agent_key']}&version=99.0.0"
    return visit.noting_session(visit.ask("GET", path)).status


def _default_agent(visit: Visit) -> Any:
    answer = visit.noting_session(visit.ask("GET", "/sessions/default-agent/"))
    made = visit.needed(answer, "there is no default agent")["session_id"]
    session = visit.needed(visit.ask("GET", f"/sessions/{made}/"), "the session cannot be seen")
    return session.get("agent_config", {}).get("name")


def _feedback(visit: Visit) -> Any:
    made = visit.executed["session_id_of_ours"]
    history = visit.needed(visit.ask("GET", f"/runtime/{made}/messages/"), "there is no history")
    answer = visit.ask("POST", "/sessions/feedback/", {"message": history["messages"][-1]["id"], "rating": 1})
    return answer.status, sorted(answer.json) if isinstance(answer.json, dict) else None


def _other_user(visit: Visit) -> Any:
    token, other = (f"e30.{b64encode(json.dumps({'sub': visit.new_name()}).encode()).decode()}.e30" for _ in range(2))
    made = visit.create_session(headers={_USER: token})
    session = visit.needed(made, "no session can be created for an end user")["session_id"]
    return visit.ask("GET", f"/sessions/{session}/", headers={_USER: other}).status


def _without_content(visit: Visit) -> Any:
    made = visit.needed(visit.create_session(), "a session cannot be created")["session_id"]
    visit.needed(visit.ask("POST", _EXECUTE.format(made), {"inputs": {}}), "inputs alone are not accepted")
    history = visit.needed(visit.ask("GET", f"/runtime/{made}/messages/"), "there is no history")
    return [message.get("role") for message in history.get("messages", ())]


def _message_for_content(visit: Visit) -> Any:
    return visit.ask("POST", _EXECUTE.format(visit.session_id), {"message": "Hello"}).status


def _execute_of_a_session(visit: Visit) -> Any:
    return visit.ask("POST", f"/sessions/{visit.session_id}/execute", {"content": "Hello"}).status


def _cancel_of_none(visit: Visit) -> Any:
    answer = visit.ask("POST", "/runtime/session_000000000000/cancel/")
    return answer.status, answer.error_type or "another shape"


def _echo(visit: Visit) -> Any:
    configuration = visit.flat()
    agent = visit.needed(visit.create_agent(configuration), "an agent cannot be created")
    return agent.get("system_config") == configuration


def _hash(visit: Visit) -> Any:
    configuration = visit.flat()
    made = visit.needed(visit.create_session(configuration), "a session cannot be created")
    return digest(configuration)[:12] in str(made.get("config_hash"))


def _kept_sessions(visit: Visit) -> Any:
    agent = visit.needed(visit.create_agent(), "an agent cannot be created")
    started = visit.noting_session(visit.ask("POST", f"/sessions/from-agent/{agent['id']}/"))
    session = visit.needed(started, "a session cannot be started")["session_id"]
    if visit.ask("DELETE", f"/agent/{agent['id']}/").status not in OK:
        raise NotSeen("an agent cannot be deleted")
    visit.forget(f"/agent/{agent['id']}/")
    return visit.ask("GET", f"/sessions/{session}/").status in OK


def _started_fields(visit: Visit) -> Any:
    answer = visit.noting_session(visit.ask("POST", f"/sessions/from-agent/{visit.agent['id']}/"))
    return sorted(visit.needed(answer, "a session cannot be started"))


def _always_new(visit: Visit) -> Any:
    path = f"/sessions/from-agent/?agent_key={visit.agent['agent_key']}"
    answers = [visit.noting_session(visit.ask("GET", path)) for _ in range(2)]
    first, second = (visit.needed(answer, "a session cannot be started") for answer in answers)
    return first["session_id"] != second["session_id"]


def _variable_field(visit: Visit) -> Any:
    variables = {"topic": {"type": "str", "description": "What about.", "require_every_execution": True}}
    made = visit.needed(visit.create_session(visit.flat(variables=variables)), "a session cannot be created")
    answer = visit.ask("POST", _EXECUTE.format(made["session_id"]), {"content": "Hello"})
    return answer.status, answer.json.get("error_code") if isinstance(answer.json, dict) else None


def _block(visit: Visit) -> Any:
    body = {"content": [{"type": "audio", "audio": "x"}]}
    return visit.ask("POST", _EXECUTE.format(visit.session_id), body).status


def _fresh_status(visit: Visit) -> Any:
    made = visit.needed(visit.create_session(), "a session cannot be created")["session_id"]
    status = visit.needed(visit.ask("GET", f"/runtime/{made}/status/"), "there is no status")
    return [status.get("status"), status.get("health"), status.get("message_count")]


def _unsaved(visit: Visit) -> Any:
    system = {
        "name": visit.new_name(),
        "description": "One agent.",
        "save_messages": False,
        "agents": [{"name": "one", "agent_type": "llm_agent", "system_prompt": "Answer with one word."}],
        "entry_point": "one",
    }
    made = visit.needed(visit.create_session(system), "a session cannot be created")["session_id"]
    visit.needed(visit.ask("POST", _EXECUTE.format(made), {"content": "Hello"}), "a message cannot be sent")
    return visit.needed(visit.ask("GET", f"/runtime/{made}/messages/"), "there is no history").get("total")


def _contract(visit: Visit) -> Any:
    executed = visit.executed
    if executed.get("object") == "agent.session":
        return "current"
    if executed.get("type") == "execution_result":
        return "connecting"
    return "reference" if "success" in executed else "none of the three"


def _hash_form(visit: Visit) -> Any:
    made = visit.needed(visit.create_session(), "a session cannot be created")
    given = str(made.get("config_hash"))
    return next((name for name, form in _HASHES.items() if re.fullmatch(form, given)), "another form")


def _times(visit: Visit) -> Any:
    executed = visit.executed
    if not isinstance(executed.get("completed_at"), int):
        raise NotSeen("this contract shows no times of executions")
    return executed["completed_at"] - executed["created_at"] == executed.get("execution_time")


def _event_count(visit: Visit) -> Any:
    metadata = visit.executed.get("metadata")
    if not isinstance(metadata, dict) or "event_count" not in metadata:
        raise NotSeen("this contract shows no event_count")
    return metadata["event_count"]


def _same_ids(visit: Visit) -> Any:
    executed = visit.executed
    history = visit.needed(visit.ask("GET", f"/runtime/{executed['session_id_of_ours']}/messages/"), "no history")
    messages = executed.get("messages") or [{"id": executed.get("message_id")}]
    return messages[0]["id"] in [message.get("id") for message in history.get("messages", ())]


WRITING: tuple[Probe, ...] = tuple(
    ruled(rule, look, "writing")
    for rule, look in {
        "D01.create": _create_status,
        "D05.key": _key_or_body,
        "D05.body": _body_or_session,
        "D09.method": _method,
        "D09.media": _media,
        "D11": _too_large,
    }.items()
) + tuple(
    Probe(name, question, decided, "writing", look)
    for name, question, decided, look in (
        ("contract", "Contract of the answer to execute", "current", _contract),
        ("contract.hash", "Form of config_hash", "current", _hash_form),
        ("D03", "Status and fields for a body without content", (400, ["content"]), _malformed_errors),
        ("D04.errors", "An invalid configuration is answered with details.errors", True, _invalid_errors),
        ("D07", "Status for another account's session", 404, _foreign),
        ("D14", "Status for a second agent of the same key", 400, _duplicate),
        ("D14.slug", "agent_key follows from the name by our rule", True, _slug),
        ("D14.renamed", "A new name leaves agent_key as it is", True, _renamed),
        ("D15", "config_hash has SHA-256 over canonical JSON", True, _hash),
        ("D15.version", "version_number after one change", "1.0.1", _version),
        ("D16", "system_config is echoed as it was sent", True, _echo),
        ("D16.null", "null in an update removes a key", True, _null_removes),
        ("D16.deep", "Updates merge deeply", True, _merges_deeply),
        ("D16.put", "PUT replaces the whole configuration", True, _replaced),
        ("D18", "Sessions outlive their agent", True, _kept_sessions),
        (
            "D21", "Fields of a started session",
            ["agent_id", "agent_name", "config_hash", "session_id", "success"], _started_fields,
        ),
        ("D22", "Each from-agent call makes a new session", True, _always_new),
        ("D25", "Messages in the history with save_messages: false", 0, _unsaved),
        ("D30", "completed_at less created_at is execution_time", True, _times),
        ("D34", "Status and code for a missing variable", (400, "MISSING_REQUIRED_VARIABLE"), _variable_field),
        ("D35", "Status for an unknown block type", 400, _block),
        ("D39.ids", "The history has the ids that execute answered", True, _same_ids),
        ("D40", "Status, health and message count of a new session", ["active", "healthy", 0], _fresh_status),
        ("D43", "event_count of one answer", 3, _event_count),
        ("D45", "agent_key of a name without Latin letters follows our rule", True, _slug_without_latin),
        ("D52", "Roles in the history after an execution without content", ["assistant"], _without_content),
        ("D53", "Status for message in the place of content", 200, _message_for_content),
        ("D54", "Status for execute below /sessions/", 200, _execute_of_a_session),
        ("D58", "Status and error type for cancel of an unknown session", (404, "not_found"), _cancel_of_none),
        ("D60", "A version has an id of its own", True, _own_version_id),
        ("D60.unknown", "Status for an unknown version", 404, _unknown_version),
        ("D61", "A part that is imported is merged", True, _imported_part),
        ("D61.export", "Content type of an export", "application/yaml", _exported_media),
        ("D63", "Name of the default agent", "Basic Dynamic Agent Test", _default_agent),
        (
            "D64", "Status and fields of feedback",
            (200, ["comment", "created_at", "id", "message", "rating", "updated_at"]), _feedback,
        ),
        ("D65", "Status for the session of another end user", 404, _other_user),
        ("D46", "A body without a content type is read as JSON", True, _no_media),
    )
)  # fmt: skip
UNSEEN = {
    "D08": "two executions would have to overlap, which cannot be arranged from outside",
    "D10": "a model cannot be made to fail on purpose",
    "D31": "a model cannot be made to call a tool on purpose",
    "D42": "no page says how keys get permissions",
    "D44": "the emulator estimates tokens, services count them",
    "D47": "namespaces are the emulator's own",
    "D48": "a rate limit would have to be exceeded on purpose",
    "D49": "faults are the emulator's own",
    "D50": "a client would have to leave while an execution waits",
    "D123": "a client would have to leave while an execution waits",
    "D51": "agents are shared in the studio, not by the API",
    "D55": "which models take text alone is not told by the API",
    "D56": "a tool would have to wait for the approval of a person",
    "D57": "an execution cannot be made to last on purpose",
    "D66": "agents are made public in the studio, not by the API",
    "D67": "nothing is uploaded",
    "D68": "nothing is uploaded",
    "D69": "no execution is known to have such events",
    "D110": "a knowledge base would have to be filled",
    "D111": "what a service looks up is not told by the API",
    "D112": "the socket is not looked at",
    "D72": "nothing is uploaded that could be collected",
    "D73": "a knowledge base would have to be filled",
    "D118": "nothing is uploaded that could be collected",
    "D119": "a knowledge base would have to be filled",
    "D120": "a knowledge base would have to be filled",
    "D75": "a model cannot be made to think or to call a tool on purpose",
    "D113": "nothing is uploaded",
    "D117": "nothing is uploaded that could be downloaded",
    **{f"D{number}": "the socket is not looked at" for number in (*range(81, 99), 108, 114, 125)},
    **{f"D{number}": "it is the emulator's own" for number in (107, 109, 115, 116, 121, 126)},
}
