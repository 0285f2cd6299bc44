"""What is said of a test: what is wrong with one that has passed, and what came to one that failed. This module says it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import pytest

from atthene_emulator.client import EmulatorNamespace, JournalEntry, default_answers
from atthene_emulator.errors import EmulatorError, EmulatorRefused
from atthene_emulator.pytest_plugin.worlds import Marked, World
from atthene_emulator.secrecy import redact_text
from atthene_emulator.wording import counted, printable

_NEWEST = 20  # entries of the journal that are printed
_SOCKETS = 5  # the newest ones, whose frames are printed
_SESSIONS = 5  # the newest ones, of which it is said why no script answered
_NOT_FOUND = 404
_BLOCKED = ("SocketBlockedError", "SocketConnectBlockedError")  # of pytest-socket


@contextmanager
def readable() -> Iterator[None]:
    """Say in a line what is wrong with a setting, a seed or the emulator."""
    said = ""
    try:
        yield
    except EmulatorError as error:
        said = str(error)
    except RuntimeError as error:
        if type(error).__name__ not in _BLOCKED:
            raise
        said = (
            "pytest-socket blocks the emulator and every program that would ask it; in place of --disable-socket allow "
            "this machine: --allow-hosts=127.0.0.1,::1 --allow-unix-socket"
        )
    if said:
        raise pytest.fail.Exception(said, pytrace=False) from None


def complaints(namespace: EmulatorNamespace, expected: Marked) -> list[str]:
    """What is wrong with a test that has passed; nothing with one that has deleted its namespace."""
    with readable():
        try:
            found = [] if expected.server_errors else _server_errors(namespace)
            return found + (_loose_ends(namespace) if expected.strict else [])
        except EmulatorRefused as refused:
            if refused.status != _NOT_FOUND:
                raise
            return []


def _server_errors(namespace: EmulatorNamespace) -> list[str]:
    """A sentence for each request that met a server error which nobody injected."""
    return [
        printable(
            f"The emulator answered {one.id} ({one.method} {one.path}) with {one.status}: {_message(one.response)}"
        )
        for one in namespace.journal(outcome="server_error")
    ]


def _message(response: Any) -> str:
    """What an error says."""
    error = response.get("error") if isinstance(response, dict) else None
    return str(error.get("message") if isinstance(error, dict) else response)


def _loose_ends(namespace: EmulatorNamespace) -> list[str]:
    """A sentence for each kind of thing that strict tests do not have."""
    unanswered = namespace.journal(outcome="default_answer")
    return [*([default_answers(unanswered)] if unanswered else []), *namespace.unused()]


def add_section(report: pytest.TestReport, name: str, text: str) -> None:
    """Add a section to a failure itself, so that it is also in what is made of failures elsewhere, such as JUnit's XML."""
    failure: Any = report.longrepr
    if hasattr(failure, "addsection"):
        failure.addsection(name, text, "-")
    elif isinstance(failure, str):
        report.longrepr = f"{failure}\n{f' {name} ':-^80}\n{text}"
    else:
        report.sections.append((name, text))


def journal(world: World) -> str:
    """What came to a test, or why nothing may have come."""
    try:
        entries = world.namespace.journal()
        if not entries:
            return "\n".join(["no request came", *_reasons(world)])
    except EmulatorError as error:
        return str(error)
    earlier = [f"{len(entries) - _NEWEST} earlier requests"] if len(entries) > _NEWEST else []
    return "\n".join([*earlier, *(one.with_bodies() for one in entries[-_NEWEST:])])


def waiting(world: World) -> str:
    """At which gates executions of a test wait; empty where none does."""
    held = [one for one in world.namespace.gates() if one.waiting]
    return "\n".join(
        printable(f"{counted(one.waiting, 'execution')} at the gate {one.name}: {', '.join(one.sessions)}")
        for one in held[:_NEWEST]
    )


def conversations(world: World) -> str:
    """The newest frames of the sockets that a test has opened; empty if it has opened none."""
    sockets = world.namespace.sockets
    earlier = [counted(len(sockets) - _SOCKETS, "earlier socket")] if len(sockets) > _SOCKETS else []
    return "\n".join([*earlier, *(one.conversation() for one in sockets[-_SOCKETS:])])


def unanswered(world: World) -> str:
    """Which turns of the newest sessions no script has answered, and which scripts nearly did; empty if there are none."""
    entries = [one for one in world.namespace.journal() if "default" in one.script and one.session_id]
    sessions = tuple(dict.fromkeys(one.session_id or "" for one in reversed(entries)))[:_SESSIONS]
    lines = [line for session in reversed(sessions) for line in _unanswered(world.namespace, session)]
    return "\n".join(lines[-_NEWEST:])


def _unanswered(namespace: EmulatorNamespace, session: str) -> list[str]:
    """A line for each turn of a session that no script has answered; none where the session is no more."""
    try:
        executions = namespace.executions(session, tail=_NEWEST)
    except EmulatorRefused as refused:
        if refused.status != _NOT_FOUND:
            raise
        return []
    return [printable(f"{session}, execution {one.turn}: {said}") for one in executions for said in one.unanswered]


def _reasons(world: World) -> Iterator[str]:
    """Why no request may have come."""
    namespace = world.namespace
    if missed := _since(world.server.journal(), world.before):
        refused = [one for one in missed if one.outcome == "auth_error"]
        if refused:
            yield f"{counted(len(refused), 'request')} with an unknown key came, of this test or of one before it that passed, refused with {refused[-1].status}: {refused[-1]}"
        if others := len(missed) - len(refused):
            yield f"{counted(others, 'request')} came to the namespace default, of this test or of one before it that passed: {missed[-1]}"
        yield "Use the key atthene.api_key, which belongs to this test alone"
    host = urlsplit(namespace.url).hostname or ""
    proxies = [name for name in ("http", "all") if name in getproxies_environment()]
    if proxies and not proxy_bypass(host):
        name = next(one for one in os.environ if one.lower() == f"{proxies[0]}_proxy")
        yield f"{name} is set, and NO_PROXY leaves out {host}: clients look for it at the proxy"
    yield f"Point your program at atthene.base_url, {redact_text(namespace.base_url)}"


def _since(entries: tuple[JournalEntry, ...], before: str | None) -> tuple[JournalEntry, ...]:
    """Entries that are newer than the one of this id."""
    places = [place for place, one in enumerate(entries) if one.id == before]
    return entries[places[-1] + 1 :] if places else entries
