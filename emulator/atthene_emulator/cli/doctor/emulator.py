"""The emulator that is meant: whether it runs, and what of it may surprise. This module is what `doctor` asks it."""

import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from atthene_emulator import __version__
from atthene_emulator.addresses import LOCAL
from atthene_emulator.cli.doctor.pages import refused_pages
from atthene_emulator.cli.doctor.ports import listeners
from atthene_emulator.cli.doctor.report import Report, Trouble
from atthene_emulator.cli.doctor.urls import is_local, split
from atthene_emulator.client import EmulatorClient, Fault, Health
from atthene_emulator.client.reading import Json, shortened
from atthene_emulator.errors import EmulatorError, EmulatorRefused, EmulatorUnreachable

_COMMAND = "atthene-emulator"
_COUNTED = ("accounts", "agents", "sessions", "files", "knowledge_bases", "scripts", "faults", "snapshots")


def answers(client: EmulatorClient) -> bool:
    """Whether an emulator is there, even one that refuses to say how it is."""
    try:
        client.health()
    except EmulatorUnreachable:
        return False
    except EmulatorRefused:
        pass
    return True


def examine(client: EmulatorClient, world: EmulatorClient, report: Report) -> Iterator[Trouble]:
    """What the emulator says, noted in the report, and what is unusual about it."""
    try:
        health = client.health()
        report.emulator = asdict(health)
        yield from _other_version(health)
        yield from _unready(client)
        state = world.state()
    except EmulatorUnreachable as error:
        yield from _nobody(client, str(error))
    except EmulatorRefused as refused:
        report.emulator = report.emulator or {}
        remedy = (
            "Name --control-token as it was started with." if report.emulator == {} else "Name another --namespace."
        )
        yield Trouble("error", "emulator", f"The emulator refuses to say how it is: {refused.message}.", remedy)
    else:
        report.emulator |= {
            "namespace": state["namespace"],
            "counts": {name: state["counts"][name] for name in _COUNTED},
        }
        yield from _conditions(world, state)
        yield from refused_pages(client)


def _nobody(client: EmulatorClient, why: str) -> Iterator[Trouble]:
    """No emulator answers: who does, and where one is."""
    parts = split(client.url)
    is_here = parts is not None and is_local(client.url)
    known = listeners() if is_here else {}
    port = (parts.port or 80) if parts else 0
    if is_here and _is_taken(client.url, port):
        who = known.get(port, "another program")
        message = f"Port {port} is held by {who}, which is no emulator."
        yield Trouble("error", "port", message, "Stop it, or: atthene-emulator serve --port 0")
    else:
        yield Trouble("error", "emulator", why, "atthene-emulator serve")
    others = [number for number, holder in known.items() if "emulator" in holder.command and number != port]
    for other in _answering(others):
        message = f"An emulator answers at {other.url}, another place than {client.url}."
        yield Trouble("warning", "emulator", message, f"export ATTHENE_EMULATOR_URL={other.url}")


def _is_taken(url: str, port: int) -> bool:
    parts = split(url)
    try:
        with socket.create_connection((parts.hostname or "" if parts else "", port), timeout=1):
            return True
    except OSError:
        return False


def _other_version(health: Health) -> Iterator[Trouble]:
    """An emulator that is not the one that is installed."""
    if health.version != __version__:
        message = f"The emulator that runs is {health.version}, the one that is installed is {__version__}."
        yield Trouble("warning", "version", message, f"Stop it, and start `{_COMMAND} serve` again.")


def _unready(client: EmulatorClient) -> Iterator[Trouble]:
    """An emulator whose store cannot be used now."""
    if not client.ready():
        message = "The emulator is not ready: what keeps its state cannot be used now, and its log says why."
        yield Trouble("error", "store", message, f"curl {client.url}/__emulator/ready")


def _conditions(client: EmulatorClient, state: Json) -> Iterator[Trouble]:
    """What somebody has switched on, and may have forgotten."""
    here = f" --url {client.url}" if client.url != LOCAL else ""
    here += f" --namespace {client.namespace}" if client.namespace else ""
    back = f"{_COMMAND} reset{here}"
    if state["scenario"] is not None:
        yield Trouble("warning", "scenario", f"The scenario {state['scenario']} is active.", f"{back} --scope scripts")
    if state["clock"]["mode"] == "frozen":
        message = f"The clock stands still at {state['clock']['now']}; delays pass at once."
        yield Trouble("warning", "clock", message, f"{back} --scope clock, if the seed does not freeze it.")
    faults = [one for one in client.faults() if not _is_used_up(one)] if state["counts"]["faults"] else []
    if faults:
        kinds = ", ".join(map(_fault, faults[:5]))
        yield Trouble("warning", "faults", f"Faults strike requests: {kinds}.", f"{back} --scope faults")
    unusual = client.transitions()
    if unusual:
        message = f"Files do not take as long as usual, or fail: {shortened(unusual)}."
        yield Trouble("warning", "transitions", message, f"{back} --scope transitions")
    limit = client.rate_limit()
    if limit is not None:
        message = f"A rate limit is on: {limit.requests} requests in {limit.per_seconds:g} s for each {limit.scope}."
        yield Trouble("warning", "rate limit", message, f"{back} --scope rate_limit")


def _is_used_up(fault: Fault) -> bool:
    """Whether it has struck as often as it may."""
    times = fault.entry.get("times")
    return times is not None and fault.fired >= times


def _fault(fault: Fault) -> str:
    """What strikes; a page takes a hidden answer for one that it may not read."""
    return f"{fault.id} ({fault.kind}{'' if fault.entry.get('cors', True) else ', hidden from pages,'} on {fault.operation})"


def _answering(ports: Sequence[int]) -> Iterator[EmulatorClient]:
    """The emulators among what listens on these ports."""
    for port in ports:
        with EmulatorClient(f"http://127.0.0.1:{port}", timeout=1.0) as client:
            try:
                client.health()
            except EmulatorError:
                continue
            yield client
