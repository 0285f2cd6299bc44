"""Variables that lead programs to the emulator. This module is what `doctor` finds wrong with them."""

import os
from collections.abc import Iterator
from contextlib import suppress

from requests import RequestException

from atthene_emulator.addresses import API, LOCAL, SERVICE_DOMAINS, is_loopback
from atthene_emulator.cli.connection import client_of
from atthene_emulator.cli.doctor.emulator import answers
from atthene_emulator.cli.doctor.report import Report, Trouble
from atthene_emulator.cli.doctor.urls import is_local, is_same_place, split
from atthene_emulator.client import EmulatorClient, session
from atthene_emulator.errors import EmulatorRefused

_REFUSED = {401: "error", 403: "warning"}  # a key may be meant to be forbidden this or that


def place(url: str, control_token: str | None) -> str:
    """Where the emulator is that is meant if nobody says it: here, or else where ATTHENE_BASE_URL points."""
    other = os.environ.get("ATTHENE_BASE_URL", "")
    if not is_local(other):
        return url
    with client_of(url, control_token) as usual, client_of(other, control_token) as pointed:
        return other if not answers(usual) and answers(pointed) else url


def misleading(client: EmulatorClient, report: Report) -> Iterator[Trouble]:
    """Variables that lead programs elsewhere, or that carry a key that is not accepted."""
    runs = report.emulator is not None
    pointed, key = os.environ.get("ATTHENE_BASE_URL"), os.environ.get("ATTHENE_API_KEY")
    if pointed:
        troubles = [*_wrong_base_url(pointed, client.url if runs else None)]
        yield from troubles or _elsewhere(client, pointed, runs=runs)
    if key and report.emulator:
        yield from _unknown_key(client, key)


def _elsewhere(client: EmulatorClient, pointed: str, *, runs: bool) -> Iterator[Trouble]:
    """An ATTHENE_BASE_URL of another place than the emulator's."""
    if is_same_place(pointed, client.url):
        return
    with client_of(pointed, None) as there:
        found = "another emulator answers" if answers(there) else "no emulator answers"
    remedy = f"export ATTHENE_BASE_URL={client.base_url}" if runs else "unset ATTHENE_BASE_URL"
    yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL is {pointed}, where {found}.", remedy)


def _wrong_base_url(found: str, running: str | None) -> Iterator[Trouble]:
    """What is wrong with ATTHENE_BASE_URL, given where an emulator runs; whether anything answers there is not looked at."""
    remedy = f"export ATTHENE_BASE_URL={running or LOCAL}{API}"
    parts = split(found)
    if parts is None:
        yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL is no URL: {found!r}.", remedy)
        return
    host = parts.hostname or ""
    if f".{host}".endswith(tuple(f".{domain}" for domain in SERVICE_DOMAINS)):
        yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL is the real service at {host}.", remedy)
    elif parts.scheme == "https" and is_loopback(host):
        yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL is {found}; the emulator speaks http.", remedy)
    elif parts.path.rstrip("/") != API:
        yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL does not end in {API}: {found}.", remedy)


def _unknown_key(client: EmulatorClient, key: str) -> Iterator[Trouble]:
    """An ATTHENE_API_KEY that the emulator does not accept.

    It is known from the list of namespaces, or it is tried: by a request that a fault of its own strikes before anything
    happens, and that only the journal remembers.
    """
    with suppress(EmulatorRefused):  # of whoever has the key of a namespace in place of the token
        if key in {one.api_key for one in client.namespaces()}:
            return
    level, refusal = _refusal(client, key)
    if level:
        yield Trouble(
            level,
            "ATTHENE_API_KEY",
            f"The emulator does not accept the key in ATTHENE_API_KEY, {key[:2]}…: {refusal}.",
            f'eval "$(atthene-emulator env --url {client.url})"',
        )


def _refusal(client: EmulatorClient, key: str) -> tuple[str, str]:
    """How bad it is and why; empty if the key opens the sessions."""
    headers = {"x-api-key": key, "X-Emulator-Fault": "503"}
    try:
        with session() as http:
            answer = http.get(f"{client.base_url}/sessions/", headers=headers, timeout=10)
            return _REFUSED.get(answer.status_code, ""), str(answer.json()["error"]["message"])
    except (RequestException, ValueError, KeyError, TypeError, UnicodeError) as error:
        return "error", f"it cannot even be sent ({type(error).__name__})"
