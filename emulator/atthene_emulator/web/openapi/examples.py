"""Examples of bodies, as a document has them: what pages show, and what the emulator says of an error. This module is those examples."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from atthene_emulator.contracts import ContractName
from atthene_emulator.errors import (
    ApiError,
    DuplicateFile,
    InvalidRequest,
    MissingVariable,
    NotAConfiguration,
    NotAMessage,
    Problem,
    RangeNotSatisfiable,
    UncoercibleVariable,
)
from atthene_emulator.resources import bundled
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.operation import Operation

Json = dict[str, Any]

_ERRORS: dict[type[ApiError], ApiError] = {  # of those that say what was wrong with a request
    DuplicateFile: DuplicateFile("file_123"),
    InvalidRequest: InvalidRequest(None, [Problem("limit", "limit must be at least 1, not 0.")]),
    MissingVariable: MissingVariable("user_id"),
    NotAConfiguration: NotAConfiguration(None, [Problem("llm_config.model", "Invalid model specified")]),
    NotAMessage: NotAMessage(None, [Problem("content", "content is required.")]),
    RangeNotSatisfiable: RangeNotSatisfiable(1024),
    UncoercibleVariable: UncoercibleVariable("max_retries", "int", "str"),
}


def requests_of(row: Operation, contract: ContractName) -> Json:
    """Bodies that an operation takes: one that does something with the default seed, and those of pages."""
    ours = {"default": {"summary": "Works with the default seed.", "value": row.example}}
    return ours | dict(_named(_shown(row.name, "requests", contract)))


def answers_of(row: Operation, contract: ContractName) -> Json:
    """Bodies of an operation's success: those of its pages, else one that its group's pages show, else one of our own."""
    schema = row.response_schema(contract)
    if schema is None:
        return {}
    own = list(_shown(row.name, "answers", contract))
    fitting = own or [one for one in _shown(row.group, "answers", contract) if not schema.check(one["value"])][:1]
    ours = [{"value": value} for value in schema.source.get("examples", ())]
    return dict(_named(fitting or ours))


def error_of(kind: type[ApiError], status: int) -> Json:
    """What is answered to a mistake, where nothing else is wrong; a status that was ruled may change its type."""
    error = _ERRORS.get(kind) or kind()
    return {
        "summary": (kind.__doc__ or "").splitlines()[0],
        "value": json.loads(bytes(error_response(error, status).body)),
    }


@cache
def _found() -> dict[str, dict[str, list[Json]]]:
    loaded: dict[str, dict[str, list[Json]]] = json.loads(bundled("schemas/examples.json").read_bytes())
    return loaded


def _shown(name: str, kind: str, contract: ContractName) -> Iterator[Json]:
    """What pages of a contract show of an operation, or of a group."""
    for operation, kinds in _found().items():
        if name in (operation, operation.partition(".")[0]):
            yield from (one for one in kinds.get(kind, ()) if contract in one["contracts"])


def _named(several: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    """Examples by names of their own."""
    for number, one in enumerate(several, 1):
        if "source" in one:
            about = {"summary": f"As {one['source']} shows it.", "x-evidence": f"documented: {one['source']}"}
        else:
            about = {"summary": "What the emulator answers."}
        yield f"example{number}", {**about, "value": one["value"]}
