"""What a request says and nobody reads: unknown fields and parameters, and fields that another one stands for.

It is told and passes, since no page says that the service refuses it; a strict request is refused. Keys of configurations
are findings of their own (F112). This module is where it is found.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from atthene_emulator.configuration.document import brief
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.web.headers import OUR_PARAMETERS
from atthene_emulator.web.operation import CONFIGURATION, Operation
from atthene_emulator.wording import did_you_mean, either

_MOST = 20  # findings of one request
_SHOWN = 60  # characters of a name
_IDLE = {"requests/execute": {"message": "content"}}  # fields that are not read beside another (D53)


@lru_cache(64)
def _known(schema: Schema) -> frozenset[str]:
    return frozenset(schema.source.get("properties", {}))


def unread(operation: Operation, body: Any, parameters: Sequence[tuple[str, str]]) -> tuple[Finding, ...]:
    """What nobody reads of a body that fits its schema, and of a query; in their order, the body first.

    Args:
        operation: that is asked for.
        body: as it was read; None for none, and for a configuration.
        parameters: names and values of the query.
    """
    found = [] if body is None or operation.body is None else _of_body(operation.body, body)
    if parameters:
        found += _of_query(operation, parameters)
    return tuple(found[:_MOST])


def _of_body(schema: Schema, body: Any) -> list[Finding]:
    known, idle = _known(schema), _IDLE.get(schema.name, {})
    if schema is CONFIGURATION or not isinstance(body, dict):
        return []
    if body.keys() <= known and body.keys().isdisjoint(idle):
        return []
    found: list[Finding] = []
    for name in body:
        if len(found) == _MOST:
            break
        if idle.get(name) in body:
            found.append(Finding("R103", (name,), f"{name} is not read beside {idle[name]}.", "warning"))
        elif name not in known:
            near = did_you_mean(name, tuple(known), f"; there are {', '.join(sorted(known))}.")
            message = f"{brief(name, _SHOWN)} is no field of this request{near}"
            found.append(Finding("R101", (name,), message, "warning"))
    return found


def _of_query(operation: Operation, parameters: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    known = tuple(one.name for one in operation.query)
    for name in dict.fromkeys(name for name, _ in parameters):
        if name not in known and name not in OUR_PARAMETERS:
            takes = f"; it takes {either(known)}." if known else "; it takes none."
            near = did_you_mean(name, known, takes)
            yield Finding("R102", (name,), f"{brief(name, _SHOWN)} is no parameter of this request{near}", "warning")
