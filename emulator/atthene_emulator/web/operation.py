"""An operation: one row of the imitated API, or of the control plane. This module is that record."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import ApiError, InvalidRequest
from atthene_emulator.evidence.levels import OURS, Evidence, decided, weakest
from atthene_emulator.limits import CONTROL_BODY
from atthene_emulator.web.query import Parameter

Plane = Literal["api", "control"]
Access = Literal["anybody", "namespace", "emulator"]
Handler = Callable[[Any], Any]  # of an `Exchange`; of a row that waits, a coroutine
Errors = tuple[type[ApiError], ...]

PARTS = decided("D117")  # that a part of an answer can be asked for
CONFIGURATION = Schema("configuration")


class Operation(NamedTuple):
    """One row.

    Attributes:
        name: `<group>.<verb>`; the group is what a key's permissions name (D42).
        path: below the prefix of its plane; it works with and without the closing slash (D09).
        handler: `<module>:<function>` below `web`, for `handler_of`.
        status, status_evidence: of a success.
        evidence: of the operation and its body.
        operation_id: what OpenAPI calls it, and generated clients their method; unique, where a name may have several paths.
        response: name of the schema of the success; `{contract}` in it stands for the contract's name, `{knowledge_bases}` for
            what these are made of in it.
        body: schema of the body; `CONFIGURATION` bodies are read by the handler itself.
        files: names of the parts that must be files, of a body that is a form; empty for one that is a document.
        yaml_body, yaml_example: of a body in YAML, where that is another.
        media: of a success with a body.
        parts: whether a part of the answer can be asked for, which is 206, and 304 for who has all of it (D117).
        query: its parameters.
        any_query: whether a control request may have parameters of other names.
        errors: those that it can answer, besides 404 for the route and 405.
        safe: whether HEAD may stand for it (D41).
        public: whether pages may call it without a key, for an agent that is public (D66).
        waits: its handler is a coroutine: it waits for something, or works beside the loop.
        plane: whose row it is: of the imitated API, or of the control plane, which is ours.
        access: to the control plane, whose right suffices for it: nobody's; the key of the namespace that it is about; or
            the control token alone.
        max_body: bytes that a control body may have.
        carries_files: whether it may have those of a namespace's files besides, in base64.
        note: what the documentation says of it, where that is more than the summary.
        shown_body: schema of the body in documents, where the handler checks it in better words than a schema has.
        texts: content types that a success may be asked for in, besides `media`.
        counts: headers of a success that count what is there, and what is not.
        example: of the body.
        gives: a parameter of other paths that its answer tells, and where, as an OpenAPI runtime expression.
    """

    name: str
    method: str
    path: str
    summary: str
    handler: str
    status: int = 200
    status_evidence: Evidence = OURS
    evidence: Evidence = OURS
    response: str | None = None
    body: Schema | None = None
    files: tuple[str, ...] = ()
    yaml_body: Schema | None = None
    yaml_example: Any = None
    media: str = "application/json"
    parts: bool = False
    query: tuple[Parameter, ...] = ()
    any_query: bool = False
    errors: Errors = ()
    safe: bool = True
    public: bool = False
    waits: bool = False
    plane: Plane = "api"
    access: Access = "namespace"
    max_body: int = CONTROL_BODY.most
    carries_files: bool = False
    example: Any = None
    gives: tuple[str, str] | None = None
    note: str = ""
    operation_id: str = ""
    shown_body: Schema | None = None
    texts: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """That of its id: rows hold examples, which have none."""
        return hash(self.operation_id)

    @property
    def group(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]

    @property
    def path_parameters(self) -> frozenset[str]:
        """Names of what its path takes."""
        return frozenset(re.findall(r"{(\w+)}", self.path))

    @property
    def invalid(self) -> type[InvalidRequest]:
        """What is answered to a body or a query that is not this operation's."""
        return next((one for one in self.errors if issubclass(one, InvalidRequest)), InvalidRequest)

    @property
    def answer_evidence(self) -> str:
        """The level of the weakest thing that a success rests on."""
        return weakest(self.evidence, self.status_evidence).level

    def response_schema(self, contract: ContractName) -> Schema | None:
        """The schema of a success in a contract; None where there is no body, or one that is no JSON."""
        if self.response is None:
            return None
        return _schema(self.response.format(contract=contract, knowledge_bases=CONTRACTS[contract].knowledge_bases))


class _Handlers(dict[str, Handler]):
    """Handlers by the names that rows have for them; each is imported when it is first asked for, so that starting is quicker."""

    def __missing__(self, name: str) -> Handler:
        module, _, function = name.partition(":")
        found: Handler = getattr(import_module(f"atthene_emulator.web.{module}"), function)
        self[name] = found
        return found


handler_of = _Handlers().__getitem__  # as a function that caches, at a third of what that would cost each request


@lru_cache(128)
def _schema(name: str) -> Schema:
    return Schema(name)


def by_path(rows: Iterable[Operation]) -> dict[str, list[Operation]]:
    """Rows of the same path together, in the order of the table."""
    paths: dict[str, list[Operation]] = {}
    for row in rows:
        paths.setdefault(row.path, []).append(row)
    return paths
