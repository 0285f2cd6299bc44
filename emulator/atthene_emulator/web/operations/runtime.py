"""Operations of what happens in sessions. This module is their rows."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import (
    InvalidRequest,
    MissingVariable,
    NotAMessage,
    NotExecuted,
    NotFound,
    NothingRuns,
    RateLimited,
    UncoercibleVariable,
    WaitingForApproval,
)
from atthene_emulator.evidence.levels import decided, documented
from atthene_emulator.web.operation import Errors, Operation
from atthene_emulator.web.operations.vocabulary import KEY, LIMIT, OFFSET, OK, TEXT

_MESSAGE: Errors = (NotAMessage, *TEXT)
_EXECUTE = Operation(
    "runtime.execute", "POST", "/runtime/{session_id}/execute/", "Send a message and get the answer",
    "api.runtime:execute", 200, OK, documented("runtime/execute@G4, rest-api-tutorial@G4"),
    "responses/execution.{contract}", operation_id="execute", body=Schema("requests/execute"),
    errors=(
        *KEY, *_MESSAGE, MissingVariable, UncoercibleVariable, NotFound, WaitingForApproval, RateLimited, NotExecuted,
    ),
    waits=True,
    example={"content": "I forgot my password", "correlation_id": "corr_123"},
    gives=("session_id", "$request.path.session_id"),
)  # fmt: skip

RUNTIME: tuple[Operation, ...] = (
    _EXECUTE,
    _EXECUTE._replace(
        path="/sessions/{session_id}/execute/", operation_id="executeAtSessions", evidence=decided("D54"), gives=None,
    ),
    Operation(
        "runtime.messages", "GET", "/runtime/{session_id}/messages/", "Read the history, oldest first",
        "api.runtime:list_messages", 200, OK, documented("runtime/messages@G1"), "responses/messages",
        operation_id="listMessages", query=(LIMIT, OFFSET), errors=(*KEY, InvalidRequest, NotFound),
    ),
    Operation(
        "runtime.status", "GET", "/runtime/{session_id}/status/", "Get the status of a session",
        "api.runtime:get_status", 200, OK, documented("runtime/status@G1"), "responses/runtime-status",
        operation_id="getSessionStatus", errors=(*KEY, NotFound),
    ),
    Operation(
        "runtime.cancel", "POST", "/runtime/{session_id}/cancel/", "End what runs in a session",
        "api.runtime:cancel", 200, documented("runtime/cancel@G4"), documented("runtime/cancel@G4"), "responses/cancelled",
        operation_id="cancelExecution", errors=(*KEY, NotFound, NothingRuns),
    ),
)  # fmt: skip
