"""What pages show of requests and answers, for OpenAPI documents. This module is `schemas/examples.json`, which nobody edits.

It is made of `tests/contract/api-examples.json`, where every example of the pages stands as it was found there.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import OPERATIONS

Json = dict[str, Any]

_FOUND = Path(__file__).parent.parent / "tests" / "contract" / "api-examples.json"


def examples() -> tuple[str, str]:
    """The path of the file below `schemas/`, and its text: `{operation: {requests: […], answers: […]}}`."""
    found: list[Json] = json.loads(_FOUND.read_text(encoding="utf-8"))
    whole = [one for one in found if one["contract"] and not one.keys() & {"elided", "partial"}]
    shown = {}
    for row in {one.name: one for one in OPERATIONS}.values():
        own = [one for one in whole if one["operation"] == row.name]
        kinds = {
            "requests": _one_for_each_shape(_requests(row, own)),
            "answers": _one_for_each_shape(_answers(row, own)),
        }
        shown[row.name] = {kind: several for kind, several in kinds.items() if several}
    lines = (f"{json.dumps(name)}: {json.dumps(kinds, ensure_ascii=False)}" for name, kinds in shown.items() if kinds)
    return "examples.json", "{\n" + ",\n".join(lines) + "\n}\n"


def _requests(row: Operation, own: list[Json]) -> Iterator[Json]:
    """Bodies that are documents, and are still accepted."""
    for one in own:
        body = (one["request"] or {}).get("body")
        if row.body is not None and body is not None and _fits(row.body, body):
            yield _example(one, one["contract"], body)


def _answers(row: Operation, own: list[Json]) -> Iterator[Json]:
    """Bodies of successes, in the contracts that answer so."""
    for one in own:
        body = one.get("response", {}).get("body")
        schemas = {name: row.response_schema(name) for name in CONTRACTS if name in one["contract"]}
        fitting = [name for name, schema in schemas.items() if schema is not None and _fits(schema, body)]
        if fitting:
            yield _example(one, fitting, body)


def _fits(schema: Schema, body: Any) -> bool:
    """Whether a body is one by a schema."""
    return not schema.check(body)


def _example(one: Json, contracts: Sequence[str], value: Any) -> Json:
    page = one["page"].removeprefix("api-reference/")
    page = page.rpartition("/")[2] if page.startswith("documentation/") else page
    return {"source": f"{page}@{one['generations'][-1]}", "contracts": contracts, "value": value}


def _one_for_each_shape(several: Iterator[Json]) -> list[Json]:
    """The first example of each shape in each contract; pages repeat the others."""
    seen, kept = set(), []
    for one in several:
        shape = json.dumps([one["contracts"], _shape(one["value"])])
        if shape not in seen:
            seen.add(shape)
            kept.append(one)
    return kept


def _shape(value: Any, *, is_whole: bool = True) -> Any:
    """The keys of a value, and the kinds of what is in it, which is looked into where its type is told."""
    if isinstance(value, Mapping):
        told = is_whole or "type" in value
        return [(key, _shape(value[key], is_whole=False)) for key in sorted(value)] if told else "object"
    if isinstance(value, list):
        return [_shape(one, is_whole=is_whole) for one in value]
    return type(value).__name__
