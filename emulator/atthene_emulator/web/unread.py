"""What a request says and nobody reads: unknown fields and parameters, and fields that another one stands for.

It is told and passes, since no page says that the service refuses it; a strict request is refused. Keys of configurations
are findings of their own (F112). This module is where it is found.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from atthene_emulator.configuration.document import Path, brief
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.limits import UNREAD
from atthene_emulator.web.headers import OUR_PARAMETERS
from atthene_emulator.web.operation import Operation
from atthene_emulator.wording import did_you_mean, either

_SHOWN = 60  # characters of a name


_SOME = 20  # known names that a message has
_IDLE = {  # fields that are not read beside another: D53, D120
    "requests/execute": {"message": "content"},
    "requests/knowledge-base-create": {"collections": "selected_collections"},
}


class _Fields(NamedTuple):
    """The fields of a body: all that are known, those that are always read, and beside what others some are not."""

    known: frozenset[str]
    read: frozenset[str]
    idle: Mapping[str, str]


_NONE = _Fields(frozenset(), frozenset(), {})
_Members = Mapping[str, Any]  # names of members, and what these may have themselves
_SOURCE: _Members = dict.fromkeys(("type", "media_type", "data", "filename", "url", "artifact_id"), NOTHING)
# What a content block may have at all [documented: runtime/execute@G4, connecting-your-agent@G4, artifacts/upload@G4].
_BLOCK: _Members = {
    "type": NOTHING,
    "text": NOTHING,
    "image_url": {"url": NOTHING},
    "file_url": NOTHING,
    "source": _SOURCE,
}


@lru_cache(64)
def _fields(schema: Schema) -> _Fields:
    known, idle = frozenset(schema.source.get("properties", {})), _IDLE.get(schema.name, {})
    return _Fields(known, known - idle.keys(), idle)


def unread(operation: Operation, body: Any, parameters: Sequence[tuple[str, str]]) -> tuple[Finding, ...]:
    """What nobody reads of a body and a query; in their order, the body first.

    Args:
        operation: that is asked for.
        body: as it was read, whether it fits or not; None for none, and for a configuration.
        parameters: names and values of the query.
    """
    found: list[Finding] = []
    if isinstance(body, dict):
        fields = _NONE if operation.body is None else _fields(operation.body)
        if not body.keys() <= fields.read:
            found += islice(_of_body(fields, body), UNREAD.most)
        blocks = body.get("content")
        if isinstance(blocks, list):
            found += islice(_of_blocks(blocks), UNREAD.most)
    if parameters:
        found += islice(_of_query(operation, parameters), UNREAD.most)
    return tuple(found[: UNREAD.most])


def undeclared(names: Iterable[str], variables: Collection[str]) -> tuple[Finding, ...]:
    """Inputs that no variable is named after [documented: variables-in-rest-api@G3]."""
    unknown = islice((name for name in names if name not in variables), UNREAD.most)
    known = tuple(variables)
    return tuple(_unknown(("inputs", name), name, "no variable of this configuration", known) for name in unknown)


def unread_in_frame(body: Schema, frame: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What nobody reads of a frame of a socket, which fits its schema."""
    found = [*islice(_of_body(_fields(body), frame, "frame"), UNREAD.most)]
    blocks, answer = frame.get("content"), frame.get("data")
    if isinstance(blocks, list):
        found += islice(_of_blocks(blocks), UNREAD.most)
    if isinstance(answer, dict):
        known = _answers(body)[answer["kind"]]
        of = f"no field of {answer['kind']}"
        unknown = (_unknown(("data", name), name, of, known) for name in answer if name not in known)
        found += islice(unknown, UNREAD.most)
    return tuple(found[: UNREAD.most])


@lru_cache(4)
def _answers(body: Schema) -> Mapping[str, tuple[str, ...]]:
    """The fields of each kind of answer."""
    forms = body.source["properties"]["data"]["oneOf"]
    return {one["properties"]["kind"]["const"]: tuple(one["properties"]) for one in forms}


def _of_body(fields: _Fields, body: Mapping[str, Any], what: str = "request") -> Iterator[Finding]:
    for name in body:
        if fields.idle.get(name) in body and not _is_filled_beside(body, name, fields.idle[name]):
            yield Finding("R103", (name,), f"{name} is not read beside {fields.idle[name]}.", "warning")
        elif name not in fields.known:
            yield _unknown((name,), name, f"no field of this {what}", sorted(fields.known))


def _is_filled_beside(body: Mapping[str, Any], name: str, other: str) -> bool:
    """Whether a field is a list with something in it, and the other one a list with nothing, which it then stands for (D120)."""
    return body[other] == [] and isinstance(body[name], list) and bool(body[name])


def _of_blocks(blocks: Sequence[Any]) -> Iterator[Finding]:
    """Members of content blocks, and of their sources, that no form has."""
    for index, block in enumerate(blocks):
        yield from _of_part(block, _BLOCK, ("content", index))


def _of_part(part: Any, forms: _Members, path: Path) -> Iterator[Finding]:
    for name, value in part.items() if isinstance(part, dict) else ():
        if name in forms:
            yield from _of_part(value, forms[name], (*path, name))
        else:
            yield _unknown((*path, name), name, "no member of a block here", sorted(forms))


def _unknown(path: Path, name: str, what: str, known: Sequence[str]) -> Finding:
    some = ", ".join(known[:_SOME])
    there = f"; there {'are' if len(known) > 1 else 'is only'} {some}." if known else "; there are none."
    return Finding("R101", path, f"{brief(name, _SHOWN)} is {what}{did_you_mean(name, known, there)}", "warning")


def _of_query(operation: Operation, parameters: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    known = tuple(one.name for one in operation.query)
    read = {*known, *(one.older for one in operation.query)}
    for name in dict.fromkeys(name for name, _ in parameters):
        if name not in read and name not in OUR_PARAMETERS:
            takes = f"; it takes {either(known)}." if known else "; it takes none."
            near = did_you_mean(name, known, takes)
            yield Finding("R102", (name,), f"{brief(name, _SHOWN)} is no parameter of this request{near}", "warning")
