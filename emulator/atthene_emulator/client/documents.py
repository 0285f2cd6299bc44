"""Files, collections and knowledge bases by the imitated API, as an app has them. This module is that part of the client."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from os import PathLike
from typing import Any, ClassVar, NamedTuple, Protocol, Self, TypedDict, Unpack
from urllib.parse import urlencode

from atthene_emulator.client.clock import Clock
from atthene_emulator.client.connection import quoted
from atthene_emulator.client.event_loops import blocked
from atthene_emulator.client.reading import Json
from atthene_emulator.errors import ServiceRefused, SetupError

_SHORTEST, _LONGEST, _GROWTH = 0.01, 0.25, 1.5  # seconds between two looks, and how they grow


class Identified(Protocol):
    """What has an id."""

    @property
    def id(self) -> str:
        """Names it in the API."""
        ...


Uploadable = str | PathLike[str] | Identified


class Chunking(TypedDict, total=False):
    """How files are cut, as `chunking_strategy` of the API has it; what is left out is as the service does it."""

    strategy: str
    chunk_size: int
    chunk_overlap: int
    split_by: str
    recursive_separators: Sequence[str]
    hierarchical_block_sizes: Sequence[int]
    document_config: Mapping[str, Any]
    structured_config: Mapping[str, Any]


class NeverReady(AssertionError, TimeoutError):
    """What is waited for has not come, or cannot come any more.

    Attributes:
        document: it, as it was when it was asked about last.
    """

    def __init__(self, said: str, document: "Document") -> None:
        super().__init__(said)
        self.document = document


class _Caller(NamedTuple):
    """Who asks the imitated API: the client of a namespace, by one of its keys."""

    client: "Documents"
    key: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        __tracebackhide__ = True
        headers = {
            "x-api-key": self.key,
            "X-Emulator-Contract": "current",  # so that records are read of one shape
            **({"X-Emulator-Namespace": self.client.namespace} if self.client.namespace else {}),
        }
        return self.client._control.ask_api(method, path, headers, body)  # noqa: SLF001  # its own


@dataclass(frozen=True, slots=True)
class Document:
    """What takes its time, as it was when it was asked about last."""

    id: str
    name: str
    status: str
    _caller: _Caller = field(repr=False, compare=False)

    noun: ClassVar[str]
    path: ClassVar[str]
    course: ClassVar[tuple[str, ...]]  # the statuses that it passes
    failed: ClassVar[str]
    chosen: ClassVar[tuple[str, ...]] = ()  # those that somebody gives it

    @property
    def why(self) -> str:
        """Why it failed, as far as the API tells."""
        return ""

    def refreshed(self) -> Self:
        """The same as it is now; to be asked about may bring it on."""
        __tracebackhide__ = True
        return self._read(self._caller.ask("GET", f"{self.path}{quoted(self.id)}/"), self._caller)

    def json(self) -> Json:
        """Its fields as JSON has them."""
        names = [one.name for one in fields(self) if not one.name.startswith("_")]
        return {name: getattr(self, name) for name in names}

    @classmethod
    def _read(cls, shown: Json, caller: _Caller) -> Self:
        raise NotImplementedError

    def wait_until(self, status: str | None = None, timeout: float = 5.0) -> Self:
        """Ask about it until it has a status; it as it is then.

        Args:
            status: without one, that at which it is usable: `active` of a file, else `completed`.
            timeout: real seconds.

        Raises:
            SetupError: there is no such status.
            NeverReady: it failed, is past that status already, or has not come to it in time; with what it is, and the remedy.
        """
        __tracebackhide__ = True
        wanted, left, pause = status or self.course[-1], timeout, _SHORTEST
        self._check(wanted)
        while (now := self.refreshed()).status != wanted:
            if now.is_past(wanted):
                raise NeverReady(f"{now.told()}, so it will not be {wanted}", now)
            if left <= 0:
                raise NeverReady(
                    f"{now.told()} after {timeout:g} s, not {wanted}; {self._remedy()}{blocked('wait_until()')}", now
                )
            time.sleep(pause)
            left -= pause  # no clock is asked, since tests may stop them all
            pause = min(_LONGEST, pause * _GROWTH)
        return now

    def is_past(self, wanted: str) -> bool:
        """Whether time alone does not bring it to a status any more."""
        if self.status not in self.course[:-1]:
            return True
        if wanted == self.failed:
            return False
        return wanted not in self.course or self.course.index(self.status) > self.course.index(wanted)

    def _check(self, wanted: str) -> None:
        known = (*self.course, self.failed, *self.chosen)
        if wanted not in known:
            raise SetupError(f"No {self.noun} is ever {wanted}; there are {', '.join(known)}.")

    def told(self) -> str:
        """It and how it is, for people."""
        why = f": {self.why}" if self.status == self.failed and self.why else ""
        return f"{self.name} is {self.status}{why}"

    def _remedy(self) -> str:
        at_once = 'let nothing take time with transitions("immediate")'
        if self._caller.client.clock().mode == "frozen":
            return f"the clock is frozen: move it with advance(60), or {at_once} before"
        return f"give it a longer timeout, or {at_once} before"


@dataclass(frozen=True, slots=True)
class File(Document):
    """A file of the imitated API.

    Attributes:
        id, name, status: `status` is uploading, active, archived, deleted or error.
        type: document, image, data, …
        size: bytes.
        tags: what it is marked with.
        error: why it is none that can be used; None for one that can, or that is still on its way.
    """

    type: str
    size: int
    tags: tuple[str, ...]
    error: str | None

    noun = "file"
    path = "/files/"
    course = ("uploading", "active")
    failed = "error"
    chosen = ("archived", "deleted")

    @property
    def why(self) -> str:
        """Its error."""
        return self.error or ""

    @classmethod
    def _read(cls, shown: Json, caller: _Caller) -> Self:
        error = shown.get("processing_info", {}).get("error")
        return cls(
            shown["id"], shown["original_filename"], shown["status"], caller,
            shown["file_type"], shown["size_bytes"], tuple(shown["tags"]), error,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Collection(Document):
    """A collection of files of the imitated API.

    Attributes:
        id, name, status: `status` is pending, running, completed or failed.
        progress: percent.
        files: ids of its files.
    """

    progress: int
    files: tuple[str, ...]

    noun = "collection"
    path = "/collections/"
    course = ("pending", "running", "completed")
    failed = "failed"

    @classmethod
    def _read(cls, shown: Json, caller: _Caller) -> Self:
        files = tuple(one["data_source"] for one in shown.get("datasources", ()))
        return cls(shown["id"], shown["name"], shown["status"], caller, shown["progress"], files)


@dataclass(frozen=True, slots=True)
class KnowledgeBase(Document):
    """A knowledge base of the imitated API.

    Attributes:
        id, name, status: `status` is pending, running, completed or failed.
        progress: percent.
        ingested: names of the files that can be found.
        errors: why the others cannot, by the ids of their files.
        not_ingested: names of these, in the same order.
    """

    progress: int
    ingested: tuple[str, ...]
    errors: Mapping[str, str]
    not_ingested: tuple[str, ...]

    noun = "knowledge base"
    path = "/knowledge-bases/"
    course = ("pending", "running", "completed")
    failed = "failed"

    @property
    def why(self) -> str:
        """All errors, each with its file."""
        return "; ".join(self.problems)

    @property
    def problems(self) -> Sequence[str]:
        """Each file that cannot be found, and why."""
        return [f"{name}: {error}" for name, error in zip(self.not_ingested, self.errors.values(), strict=True)]

    @classmethod
    def _read(cls, shown: Json, caller: _Caller) -> Self:
        ingested = tuple(one["name"] for one in shown["ingested_datasources"])
        errors: Mapping[str, str] = shown["datasource_errors"]
        names = {one["id"]: one["name"] for one in shown["failed_datasources"]}
        return cls(
            shown["id"], shown["name"], shown["status"], caller,
            shown["progress"], ingested, errors, tuple(names.get(one, one) for one in errors),
        )  # fmt: skip


def _collection_named(name: str, caller: _Caller) -> Json | None:
    """What the account has under a name; None if there is nothing."""
    __tracebackhide__ = True
    found = caller.ask("GET", f"{Collection.path}?{urlencode({'search': name})}")
    return next((one for one in found if one["name"] == name), None)


class Documents(Clock):
    """Uploading, and making of files what agents look things up in."""

    def upload(
        self,
        file: str | PathLike[str],
        data: bytes | str | None = None,
        *,
        tags: Sequence[str] = (),
        key: str | None = None,
    ) -> File:
        """A new file, as an app uploads it; it is usable when it is `active`.

        Args:
            file: a path, whose bytes are sent as they are read; or a name, where `data` is given.
            data: the bytes, or a text, which is sent in UTF-8.
            tags: what it is marked with.
            key: of another account of the namespace.

        Raises:
            SetupError: there is no such file, or it cannot be read.
            EmulatorRefused: it is not kept. Of bytes that are there already, `details["existing_file_id"]` names the file.
        """
        __tracebackhide__ = True
        from atthene_emulator.client.form import Form  # noqa: PLC0415  # only who uploads needs hashes and paths

        if data is None:
            form = Form.of_file(file, tags)
        else:
            form = Form.of_bytes(str(file), data.encode() if isinstance(data, str) else data, tags)
        caller = self._caller(key)
        try:
            return File._read(caller.ask("POST", File.path, form), caller)  # noqa: SLF001  # its own
        except ServiceRefused as refused:
            there = refused.details.get("existing_file_id")
            what = f"{refused.message}{f': it is {there}' if there else ''}"
            raise ServiceRefused(
                refused.status, f"{form.name} was not uploaded: {what}", refused.problems, refused.details
            ) from None

    def file(self, file_id: str, *, key: str | None = None) -> File:
        """A file that is there."""
        __tracebackhide__ = True
        caller = self._caller(key)
        return File._read(caller.ask("GET", f"{File.path}{quoted(file_id)}/"), caller)  # noqa: SLF001  # its own

    def collection(
        self,
        name: str,
        *files: Uploadable,
        description: str = "",
        key: str | None = None,
        extend: bool = False,
    ) -> Collection:
        """A new collection of files.

        Args:
            name: of it.
            files: what is in it; those that are named by their paths are uploaded.
            description: what it is about.
            key: of another account of the namespace.
            extend: whether the files are added to the one that the account has under this name, if there is one.

        Raises:
            EmulatorRefused: the account has one of this name, there are too many files, …
        """
        __tracebackhide__ = True
        ids, caller = self._ids(files, key), self._caller(key)
        made = _collection_named(name, caller) if extend else None
        if made is None:
            made = caller.ask("POST", Collection.path, {"name": name, "description": description})
        if ids:
            caller.ask("POST", f"{Collection.path}{quoted(made['id'])}/files/", {"file_ids": ids})
        return Collection._read(made, caller).refreshed()  # noqa: SLF001  # its own

    def knowledge_base(
        self,
        name: str,
        *files: Uploadable,
        collection: Identified | None = None,
        description: str = "",
        key: str | None = None,
        **chunking: Unpack[Chunking],
    ) -> KnowledgeBase:
        """A new knowledge base, which agents can name; it can be looked up in when it is `completed`.

        Args:
            name: of it.
            files: what it is made of; those that are named by their paths are uploaded.
            collection: one that is completed, whose files it has, too.
            description: what it is about.
            key: of another account of the namespace.
            chunking: how the files are cut: `strategy`, `chunk_size`, …

        Raises:
            EmulatorRefused: the company has one of this name, the collection is not completed, nothing is there to be cut, …
        """
        __tracebackhide__ = True
        body: Json = {"name": name, "description": description, "processing_engine": "milvus"}
        if files:
            body["selected_datasources"] = self._ids(files, key)
        if collection is not None:
            body["selected_collections"] = [collection.id]
        if chunking:
            body["chunking_strategy"] = chunking
        caller = self._caller(key)
        made = caller.ask("POST", KnowledgeBase.path, body)
        return KnowledgeBase._read(made["knowledge_base"], caller)  # noqa: SLF001  # its own

    def _ids(self, files: Sequence[Uploadable], key: str | None) -> list[str]:
        """Ids of files, of which some are uploaded."""
        __tracebackhide__ = True
        return [self.upload(one, key=key).id if isinstance(one, str | PathLike) else one.id for one in files]

    def _caller(self, key: str | None) -> _Caller:
        return _Caller(self, key or self._own_key())
