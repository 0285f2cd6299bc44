"""What a request says and nobody reads: unknown fields and parameters, and fields that another one stands for.

It is told and passes, since no page says that the service refuses it; a strict request is refused. Keys of configurations
are findings of their own (F112). This module is where it is found.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from atthene_emulator.configuration.document import brief
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.web.headers import OUR_PARAMETERS
from atthene_emulator.web.operation import Operation
from atthene_emulator.wording import did_you_mean, either

_MOST = 20  # findings of one request
_SHOWN = 60  # characters of a name


_IDLE = {"requests/execute": {"message": "content"}}  # fields that are not read beside another (D53)


class _Fields(NamedTuple):
    """The fields of a body: all that are known, those that are always read, and beside what others some are not."""

    known: frozenset[str]
    read: frozenset[str]
    idle: Mapping[str, str]


@lru_cache(64)
def _fields(schema: Schema) -> _Fields:
    known, idle = frozenset(schema.source.get("properties", {})), _IDLE.get(schema.name, {})
    return _Fields(known, known - idle.keys(), idle)


def unread(operation: Operation, body: Any, parameters: Sequence[tuple[str, str]]) -> tuple[Finding, ...]:
    """What nobody reads of a body that fits its schema, and of a query; in their order, the body first.

    Args:
        operation: that is asked for.
        body: as it was read; None for none, and for a configuration.
        parameters: names and values of the query.
    """
    found: list[Finding] = []
    if body is not None and operation.body is not None:
        fields = _fields(operation.body)
        if not body.keys() <= fields.read:
            found += islice(_of_body(fields, body), _MOST)
    if parameters:
        found += islice(_of_query(operation, parameters), _MOST)
    return tuple(found[:_MOST])


def _of_body(fields: _Fields, body: Mapping[str, Any]) -> Iterator[Finding]:
    for name in body:
        if fields.idle.get(name) in body:
            yield Finding("R103", (name,), f"{name} is not read beside {fields.idle[name]}.", "warning")
        elif name not in fields.known:
            near = did_you_mean(name, tuple(fields.known), f"; there are {', '.join(sorted(fields.known))}.")
            yield Finding("R101", (name,), f"{brief(name, _SHOWN)} is no field of this request{near}", "warning")


def _of_query(operation: Operation, parameters: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    known = tuple(one.name for one in operation.query)
    for name in dict.fromkeys(name for name, _ in parameters):
        if name not in known and name not in OUR_PARAMETERS:
            takes = f"; it takes {either(known)}." if known else "; it takes none."
            near = did_you_mean(name, known, takes)
            yield Finding("R102", (name,), f"{brief(name, _SHOWN)} is no parameter of this request{near}", "warning")
