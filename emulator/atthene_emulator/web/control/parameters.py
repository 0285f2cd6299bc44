"""What paths and queries of the control plane take. This module is those tables."""

from typing import get_args

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.domain.journal import Outcome
from atthene_emulator.domain.namespace import SCOPES
from atthene_emulator.domain.session import Status
from atthene_emulator.limits import MESSAGES, SESSIONS
from atthene_emulator.web.query import Parameter

IN_PATH: dict[
    str, tuple[str, str, Schema | None]
] = {  # by the path before it: description, example, and what it must look like where more is refused than is unknown
    "/namespaces": ("Name of a namespace.", "checkout", None),
    "/snapshots": ("Name of a snapshot.", "before-lunch", None),
    "/journal": ("Id of an entry, as X-Request-Id has it.", "req_000001", None),
    "/faults": ("Id of a fault.", "busy", None),
    "/scripts": ("Name of a script.", "weather", None),
    "/scenarios": ("Name of a scenario.", "rate-limited", None),
    "/sessions": ("Id of a session.", "session_abc123", None),
    "/configurations": ("Hash of a configuration, its first 12 digits or all of them.", "0123456789ab", None),
    "/gates": ("Name of a gate.", "payment", Schema("definitions/path-part")),
}

APIS = ("service", "control")
_SCOPE = f"({'|'.join(SCOPES)})"

CONTRACT = Parameter(
    "contract", "string", "In place of the namespace's contract.", options=tuple(CONTRACTS), example="current"
)
API = Parameter(
    "api",
    "string",
    "Whose document: the imitated service's, as without it, or the control plane's.",
    options=APIS,
    example="control",
)
SCOPE = Parameter(
    "scope",
    "string",
    f"What goes back, separated by commas: {', '.join(SCOPES)}.",
    pattern=f"^{_SCOPE}(,{_SCOPE})*$",
    example="scripts,faults",
)
COVERAGE_EVERYWHERE = Parameter(
    "namespaces",
    "string",
    "`all` for all together, those that were deleted included.",
    options=("all",),
    example="all",
)
EVERYWHERE = COVERAGE_EVERYWHERE._replace(description="`all` for all namespaces together.")
DELETED_TOO = Parameter(
    "deleted",
    "boolean",
    "true: those that were deleted, and can still be looked at, as well.",
    default=False,
    example=True,
)
FOREVER = Parameter(
    "forever", "boolean", "true: it cannot be looked at any longer, either.", default=False, example=True
)
SECRETS = Parameter(
    "secrets", "boolean", "true to keep the secrets of configurations and messages.", default=False, example=True
)
LAST_EVENT = Parameter(
    "last_event_id", "integer", "The last event that was seen; as the header Last-Event-ID.", example=7
)
TAIL = Parameter("tail", "integer", "Only so many of the newest; 0 for all.", example=5)
TAIL_OF_MESSAGES = TAIL._replace(most=MESSAGES.most)
TURN = Parameter("turn", "integer", "Which execution of the session; 0 for none, the newest without it.", example=1)
FORMAT = Parameter(
    "format",
    "string",
    "json, which it is without it, svg, mermaid or text.",
    options=("json", "svg", "mermaid", "text"),
    example="json",
)
PROMPTS = Parameter(
    "prompts", "boolean", "true: what models would have been sent is shown.", default=False, example=True
)
_OFFSET = Parameter("offset", "integer", "How many to pass over.", default=0, example=0)


def _filter(name: str, example: str, options: tuple[str, ...] = ()) -> Parameter:
    return Parameter(name, "string", f"Only entries with this {name}.", options=options, example=example)


OF_ENTRIES = (
    _filter("operation", "runtime.execute"),
    Parameter("status", "integer", "Only entries with this status.", most=999, example=200),
    _filter("outcome", "ok", get_args(Outcome)),
    _filter("session_id", "session_abc123"),
    _filter("method", "POST"),
    _filter("path", "/api/v1/agent/"),
    Parameter("limit", "integer", "How many at most.", default=1000, example=50),
    _OFFSET,
    TAIL._replace(description="Only so many of the newest."),
    EVERYWHERE,
)
OF_SESSIONS = (
    Parameter("status", "string", "Only sessions with this status.", options=get_args(Status), example="idle"),
    Parameter("agent_key", "string", "Only sessions of the agent with this key.", example="customer_support_agent"),
    Parameter(
        "config_hash",
        "string",
        "Only sessions whose configuration has this hash, or one that begins so.",
        pattern="^[0-9a-f]{0,12}$",
        example="0123456789ab",
    ),
    Parameter("q", "string", "Only sessions whose id has this part, in capitals or not.", example="abc"),
    Parameter("limit", "integer", "How many at most.", default=50, most=SESSIONS.most, example=50),
    _OFFSET,
)
