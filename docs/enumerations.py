"""Schemas that list what tables in the code have: this module is the files of `schemas/definitions/` that nobody edits."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from atthene_emulator.configuration.approvals import Kind
from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.domain.artifact_kinds import IndexStatus, ProcessingStatus
from atthene_emulator.domain.clock import Mode
from atthene_emulator.domain.fault import FaultKind
from atthene_emulator.domain.file_types import FILE_STATUSES, FILE_TYPES
from atthene_emulator.domain.journal import Outcome
from atthene_emulator.domain.namespace import SCOPES
from atthene_emulator.domain.scripts import Layer
from atthene_emulator.domain.session import Status as SessionStatus
from atthene_emulator.domain.standing import STATUSES
from atthene_emulator.errors import EmulatorRefusal, FlatError, kinds
from atthene_emulator.web.operations import GROUPS, OPERATIONS
from atthene_emulator.web.socket import frames
from atthene_emulator.web.socket.codes import ERRORS

_IDS = "https://atthene-emulator.example/schemas"
_WRITTEN_BY = "Written by `make docs`."
Json = dict[str, Any]


def enumerations() -> Iterator[tuple[str, str]]:
    """The path of each file below `schemas/`, and its text."""
    names = list(dict.fromkeys([*(row.name for row in OPERATIONS), *frames.NAMES]))
    shown = [*names, frames.RESULT]
    groups = [f"{group}.*" for group in (*GROUPS, frames.GROUP)]
    yield _file(
        "operation",
        _one_of("Operation", "Name of an operation of the imitated API, or of a frame of its socket.", shown),
        group=_one_of("Group", "A group of operations.", GROUPS),
        filter=_one_of("Filter", "Name of an operation, or a group such as runtime.*.", [*shown, *groups]),
        target=_one_of(
            "Target", "Name of an operation, a group such as runtime.*, or * for all.", ["*", *groups, *names]
        ),
    )
    contract = _one_of("Contract", "A generation of the service.", tuple(CONTRACTS))
    yield _file("contract", contract, orNone={**contract, "type": ["string", "null"], "enum": [*CONTRACTS, None]})
    yield _file("clock-mode", _one_of("Mode", "running or frozen.", get_args(Mode)))
    types = dict.fromkeys([*(kind.type for kind in kinds() if not issubclass(kind, FlatError)), EmulatorRefusal.type])
    yield _file("error-type", _one_of("Error type", "Kind of an error in the envelope.", list(types)))
    yield _file("fault-kind", _one_of("Kind", "What a fault does.", get_args(FaultKind)))
    yield _file("file-status", _one_of("File status", "What has become of a file.", FILE_STATUSES))
    yield _file("file-type", _one_of("File type", "What a file is, by its extension.", FILE_TYPES))
    yield _file("index-status", _one_of("Index status", "How far an artifact can be searched.", get_args(IndexStatus)))
    yield _file(
        "processing-status", _one_of("Processing status", "How far an artifact is read.", get_args(ProcessingStatus))
    )
    yield _file("session-status", _one_of("Session status", "Whether a session works.", get_args(SessionStatus)))
    yield _file("standing", _one_of("Standing", "How far a collection or a knowledge base is.", STATUSES))
    yield _file("hitl-kind", _one_of("Kind", "What a pause asks a person for.", get_args(Kind)))
    yield _file("outcome", _one_of("Outcome", "How a request went.", get_args(Outcome)))
    yield _file("reset-scope", _one_of("Scope", "A part of a namespace that can be reset.", SCOPES))
    yield _file("socket-error", _one_of("Error code", "What was wrong with a frame.", [one.code for one in ERRORS]))
    yield _file("script-layer", _one_of("Layer", "Where a script comes from.", get_args(Layer)))


def _one_of(title: str, description: str, words: Sequence[str]) -> Json:
    return {"title": title, "description": description, "type": "string", "enum": list(words)}


def _file(name: str, schema: Json, **definitions: Json) -> tuple[str, str]:
    path = f"definitions/{name}.schema.json"
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{_IDS}/{path}",
        "$comment": _WRITTEN_BY,
        **schema,
        **({"$defs": definitions} if definitions else {}),
    }
    return path, json.dumps(document, indent=2) + "\n"
