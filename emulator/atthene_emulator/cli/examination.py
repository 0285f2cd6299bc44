"""What a running emulator says of itself, and what of that may surprise. This module is what `doctor` asks it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from atthene_emulator import __version__
from atthene_emulator.cli.surroundings import Trouble
from atthene_emulator.errors import EmulatorError

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient, Health, Json

_REFUSED = {401: "error", 403: "warning"}  # a key may be meant to be forbidden this or that
_USUAL = "http://127.0.0.1:8484"
_COMMAND = "atthene-emulator"


def other_version(health: "Health") -> Iterator[Trouble]:
    """An emulator that is not the one that is installed."""
    if health.version != __version__:
        message = f"The emulator that runs is {health.version}, the one that is installed is {__version__}."
        yield Trouble("warning", "version", message, f"Stop it, and start `{_COMMAND} serve` again.")


def conditions(client: "EmulatorClient", state: "Json") -> Iterator[Trouble]:
    """What somebody has switched on, and may have forgotten."""
    here = f" --url {client.url}" if client.url != _USUAL else ""
    here += f" --namespace {client.namespace}" if client.namespace else ""
    back = f"{_COMMAND} reset{here}"
    if state["scenario"] is not None:
        yield Trouble("warning", "scenario", f"The scenario {state['scenario']} is active.", f"{back} --scope scripts")
    if state["clock"]["mode"] == "frozen":
        message = f"The clock stands still at {state['clock']['now']}; delays pass at once."
        yield Trouble("warning", "clock", message, f"{back} --scope clock, if the seed does not freeze it.")
    if state["counts"]["faults"]:
        kinds = ", ".join(f"{one.id} ({one.kind} on {one.operation})" for one in client.faults()[:5])
        yield Trouble("warning", "faults", f"Faults strike requests: {kinds}.", f"{back} --scope faults")
    limit = client.rate_limit()
    if limit is not None:
        message = f"A rate limit is on: {limit.requests} requests in {limit.per_seconds:g} s for each {limit.scope}."
        yield Trouble("warning", "rate limit", message, f"{back} --scope rate_limit")


def unknown_key(client: "EmulatorClient", key: str) -> Iterator[Trouble]:
    """An ATTHENE_API_KEY that the emulator does not accept.

    It is known from the list of namespaces, or it is tried: by a request that a fault of its own strikes before anything
    happens, and that only the journal remembers.
    """
    if key in {one.api_key for one in client.namespaces()}:
        return
    level, refusal = _refusal(client, key)
    if level:
        yield Trouble(
            level,
            "ATTHENE_API_KEY",
            f"The emulator does not accept the key in ATTHENE_API_KEY, {key[:2]}…: {refusal}.",
            f'eval "$({_COMMAND} env --url {client.url})"',
        )


def _refusal(client: "EmulatorClient", key: str) -> tuple[str, str]:
    """How bad it is and why; empty if the key opens the sessions."""
    from requests import RequestException  # noqa: PLC0415  # not for --help

    from atthene_emulator.client import session  # noqa: PLC0415

    headers = {"x-api-key": key, "X-Emulator-Fault": "503"}
    try:
        with session() as http:
            answer = http.get(f"{client.base_url}/sessions/", headers=headers, timeout=10)
            return _REFUSED.get(answer.status_code, ""), str(answer.json()["error"]["message"])
    except (RequestException, ValueError, KeyError, TypeError, UnicodeError) as error:
        return "error", f"it cannot even be sent ({type(error).__name__})"


def answering(ports: Sequence[int]) -> Iterator["EmulatorClient"]:
    """The emulators among what listens on these ports."""
    from atthene_emulator.client import EmulatorClient  # noqa: PLC0415  # not for --help

    for port in ports:
        with EmulatorClient(f"http://127.0.0.1:{port}", timeout=1.0) as client:
            try:
                client.health()
            except EmulatorError:
                continue
            yield client
