"""The whole imitated API as one table. This module is `OPERATIONS`.

The router, the journal, the contract tests and the generated documentation read these rows.
"""

from typing import Literal, get_args

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import (
    AlreadyExists,
    BodyTooLarge,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    NothingRuns,
    NotPermitted,
    RateLimited,
    UnsupportedMediaType,
    VariableError,
    WaitingForApproval,
)
from atthene_emulator.evidence.levels import decided, documented, inferred
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.web.api import agents, runtime, sessions
from atthene_emulator.web.operation import CONFIGURATION, Errors, Operation
from atthene_emulator.web.query import Parameter

_OURS = Rulings()
Group = Literal["agents", "sessions", "runtime"]
GROUPS: tuple[Group, ...] = get_args(Group)

_KEY: Errors = (NotAuthenticated, NotPermitted)
_BODY: Errors = (InvalidRequest, BodyTooLarge, UnsupportedMediaType)

_OK = inferred("D01: success without a documented status")
_CREATED = decided("D01")
_NO_CONTENT = decided("D01")
_PAGES = documented("runtime/messages@G1")
_LIMIT = Parameter("limit", "integer", "How many at most.", _PAGES, default=50, least=1, most=1000, example=10)
_OFFSET = Parameter("offset", "integer", "How many to pass over.", _PAGES, default=0, example=0)
_ANY_LIMIT = _LIMIT._replace(description="How many at most; all without it.", evidence=decided("D20"), default=None)
_ANY_OFFSET = _OFFSET._replace(evidence=decided("D20"))
_KEY_FILTER = Parameter(
    "agent_key", "string", "Only sessions of this agent.", decided("D20"), example="customer_support_agent"
)
_KEY_NEEDED = _KEY_FILTER._replace(
    description="The agent's key.",
    evidence=documented("documentation/getting-started/connecting-your-agent"),
    required=True,
)
_FLAT = {
    "name": "Sales Agent",
    "agent_type": "llm_agent",
    "system_prompt": "You sell garden furniture. Be brief.",
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}
_GIVES_SESSION = ("session_id", "$response.body#/session_id")
_GIVES_AGENT = ("agent_id", "$response.body#/id")

PATH_PARAMETERS = {  # description and example
    "agent_id": ("Id of an agent; its agent_key works, too (D19).", "550e8400-e29b-41d4-a716-446655440000"),
    "session_id": ("Id of a session.", "session_abc123"),
}

_EXECUTE = Operation(
    "runtime.execute", "POST", "/runtime/{session_id}/execute/", "Send a message and get the answer",
    runtime.execute, 200, _OK, documented("runtime/execute@G4, documentation/integration/rest-api-tutorial@G4"),
    "responses/execution.{contract}", body=Schema("requests/execute"),
    errors=(*_KEY, *_BODY, VariableError, NotFound, WaitingForApproval, RateLimited),
    waits=True,
    example={"content": "I forgot my password", "correlation_id": "corr_123"},
    gives=("session_id", "$request.path.session_id"),
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "agents.list", "GET", "/agent/", "List the account's agents, oldest first",
        agents.list_agents, 200, _OK, documented("agents/list"), "responses/agent-list",
        errors=_KEY,
    ),
    Operation(
        "agents.create", "POST", "/agent/", "Create an agent from a configuration",
        agents.create_agent, 201, _CREATED, documented("agents/create"), "responses/agent",
        body=Schema("requests/agent-create"), errors=(*_KEY, *_BODY, AlreadyExists),
        example={"system_config": _FLAT}, gives=_GIVES_AGENT,
    ),
    Operation(
        "agents.validate", "POST", "/agent/validate/", "Check a configuration without keeping it",
        agents.validate, 200, _OK, documented("agents/validate"), "responses/validation",
        body=CONFIGURATION, errors=(*_KEY, *_BODY),
        example=_FLAT,
    ),
    Operation(
        "agents.get", "GET", "/agent/{agent_id}/", "Get an agent by id or key",
        agents.get_agent, 200, _OK, documented("agents/get"), "responses/agent",
        errors=(*_KEY, NotFound),
        gives=_GIVES_AGENT,
    ),
    Operation(
        "agents.update", "PATCH", "/agent/{agent_id}/", "Merge a part into an agent's configuration",
        agents.update_agent, 200, _OK, inferred("agents/update shows a partial document"), "responses/agent",
        body=Schema("requests/agent-update"), errors=(*_KEY, *_BODY, NotFound),
        example={"system_config": {"description": "Sells chairs, too.", "llm_config": {"temperature": 0.2}}},
    ),
    Operation(
        "agents.delete", "DELETE", "/agent/{agent_id}/", "Delete an agent; its sessions stay",
        agents.delete_agent, 204, _NO_CONTENT, decided("D18"), None,
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "sessions.list", "GET", "/sessions/", "List the account's sessions, newest first",
        sessions.list_sessions, 200, _OK, decided("D20"), "responses/session-list",
        query=(_ANY_LIMIT, _ANY_OFFSET, _KEY_FILTER), errors=(*_KEY, InvalidRequest),
    ),
    Operation(
        "sessions.create", "POST", "/sessions/", "Create a session from a configuration",
        sessions.create_session, 201, _CREATED, documented("sessions/create"), "responses/session-created",
        body=CONFIGURATION, errors=(*_KEY, *_BODY),
        example=_FLAT, gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.start_by_key", "GET", "/sessions/from-agent/", "Create a session from an agent, by its key",
        sessions.start_session_by_key, 200, _OK, decided("D21"), "responses/session-started",
        query=(_KEY_NEEDED,), errors=(*_KEY, InvalidRequest, NotFound), safe=False,
        gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.delete_of_agent", "DELETE", "/sessions/from-agent/", "Delete the account's sessions of an agent",
        sessions.delete_sessions_of_agent, 200, _OK, documented("sessions/delete-from-agent"), "responses/deleted",
        query=(_KEY_NEEDED,), errors=(*_KEY, InvalidRequest, NotFound),
    ),
    Operation(
        "sessions.start", "POST", "/sessions/from-agent/{agent_id}/", "Create a session from an agent",
        sessions.start_session, 201, _CREATED, decided("D21"), "responses/session-started",
        errors=(*_KEY, NotFound),
        gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.get", "GET", "/sessions/{session_id}/", "Get a session with its configuration",
        sessions.get_session, 200, _OK, documented("sessions/get"), "responses/session",
        errors=(*_KEY, NotFound),
        gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.delete", "DELETE", "/sessions/{session_id}/", "Delete a session",
        sessions.delete_session, 204, _NO_CONTENT, decided("D23"), None,
        errors=(*_KEY, NotFound),
    ),
    _EXECUTE,
    _EXECUTE._replace(path="/sessions/{session_id}/execute/", evidence=decided("D54"), gives=None),
    Operation(
        "runtime.messages", "GET", "/runtime/{session_id}/messages/", "Read the history, oldest first",
        runtime.list_messages, 200, _OK, documented("runtime/messages@G1"), "responses/messages",
        query=(_LIMIT, _OFFSET), errors=(*_KEY, InvalidRequest, NotFound),
    ),
    Operation(
        "runtime.status", "GET", "/runtime/{session_id}/status/", "Get the status of a session",
        runtime.get_status, 200, _OK, documented("runtime/status@G1"), "responses/session-status",
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "runtime.cancel", "POST", "/runtime/{session_id}/cancel/", "End what runs in a session",
        runtime.cancel, 200, documented("runtime/cancel@G4"), documented("runtime/cancel@G4"), "responses/cancelled",
        errors=(*_KEY, NotFound, NothingRuns),
    ),
)  # fmt: skip


def served(rulings: Rulings = _OURS) -> tuple[Operation, ...]:
    """The operations that there are under these rulings."""
    return tuple(row for row in OPERATIONS if row.name != "sessions.delete" or rulings["D23"])
