"""The control plane of a running emulator, from Python. This module is its client, which needs no pytest.

    client = EmulatorClient("http://127.0.0.1:8484")
    with client.create_namespace() as atthene:
        atthene.script("It rains.", content="How is the weather?")
        ...  # whatever is tested, pointed at atthene.base_url with atthene.api_key
        atthene.assert_no_default_answers()

`EmulatorClient` has a method for each operation of the control plane. `EmulatorNamespace` is one whose namespace has a key
of its own, with assertions about what came there. What the emulator shows is returned as records, and as plain JSON where
its shape depends on what was configured. The language of scripts and faults is that of seed files.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack
from urllib.parse import quote

from emulator.errors import EmulatorError, EmulatorRefused, EmulatorUnreachable, Problem

if TYPE_CHECKING:
    import requests

    from emulator.settings import Contract

Json = dict[str, Any]
Body = Mapping[str, Any] | Sequence[Any]

_API, _CONTROL = "/api/v1", "/__emulator"
_QUIET = 60.0  # seconds; the feed of events says something every 15
_POLL = 0.01  # seconds between two looks at a gate
_GONE, _ERROR = 404, 400
_ENDS = ("START", "END", "__start__", "__end__")
_RENAMED = {"source": "from", "target": "to"}  # `from` is no name in Python
_SHORT = 240  # characters of a body in a message


@dataclass(frozen=True, slots=True)
class Health:
    """That an emulator runs, and as what.

    Attributes:
        contract: of the namespace `default`.
        uptime_seconds: whole ones, real time.
        namespaces: how many there are.
    """

    status: str
    version: str
    contract: "Contract"
    uptime_seconds: int
    namespaces: int


@dataclass(frozen=True, slots=True)
class NamespaceInfo:
    """A namespace in the list of all; `api_key` is the one that was made for it, None for `default`."""

    name: str
    api_key: str | None
    base_url: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One request and its answer; see the journal in the README for the fields.

    Attributes:
        at: ISO-8601 in the namespace's time.
        operation: such as runtime.execute; None for a path that there is not.
        body, response: JSON where they are JSON, else text; None for none.
        status: 0 for a request that was not answered.
        outcome: ok, default_answer, client_error, auth_error, not_found, rate_limited, fault, server_error or aborted.
        script: names of the scripts that answered; `default` for a default answer.

    As text it is a line: method, path, status, outcome, scripts.
    """

    id: str
    at: str
    operation: str | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Any
    status: int
    response: Any
    duration_ms: float
    outcome: str
    session_id: str | None
    script: tuple[str, ...]
    evidence: str
    findings: tuple[str, ...]
    delivered: bool

    @property
    def content(self) -> str | None:
        """The user's text in a message to a session, its text blocks joined by line breaks; None without one."""
        content = self.body.get("content") if isinstance(self.body, dict) else None
        if isinstance(content, list):
            texts = [block.get("text", "") for block in content if isinstance(block, dict) and "text" in block]
            return "\n".join(texts)
        return content if isinstance(content, str) else None

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        scripts = f" · {', '.join(self.script)}" if self.script else ""
        return f"{self.method} {self.path}{query} → {self.status or 'no answer'} {self.outcome}{scripts}"

    def with_bodies(self) -> str:
        """The line, and one more for each body, shortened."""
        bodies = [f"    {mark} {_short(body)}" for mark, body in ((">", self.body), ("<", self.response)) if body]
        return "\n".join([str(self), *bodies])


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: `kind` is request (`data` is an entry of the journal), control, session or gap."""

    id: int
    kind: str
    data: Json


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a snapshot; `agents` and `sessions` are how many it has, `taken_at` is ISO-8601."""

    name: str
    taken_at: str
    agents: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Script:
    """A script and how often it has answered; `source` is added, scenario or seed, `times` its limit."""

    name: str
    source: str
    hits: int
    times: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault; `matched` counts the requests that it was about, `fired` those that it struck, `entry` is all that is shown."""

    id: str
    kind: str
    operation: str
    matched: int
    fired: int
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the clock of a namespace shows: `mode` is running or frozen, `now` is ISO-8601 in UTC."""

    mode: str
    now: str


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in so many seconds, for each key or each session."""

    requests: int
    per_seconds: float
    scope: str


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate that is open or waited at; `waiting` is how many executions wait."""

    name: str
    open: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """What can be switched to."""

    name: str
    description: str
    active: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A step from one node to another: `arm` is yes or no of a boolean edge, `why` is the reason."""

    source: str
    target: str
    arm: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a session.

    Attributes:
        turn: which execution of the session it is, from 1.
        status: completed, error or timeout; `error` has type and message.
        turns: one for each turn of an agent, as JSON: agent, script, prompt, text, output, tool_calls, usage.
        usage: tokens, input_tokens and output_tokens.
    """

    id: str
    turn: int
    status: str
    error: Mapping[str, str] | None
    started_at: str
    completed_at: str
    path: tuple[Move, ...]
    turns: tuple[Json, ...]
    variables: Json
    usage: Mapping[str, int]
    scripts: tuple[str, ...]

    @property
    def agents(self) -> tuple[str, ...]:
        """Whose turns they were, in order."""
        return tuple(turn["agent"] for turn in self.turns)


class Filters(TypedDict, total=False):
    """Which entries of the journal are meant; all that is given must be equal. `path` has /api/v1."""

    operation: str
    status: int
    outcome: str
    session_id: str
    method: str
    path: str


class When(TypedDict, total=False):
    """When a script answers, as in seed files; a plain `content` is the whole text, `{"contains": …}` a part of it."""

    agent: str
    agent_key: str
    session: str
    turn: int | Mapping[str, int]
    content: str | Mapping[str, Any]
    variables: Mapping[str, Any]
    has_image: bool


class Step(TypedDict, total=False):
    """What a script does besides its reply, as in seed files; `delay_ms` passes at once while the clock is frozen."""

    tool_calls: Sequence[Mapping[str, Any]]
    output: Mapping[str, Any]
    route: str | bool
    assign: Mapping[str, Any]
    usage: Mapping[str, int]
    delay_ms: int
    gate: str
    error: Mapping[str, str]
    timeout: bool


class ScriptParts(When, Step, total=False):
    """Everything that a script may have but its reply."""

    name: str
    times: int


class FaultParts(TypedDict, total=False):
    """Everything that a fault may have, as in seed files."""

    id: str
    operation: str
    session: str
    after: int
    first: int
    every: int
    probability: float
    kind: str
    status: int
    type: str
    message: str
    retry_after: int
    delay_ms: int


_Record = TypeVar("_Record")


def _record(kind: type[_Record], shown: Mapping[str, Any], **more: Any) -> _Record:
    """Read what is shown; what a newer emulator shows besides is passed over."""
    names = [field.name for field in fields(kind) if field.name not in more]  # type: ignore[arg-type]
    return kind(**{name: shown[_RENAMED.get(name, name)] for name in names}, **more)


def _entries(shown: Sequence[Mapping[str, Any]]) -> tuple[JournalEntry, ...]:
    return tuple(
        _record(JournalEntry, one, script=tuple(one["script"]), findings=tuple(one["findings"])) for one in shown
    )


def _execution(shown: Mapping[str, Any]) -> Execution:
    path = tuple(_record(Move, one) for one in shown["path"])
    return _record(Execution, shown, path=path, turns=tuple(shown["turns"]), scripts=tuple(shown["scripts"]))


def _short(body: Any) -> str:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _listed(entries: Sequence[JournalEntry]) -> str:
    return "\n".join(f"  {one.with_bodies()}" for one in entries)


def _whole_script(reply: Any, parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The script as a seed file has it.

    Raises:
        TypeError: there is no such part, or something is said twice.
    """
    if isinstance(reply, Mapping) and "then" in reply:
        if parts:
            raise TypeError(f"script() was given a whole script; write {', '.join(parts)} into it")
        return reply
    known = ScriptParts.__annotations__
    if unknown := [name for name in parts if name not in known]:
        raise TypeError(f"script() has no {unknown[0]}; it has {', '.join(known)}")
    step = {name: parts[name] for name in Step.__annotations__ if name in parts}
    several = isinstance(reply, Sequence) and not isinstance(reply, str)
    replies = reply if several else [{} if reply is None else reply]
    steps = [{**({"reply": one} if isinstance(one, str) else one), **step} for one in replies]
    script = {name: parts[name] for name in ("name", "times") if name in parts}
    when = {name: parts[name] for name in When.__annotations__ if name in parts}
    return {**script, "when": when, "then": steps if several else steps[0]}


def _whole_fault(what: int | str | Mapping[str, Any] | None, parts: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(what, Mapping):
        return {**what, **parts}
    if what is None:
        return parts
    return {"kind" if isinstance(what, str) else "status": what, **parts}


class _ControlPlane:
    """What carries requests to the control plane, and refusals back; it keeps a connection open."""

    def __init__(self, url: str, token: str | None, timeout: float) -> None:
        self.url = url
        self._token = token
        self.timeout = timeout

    @cached_property
    def http(self) -> "requests.Session":
        """Loads `requests`; a proxy would look for localhost on its own machine, so none is used."""
        http = session()
        if self._token is not None:
            http.headers["Authorization"] = f"Bearer {self._token}"
        return http

    def send(
        self,
        method: str,
        path: str,
        namespace: str | None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Body | None = None,
        patience: float = 0.0,
        stream: bool = False,
    ) -> "requests.Response":
        """The answer, which is no error. `patience` are seconds that it may take besides the usual ones."""
        from requests import RequestException, Timeout  # noqa: PLC0415  # only who asks needs it

        headers = {} if namespace is None else {"X-Emulator-Namespace": namespace}
        data = None
        if body is not None:
            data = json.dumps(body, allow_nan=False).encode()
            headers["Content-Type"] = "application/json"
        try:
            answer = self.http.request(
                method, f"{self.url}{_CONTROL}{path}", query, data, headers,
                timeout=self.timeout + patience, allow_redirects=False, stream=stream,
            )  # fmt: skip
        except Timeout:
            seconds = self.timeout + patience
            raise EmulatorUnreachable(f"The emulator at {self.url} did not answer within {seconds:g} s.") from None
        except RequestException:
            raise EmulatorUnreachable(
                f"No emulator answers at {self.url}; start one with `atthene-emulator serve`, or name another URL."
            ) from None
        if answer.status_code >= _ERROR:
            raise self._refusal(answer)
        return answer

    def ask(self, method: str, path: str, namespace: str | None, **more: Any) -> Any:
        """The JSON of the answer; None for an answer without a body."""
        answer = self.send(method, path, namespace, **more)
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise self._stranger(answer) from None

    def _refusal(self, answer: "requests.Response") -> EmulatorError:
        try:
            error = answer.json()["error"]
            problems = [Problem(one["field"], one["message"]) for one in error.get("errors", ())]
            ours = error["type"] == "emulator_error"
            refused = EmulatorRefused(answer.status_code, error["message"], problems)
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._stranger(answer)
        return refused if ours else self._stranger(answer)

    def _stranger(self, answer: "requests.Response") -> EmulatorUnreachable:
        return EmulatorUnreachable(
            f"What answers at {self.url} is no emulator: it says {answer.status_code} {_short(answer.text)}"
        )


def session() -> "requests.Session":
    """A `requests.Session` that looks for no proxies and no passwords in the environment."""
    import requests  # noqa: PLC0415  # only who asks needs it

    http = requests.Session()
    http.trust_env = False
    return http


def origin_of(url: str) -> str:
    """`http://host:port` of an emulator's URL, which may end in /api/v1 or /__emulator."""
    whole = url if "://" in url else f"http://{url}"
    return whole.rstrip("/").removesuffix(_API).removesuffix(_CONTROL).rstrip("/")


class EmulatorClient:
    """The control plane of a running emulator, seen from one namespace.

    >>> client = EmulatorClient(url)
    >>> client.health().status
    'ok'
    >>> with client.create_namespace(seed="empty") as atthene:
    ...     atthene.state()["counts"]["sessions"]
    0

    Args:
        url: where the emulator runs, with or without /api/v1 or /__emulator.
        control_token: the one that it was started with, if any.
        namespace: the one that the methods are about; None is `default`.
        timeout: seconds that any answer may take.

    Attributes:
        url: `http://host:port`.
        base_url: what the tested program is pointed at, with /api/v1.
        control_url: the control plane.
        namespace: name of the namespace, None for `default`.

    Raises:
        EmulatorUnreachable: by every method: no emulator answers there.
        EmulatorRefused: by every method: it says no; with its status, its message and each mistake it found.
    """

    def __init__(
        self, url: str, control_token: str | None = None, namespace: str | None = None, *, timeout: float = 10.0
    ) -> None:
        self.url = origin_of(url)
        self.base_url = self.url + _API
        self.control_url = self.url + _CONTROL
        self.namespace = namespace
        self._token = control_token
        self._control = _ControlPlane(self.url, control_token, timeout)

    def close(self) -> None:
        """Close the connection; another request opens one again."""
        self._control.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, path: str, body: Body | None = None, query: Mapping[str, Any] | None = None) -> Any:
        return self._control.ask(method, path, self.namespace, body=body, query=query)

    # The emulator itself

    def health(self) -> Health:
        """That it runs, and as what."""
        return _record(Health, self._ask("GET", "/health"))

    def ready(self) -> bool:
        """Whether its seeds are loaded."""
        try:
            self._ask("GET", "/ready")
        except EmulatorRefused as refused:
            if refused.status != 503:  # noqa: PLR2004
                raise
            return False
        return True

    def operations(self) -> list[Json]:
        """The rows of the imitated API: name, method, path, summary, status, errors and the evidence of each."""
        rows: list[Json] = self._ask("GET", "/operations")
        return rows

    def evidence(self) -> Json:
        """The ledger of evidence: how sure the emulator is of what it imitates, and why."""
        ledger: Json = self._ask("GET", "/evidence")
        return ledger

    def openapi(self) -> Json:
        """The OpenAPI 3.1 document of the imitated API."""
        document: Json = self._ask("GET", "/openapi.json")
        return document

    # Namespaces

    def namespaces(self) -> tuple[NamespaceInfo, ...]:
        """Every namespace, oldest first."""
        return tuple(_record(NamespaceInfo, one) for one in self._ask("GET", "/namespaces"))

    def create_namespace(
        self,
        name: str | None = None,
        seed: str | Mapping[str, Any] | None = None,
        fork_of: str | None = None,
        snapshot: str | None = None,
    ) -> "EmulatorNamespace":
        """A new world with a key of its own.

        Args:
            name: letters, digits, -, _ and .; chosen when None.
            seed: a bundled seed's name, or a seed itself; None is what the emulator was started with.
            fork_of: a namespace to go on from, in place of a seed.
            snapshot: go on from this snapshot of it.
        """
        given = {"name": name, "seed": seed, "from": fork_of, "snapshot": snapshot}
        made = self._ask("POST", "/namespaces", {key: value for key, value in given.items() if value is not None})
        return EmulatorNamespace(self.url, made["name"], made["api_key"], self._token, timeout=self._control.timeout)

    def delete_namespace(self, name: str) -> None:
        """Forget a namespace; requests that wait in it are sent away."""
        self._control.ask("DELETE", f"/namespaces/{_part(name)}", None)

    def state(self) -> Json:
        """Contract, clock, scenario, counts, accounts (keys masked), agents and sessions."""
        shown: Json = self._ask("GET", "/state")
        return shown

    def reset(self, *scopes: str) -> None:
        """Back to the seed, wholly, or only in these scopes: state, scripts, faults, rate_limit, clock, journal, …."""
        self._ask("POST", "/reset", query={"scope": ",".join(scopes)} if scopes else None)

    def clear(self) -> None:
        """No agents, sessions and scripts; accounts and keys stay."""
        self._ask("POST", "/clear")

    # Snapshots and scenarios

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Every snapshot, oldest first."""
        return tuple(_record(Snapshot, one) for one in self._ask("GET", "/snapshots"))

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Keep what the namespace is now; the name is chosen when None."""
        return _record(Snapshot, self._ask("POST", "/snapshots", {} if name is None else {"name": name}))

    def restore(self, name: str) -> Snapshot:
        """Go back to a snapshot."""
        return _record(Snapshot, self._ask("POST", f"/snapshots/{_part(name)}/restore"))

    def export_snapshot(self, name: str) -> Json:
        """A snapshot as one JSON document."""
        document: Json = self._ask("GET", f"/snapshots/{_part(name)}")
        return document

    def import_snapshot(self, name: str, document: Mapping[str, Any]) -> Snapshot:
        """Keep a snapshot that was exported, under this name."""
        return _record(Snapshot, self._ask("PUT", f"/snapshots/{_part(name)}", document))

    def drop_snapshot(self, name: str) -> None:
        """Forget a snapshot."""
        self._ask("DELETE", f"/snapshots/{_part(name)}")

    def scenarios(self) -> tuple[Scenario, ...]:
        """Every scenario, those of the seed first."""
        return tuple(_record(Scenario, one) for one in self._ask("GET", "/scenarios"))

    def use_scenario(self, name: str) -> Scenario:
        """Switch to a scenario: its scripts and its faults in place of those of the last one."""
        return _record(Scenario, self._ask("POST", f"/scenarios/{_part(name)}"))

    def provider_state(self, state: str, params: Mapping[str, Any] | None = None, *, action: str = "setup") -> None:
        """Go to the snapshot, scenario or seed that a Pact names; `teardown` goes back to the seed."""
        self._ask("POST", "/provider-states", {"state": state, "params": params, "action": action})

    # Requests

    def journal(self, *, limit: int = 1000, offset: int = 0, **filters: Unpack[Filters]) -> tuple[JournalEntry, ...]:
        """What was asked and answered, newest last."""
        return _entries(self._ask("GET", "/journal", query={"limit": limit, "offset": offset, **filters}))

    def wait(
        self, count: int = 1, timeout: float = 5.0, after: str | None = None, **filters: Unpack[Filters]
    ) -> tuple[JournalEntry, ...]:
        """Return when `count` requests have come that match; those that the journal has already count.

        Args:
            count: how many.
            timeout: real seconds.
            after: id of an entry; only later ones count.
            filters: as for `journal`.

        Raises:
            EmulatorRefused: 408, they have not come; the message says what came instead.
        """
        body: Json = {"match": filters, "count": count, "timeout_seconds": timeout}
        if after is not None:
            body["after"] = after
        return _entries(self._control.ask("POST", "/journal/wait", self.namespace, body=body, patience=timeout))

    def clear_journal(self) -> None:
        """Forget what was asked."""
        self._ask("DELETE", "/journal")

    def events(self, after: int | None = None) -> Iterator[Event]:
        """What happens from now on, or since the event of that id; without end."""
        query = {} if after is None else {"last_event_id": after}
        answer = self._control.send("GET", "/events", self.namespace, query=query, patience=_QUIET, stream=True)
        return _events(answer)

    # Scripts and faults

    def scripts(self) -> tuple[Script, ...]:
        """The scripts in the order in which they are tried."""
        return tuple(_record(Script, one) for one in self._ask("GET", "/scripts"))

    def script(
        self,
        reply: str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]] | None = None,
        **parts: Unpack[ScriptParts],
    ) -> str:
        """Put a script in front of all others; its name.

        Args:
            reply: the answer; or a step (`{"reply": …, "delay_ms": …}`); or a list of either, one for each match, the
                last repeats; or a whole script (`{"when": …, "then": …}`). None leaves the reply out.
            parts: when it answers (`content`, `agent`, `turn`, …), what else it does in every step (`tool_calls`,
                `route`, `gate`, `error`, …), its `name`, and how many `times`.

        Raises:
            TypeError: there is no such part.
        """
        return self.add_scripts([_whole_script(reply, parts)])[0]

    def add_scripts(self, scripts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """Put scripts, as a seed file has them, in front of all others; their names."""
        return tuple(one["name"] for one in self._ask("POST", "/scripts", scripts))

    def drop_scripts(self) -> None:
        """Forget the scripts that were added; those of the seed and of the scenario stay."""
        self._ask("DELETE", "/scripts")

    def faults(self) -> tuple[Fault, ...]:
        """The faults in the order in which they are tried."""
        return tuple(_record(Fault, one, entry=one) for one in self._ask("GET", "/faults"))

    def fault(self, what: int | str | Mapping[str, Any] | None = None, **parts: Unpack[FaultParts]) -> Fault:
        """Put a fault in front of all others.

        Args:
            what: a status (429), a kind (`"drop"`), or a whole fault; None leaves it to the parts.
            parts: which requests it strikes (`operation`, `session`, `first`, `after`, …) and how (`retry_after`,
                `message`, `delay_ms`, …).
        """
        return self.add_faults([_whole_fault(what, parts)])[0]

    def add_faults(self, faults: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
        """Put faults, as a seed file has them, in front of all others."""
        return tuple(_record(Fault, one, entry=one) for one in self._ask("POST", "/faults", faults))

    def drop_faults(self) -> None:
        """Forget every fault; what hangs goes on."""
        self._ask("DELETE", "/faults")

    def drop_fault(self, fault_id: str) -> None:
        """Forget one fault; what hangs by it goes on."""
        self._ask("DELETE", f"/faults/{_part(fault_id)}")

    def rate_limit(
        self, requests: int | None = None, *, per_seconds: float = 60.0, scope: str = "key"
    ) -> RateLimit | None:
        """The limit, None if there is none; with `requests`, first set it to so many `per_seconds`.

        Args:
            requests: how many may come in that time.
            per_seconds: in the namespace's time.
            scope: what is counted for itself, key or session.
        """
        if requests is None:
            shown = self._ask("GET", "/rate-limit")
        else:
            limit = {"requests": requests, "per_seconds": per_seconds, "scope": scope}
            shown = self._ask("PUT", "/rate-limit", limit)
        return None if shown["requests"] is None else _record(RateLimit, shown)

    def drop_rate_limit(self) -> None:
        """Count no longer."""
        self._ask("DELETE", "/rate-limit")

    # Time and gates

    def clock(self) -> ClockState:
        """What the clock of the namespace shows."""
        return _record(ClockState, self._ask("GET", "/clock"))

    def freeze(self, at: str | datetime | None = None) -> ClockState:
        """Stop the clock, at a time (ISO-8601; UTC if it names no zone) or at the one that it shows."""
        return self._set_clock("frozen", at)

    def run(self, at: str | datetime | None = None) -> ClockState:
        """Let the clock run, from a time or from the one that it shows."""
        return self._set_clock("running", at)

    def _set_clock(self, mode: str, at: str | datetime | None) -> ClockState:
        now = at.isoformat() if isinstance(at, datetime) else at
        return _record(ClockState, self._ask("PUT", "/clock", {"mode": mode, **({"now": now} if now else {})}))

    def advance(self, seconds: float) -> ClockState:
        """Move the clock forward; what waits for it goes on."""
        return _record(ClockState, self._ask("POST", "/clock/advance", {"seconds": seconds}))

    def gates(self) -> tuple[GateState, ...]:
        """Gates that are open or waited at."""
        return tuple(_record(GateState, one) for one in self._ask("GET", "/gates"))

    def open_gate(self, name: str) -> None:
        """Let executions through that wait at this gate now or come later."""
        self._ask("POST", f"/gates/{_part(name)}/open")

    def close_gate(self, name: str) -> None:
        """Hold executions at this gate from now on; a gate is closed until it is opened."""
        self._ask("POST", f"/gates/{_part(name)}/close")

    def gate(self, name: str) -> "Gate":
        """A gate to open, close and wait at."""
        return Gate(self, name)

    # Executions

    def executions(self, session_id: str) -> tuple[Execution, ...]:
        """What happened in a session, oldest first; the newest 200 of the namespace are kept."""
        shown = self._ask("GET", f"/sessions/{_part(session_id)}/executions")
        return tuple(_execution(one) for one in shown["executions"])

    def coverage(self) -> list[Json]:
        """Agents, edges, arms and outputs with how often they were exercised, by configuration."""
        shown: list[Json] = self._ask("GET", "/coverage")
        return shown


def _part(name: str) -> str:
    """One part of a path."""
    return quote(name, safe="")


def _events(answer: "requests.Response") -> Iterator[Event]:
    """The events of a stream, until it ends or the iterator is closed."""
    with answer:
        kind, number = "", 0
        for line in answer.iter_lines():
            name, _, value = line.partition(b": ")
            if name == b"event":
                kind = value.decode()
            elif name == b"id":
                number = int(value)
            elif name == b"data":
                yield Event(number, kind, json.loads(value))


class Gate:
    """A named place where executions wait, by a script that says `gate: NAME`.

    >>> gate = client.gate("slow-answer")
    >>> gate.open()
    >>> gate.waiting
    0
    """

    def __init__(self, client: EmulatorClient, name: str) -> None:
        self._client = client
        self.name = name

    @property
    def waiting(self) -> int:
        """How many executions wait here now."""
        return next((one.waiting for one in self._client.gates() if one.name == self.name), 0)

    def open(self) -> None:
        """Let executions through that wait now or come later."""
        self._client.open_gate(self.name)

    def close(self) -> None:
        """Hold executions from now on."""
        self._client.close_gate(self.name)

    def wait_until_waiting(self, count: int = 1, timeout: float = 5.0) -> None:
        """Return when so many executions wait here.

        Raises:
            TimeoutError: they have not come within so many real seconds.
        """
        end = time.monotonic() + timeout
        while (waiting := self.waiting) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{waiting} of {count} executions wait at the gate {self.name} after {timeout:g} s")
            time.sleep(_POLL)


class EmulatorNamespace(EmulatorClient):
    """A world of its own in a running emulator: its control plane, a session with its key, and assertions.

    As a context manager it is deleted at the end, unless it is `default`.

    >>> with client.create_namespace() as atthene:
    ...     name = atthene.script("It rains.", content={"contains": "weather"})
    ...     execute = f"{atthene.base_url}/runtime/session_abc123/execute/"
    ...     answer = atthene.http.post(execute, json={"content": "How is the weather?"}).json()
    ...     entries = atthene.assert_executed("session_abc123", script=name)
    ...     atthene.assert_no_default_answers()
    >>> answer["messages"][0]["content"]
    'It rains.'

    Args:
        url: where the emulator runs.
        namespace: its name.
        api_key: a key that belongs to it.
        control_token: the one that the emulator was started with, if any.
        timeout: seconds that an answer of the control plane may take.

    Attributes:
        http: a `requests.Session` with the key and the namespace in its headers, for the imitated API.
        added: scripts and faults that were added here, by their names and ids.
    """

    namespace: str

    def __init__(
        self, url: str, namespace: str, api_key: str, control_token: str | None = None, *, timeout: float = 10.0
    ) -> None:
        super().__init__(url, control_token, namespace, timeout=timeout)
        self.api_key = api_key
        self.http = session()
        self.http.headers.update({"x-api-key": api_key, "X-Emulator-Namespace": namespace})
        self.added: dict[str, Mapping[str, Any]] = {}

    def __repr__(self) -> str:
        return f"EmulatorNamespace({self.url!r}, {self.namespace!r})"

    def close(self) -> None:
        """Close the connections; another request opens one again."""
        super().close()
        self.http.close()

    def delete(self) -> None:
        """Forget this namespace; nothing happens if it is gone already."""
        try:
            self.delete_namespace(self.namespace)
        except EmulatorRefused as refused:
            if refused.status != _GONE:
                raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.namespace != "default":
                self.delete()
        finally:
            self.close()

    def add_scripts(self, scripts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """Put scripts, as a seed file has them, in front of all others; their names."""
        names = super().add_scripts(scripts)
        self.added.update(zip(names, scripts, strict=True))
        return names

    def add_faults(self, faults: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
        """Put faults, as a seed file has them, in front of all others."""
        added = super().add_faults(faults)
        self.added.update(zip((one.id for one in added), faults, strict=True))
        return added

    def unused(self) -> tuple[str, ...]:
        """A sentence for each script and each fault that was added and has met no request yet.

        Those that are there no longer, after `reset` or `drop_scripts`, are not mentioned.
        """
        scripts = [one.name for one in self.scripts() if one.source == "added" and not one.hits]
        faults = [one.id for one in self.faults() if one.id in self.added and not one.fired]
        return (
            *(f"The script {name} has answered nothing: {_short(self.added.get(name, {}))}" for name in scripts),
            *(f"The fault {name} has struck nothing: {_short(self.added[name])}" for name in faults),
        )

    def _executed(self) -> list[JournalEntry]:
        return [one for one in self.journal(operation="runtime.execute") if 0 < one.status < _ERROR]

    def assert_executed(
        self,
        session_id: str | None = None,
        *,
        content: str | None = None,
        script: str | None = None,
        times: int | None = None,
    ) -> tuple[JournalEntry, ...]:
        """There were executions, or just so many `times`; their entries in the journal.

        Args:
            session_id: of this session.
            content: with this text, less white space around it.
            script: answered by this script, perhaps among others; `default` is a default answer.
            times: None is at least once.

        Raises:
            AssertionError: with what came instead.
        """
        __tracebackhide__ = True
        executed = self._executed()
        found = [
            one
            for one in executed
            if session_id in (None, one.session_id)
            and (content is None or content.strip() == (one.content or "").strip())
            and (script is None or script in one.script)
        ]
        if len(found) == times or (times is None and found):
            return tuple(found)
        wanted = {"session": session_id, "content": content, "script": script}
        shown = ", ".join(f"{name} {value!r}" for name, value in wanted.items() if value is not None)
        often = "no execution" if not found else f"{len(found)} execution{'s' * (len(found) > 1)}"
        expected = "" if times is None else f", not {times}"
        came = executed or self.journal()
        instead = f"this came:\n{_listed(came)}" if came else "no request came at all"
        raise AssertionError(f"There was {often}{f' with {shown}' if shown else ''}{expected}; {instead}")

    def assert_path(self, *agents: str, session_id: str | None = None) -> Execution:
        """The last execution ran these agents in this order; the execution. START and END may be named, too.

        Args:
            agents: every agent that had a turn, a supervisor each time.
            session_id: None is the session that was executed last.

        Raises:
            AssertionError: with the path that it took, and why.
        """
        __tracebackhide__ = True
        executed = self._executed()
        session = session_id or (executed[-1].session_id if executed else None)
        executions = self.executions(session) if session else ()
        if not executions:
            raise AssertionError(f"Nothing was executed{f' in {session}' if session else ''}")
        last = executions[-1]
        if last.agents == tuple(name for name in agents if name not in _ENDS):
            return last
        moves = "\n".join(f"  {one.source} → {one.target}: {one.why}" for one in last.path)
        raise AssertionError(
            f"Execution {last.turn} of {session} ({last.status}) ran {' → '.join(last.agents) or 'no agent'}, "
            f"not {' → '.join(agents)}; its path was\n{moves}"
        )

    def assert_no_default_answers(self) -> None:
        """Scripts have answered every turn.

        Raises:
            AssertionError: with the messages that no script has answered.
        """
        __tracebackhide__ = True
        found = self.journal(outcome="default_answer")
        if found:
            raise AssertionError(f"{default_answers(found)}\n{_listed(found)}")


def default_answers(found: Sequence[JournalEntry]) -> str:
    """A sentence about messages that no script has answered."""
    contents = ", ".join(dict.fromkeys(repr(one.content) for one in found))
    return f"No script answered {contents}; add one, such as atthene.script('…', content={found[0].content!r})"
