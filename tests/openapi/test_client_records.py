"""The Python client's records are what the control plane's document promises: the same fields, of types that fit."""

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple, is_typeddict

import pytest

from atthene_emulator import client as package
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.openapi import control_openapi

Json = dict[str, Any]

SCHEMAS: Json = control_openapi(CONTROL)["components"]["schemas"]
JSON_TYPES: dict[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    tuple: "array",
    Sequence: "array",
    dict: "object",
    Mapping: "object",
}
ANYTHING = frozenset(JSON_TYPES.values())


class Promise(NamedTuple):
    """What a record is held against, and what it does otherwise, each with its reason.

    `unknown` are fields of the document that it leaves out, `own` those that it adds, `never_null` those that are null there only.
    """

    component: str
    unknown: Mapping[str, str] = {}
    own: Mapping[str, str] = {}
    never_null: Mapping[str, str] = {}


READ = {  # what answers become
    "clock.ClockState": Promise("Clock"),
    "executions.Move": Promise("Move"),
    "executions.Execution": Promise("Execution"),
    "executions.Pause": Promise("Pause"),
    "faults.Fault": Promise(
        "Fault",
        unknown=dict.fromkeys(set(SCHEMAS["NewFault"]["properties"]) - {"id", "kind", "operation"}, "is in its entry"),
        own={"entry": "the whole"},
    ),
    "gates.GateState": Promise("Gate"),
    "gates.Answered": Promise("AnsweredExecution"),
    "journal.JournalEntry": Promise("JournalEntry"),
    "latency.Latency": Promise(
        "LatencyRange",
        unknown={"from": "is called least, as a range in Python", "to": "is called most"},
        own={"least": "from", "most": "to"},
    ),
    "namespaces.NamespaceInfo": Promise("ListedNamespace"),
    "rate_limit.RateLimit": Promise("RateLimit", never_null={"requests": "None stands for the whole"}),
    "scenarios.Scenario": Promise("Scenario"),
    "scripts.Script": Promise("Script"),
    "service.Health": Promise("Health"),
    "sessions.SessionInfo": Promise("SessionSummary"),
    "sessions.SessionDetails": Promise("Session"),
    "snapshots.Snapshot": Promise("Snapshot"),
}
SENT = {  # what bodies are made of
    "faults.FaultParts": Promise("NewFault"),
    "journal.Filters": Promise("JournalWaitMatch"),
    "scripts.When": Promise("NewScriptWhen"),
    "scripts.Step": Promise("Step", unknown={"reply": "is a parameter of its own"}),
    "transitions.Course": Promise("Transitions"),
}
RENAMED = {  # `from` is no name in Python
    ("executions.Move", "from"): "source",
    ("executions.Move", "to"): "target",
    ("scripts.Script", "from"): "source",
}
OTHERS = {  # what is no part of the control plane's answers and bodies
    "connection": "how it is reached",
    "coverage": "is counted from answers",
    "documents": "of the imitated API",
    "event_loops": "how calls wait",
    "events": "of a stream, whose data has any form",
    "scripts.ScriptParts": "two others, and the names of a script",
    "sessions.SessionFilters": "of a query",
    "transitions.Paces": "a part of another",
    "socket_frames": "of the live socket",
    "transport": "how it is reached",
    "websocket": "how it is reached",
}


def records() -> Iterator[tuple[str, type]]:
    """Every record of the client, by module and name."""
    for module in iter_modules(package.__path__):
        for name, value in vars(import_module(f"{package.__name__}.{module.name}")).items():
            is_record = isinstance(value, type) and (
                is_dataclass(value) or hasattr(value, "_fields") or is_typeddict(value)
            )
            if is_record and value.__module__.endswith(f".{module.name}"):
                yield f"{module.name}.{name}", value


RECORDS = dict(records())


def promised(name: str) -> dict[str, Json]:
    """The fields of a component, by what they are called in Python."""
    shown = SCHEMAS[{**READ, **SENT}[name].component]["properties"]
    return {RENAMED.get((name, key), key): one for key, one in shown.items()}


def documented_types(node: Any) -> frozenset[str]:
    """The JSON types that a part may have."""
    if "$ref" in node:
        return documented_types(SCHEMAS[node["$ref"].rpartition("/")[2]])
    if "type" in node:
        return frozenset([node["type"]] if isinstance(node["type"], str) else node["type"])
    options = node.get("anyOf", node.get("oneOf"))
    return ANYTHING if options is None else frozenset().union(*map(documented_types, options))


def annotated_types(kind: Any) -> frozenset[str]:
    """The JSON types that an annotation admits; a number that may be whole admits both."""
    origin = typing.get_origin(kind)
    if kind is Any:
        return ANYTHING
    if origin is typing.Literal:
        return frozenset(JSON_TYPES[type(value)] for value in typing.get_args(kind))
    if origin in (typing.Union, types.UnionType):
        return frozenset().union(*map(annotated_types, typing.get_args(kind)))
    return frozenset([JSON_TYPES[origin or kind]])


def test_every_record_is_held_against_the_document_or_says_why_not() -> None:
    known = {*READ, *SENT}
    assert known <= RECORDS.keys()
    others = {name for name in RECORDS if name not in known and not {name, name.partition(".")[0]} & OTHERS.keys()}
    assert others == set()


@pytest.mark.parametrize("name", [*READ, *SENT])
def test_a_record_has_the_fields_that_the_document_has(name: str) -> None:
    promise = {**READ, **SENT}[name]
    fields = set(typing.get_type_hints(RECORDS[name]))
    assert set(promised(name)) - promise.unknown.keys() == fields - promise.own.keys()
    assert not promise.unknown.keys() & fields


@pytest.mark.parametrize("name", READ)
def test_a_record_can_hold_what_the_document_says_may_come(name: str) -> None:
    promise, shown = READ[name], promised(name)
    for field, kind in typing.get_type_hints(RECORDS[name]).items():
        if field not in promise.own:
            never = {"null"} if field in promise.never_null else set()
            assert documented_types(shown[field]) - never == annotated_types(kind), field


@pytest.mark.parametrize("name", SENT)
def test_what_the_client_sends_is_accepted_by_the_document(name: str) -> None:
    shown = promised(name)
    for field, kind in typing.get_type_hints(RECORDS[name]).items():
        assert annotated_types(kind) <= documented_types(shown[field]), field
