"""Operations of sessions. This module is their rows."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import InvalidRequest, NotFound, SessionNotCreated
from atthene_emulator.evidence.levels import decided, documented
from atthene_emulator.web.operation import CONFIGURATION, Operation
from atthene_emulator.web.operations.vocabulary import (
    ANY_LIMIT,
    ANY_OFFSET,
    CONFIGURED,
    CREATED,
    FLAT,
    KEY,
    KEY_FILTER,
    NO_CONTENT,
    OK,
    TEXT,
)
from atthene_emulator.web.query import Parameter

_GET_CREATES = decided("D22")
_KEY_NEEDED = KEY_FILTER._replace(
    description="The agent's key; connection_key is its older name.",
    older="connection_key",
    evidence=documented("sessions/from-agent@G4, sessions/delete-from-agent@G3"),
    required=True,
)  # fmt: skip
_VERSION = Parameter(
    "version", "string", "Number of a version; the current one without it.", documented("sessions/from-agent@G4"),
    example="1.0.0",
)  # fmt: skip
_GIVES = ("session_id", "$response.body#/session_id")

SESSIONS: tuple[Operation, ...] = (
    Operation(
        "sessions.list", "GET", "/sessions/", "List the account's sessions, newest first",
        "api.sessions:list_sessions", 200, OK, documented("sessions/list@G1"), "responses/session-list",
        operation_id="listSessions", query=(ANY_LIMIT, ANY_OFFSET, KEY_FILTER), errors=(*KEY, InvalidRequest),
    ),
    Operation(
        "sessions.create", "POST", "/sessions/", "Create a session from a configuration",
        "api.sessions:create_session", 201, CREATED, documented("sessions/create@G1"), "responses/session-created.{contract}",
        operation_id="createSession", waits=True, body=CONFIGURATION, errors=(*KEY, *CONFIGURED, SessionNotCreated),
        example=FLAT, gives=_GIVES,
    ),
    Operation(
        "sessions.delete_all", "DELETE", "/sessions/delete-all/", "Delete all sessions, or those of an end user",
        "api.sessions:delete_all_sessions", 204, NO_CONTENT, documented("sessions/delete-all@G3"), None,
        operation_id="deleteAllSessions", errors=KEY,
    ),
    Operation(
        "sessions.feedback", "POST", "/sessions/feedback/", "Give feedback on a message",
        "api.sessions:give_feedback", 200, decided("D64"), documented("sessions/feedback@G3"), "responses/feedback",
        operation_id="giveFeedback",
        body=Schema("requests/feedback-given"), errors=(*KEY, InvalidRequest, *TEXT, NotFound),
        example={"message": "msg_4e15290bf496", "rating": 1, "comment": "Great answer!"},
    ),
    Operation(
        "sessions.start_default", "GET", "/sessions/default-agent/", "Create a session from the server's default agent",
        "api.sessions:start_default_session", 200, _GET_CREATES, documented("sessions/default-agent@G3"),
        "responses/session-created.{contract}",
        operation_id="createDefaultSession", errors=(*KEY, SessionNotCreated), safe=False,
        gives=_GIVES,
    ),
    Operation(
        "sessions.start_by_key", "GET", "/sessions/from-agent/", "Create a session from an agent, by its key",
        "api.sessions:start_session_by_key", 200, _GET_CREATES, documented("sessions/from-agent@G4"),
        "responses/session-started.{contract}",
        operation_id="createSessionFromAgentKey",
        query=(_KEY_NEEDED, _VERSION), errors=(*KEY, InvalidRequest, NotFound, SessionNotCreated), safe=False, public=True,
        gives=_GIVES,
    ),
    Operation(
        "sessions.delete_of_agent", "DELETE", "/sessions/from-agent/", "Delete the account's sessions of an agent",
        "api.sessions:delete_sessions_of_agent", 200, OK, documented("sessions/delete-from-agent@G3"), "responses/deleted",
        operation_id="deleteSessionsOfAgent", query=(_KEY_NEEDED,), errors=(*KEY, InvalidRequest, NotFound),
    ),
    Operation(
        "sessions.start", "POST", "/sessions/from-agent/{agent_id}/", "Create a session from an agent",
        "api.sessions:start_session", 201, CREATED, documented("sessions/from-agent@G1"),
        "responses/session-started.{contract}",
        operation_id="createSessionFromAgent", errors=(*KEY, NotFound, SessionNotCreated),
        gives=_GIVES,
    ),
    Operation(
        "sessions.get", "GET", "/sessions/{session_id}/", "Get a session with its configuration",
        "api.sessions:get_session", 200, OK, documented("sessions/get@G1"), "responses/session",
        operation_id="getSession", errors=(*KEY, NotFound),
        gives=_GIVES,
    ),
    Operation(
        "sessions.delete", "DELETE", "/sessions/{session_id}/", "Delete a session",
        "api.sessions:delete_session", 204, NO_CONTENT, documented("rest-api-tutorial@G1t"), None,
        operation_id="deleteSession", errors=(*KEY, NotFound),
    ),
)  # fmt: skip
