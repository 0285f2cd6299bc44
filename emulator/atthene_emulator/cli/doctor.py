"""`atthene-emulator doctor`: what is wrong, and what to do. This module is that command."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from atthene_emulator import __version__
from atthene_emulator.cli.asking import client_of, json_option, namespace_option, token_option, url_option
from atthene_emulator.cli.surroundings import (
    Trouble,
    base_url,
    broken_files,
    is_local,
    is_same_place,
    split,
    swallowing_proxies,
    wrong_base_url,
)
from atthene_emulator.errors import EmulatorRefused, EmulatorUnreachable

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient

_WRONG, _UNREACHABLE = 1, 3
_COLOURS = {"error": "red", "warning": "yellow"}
_COUNTED = ("accounts", "agents", "sessions", "scripts", "faults", "snapshots")


@dataclass
class Report:
    """What was found out.

    Attributes:
        url: where an emulator was looked for.
        emulator: what it says of itself, None if there is none.
    """

    url: str
    emulator: dict[str, Any] | None = None
    found: list[Trouble] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The exit status."""
        if self.emulator is None:
            return _UNREACHABLE
        return _WRONG if any(one.severity == "error" for one in self.found) else 0


@click.command()
@url_option
@token_option
@namespace_option
@json_option
@click.pass_context
def doctor(
    context: click.Context, url: str, control_token: str | None, namespace: str | None, *, as_json: bool
) -> None:
    """Find out what is wrong, and what to do about it.

    Looked at are the emulator: whether it runs, its version, clock, faults, rate limit and scenario; who holds its port; proxies; the
    variables ATTHENE_BASE_URL and ATTHENE_API_KEY; and the files that came with it. Each trouble has a remedy.

    \b
    Examples:
      atthene-emulator doctor
      atthene-emulator doctor --url http://127.0.0.1:9000 --json

    Exit status: 0 nothing is wrong, although something may be unusual; 1 something is wrong; 3 no emulator runs there.
    """
    is_chosen = context.get_parameter_source("url") is not ParameterSource.DEFAULT
    place = _place(url, control_token, is_chosen=is_chosen)
    with client_of(place, control_token) as client, client_of(place, control_token, namespace) as world:
        report = Report(client.url)
        report.found += [*broken_files(), *swallowing_proxies(os.environ), *_emulator(client, world, report)]
        report.found += _variables(client, report)
    click.echo(_as_json(report) if as_json else _text(report))
    context.exit(report.status)


def _place(url: str, control_token: str | None, *, is_chosen: bool) -> str:
    """Where the emulator is that is meant; without a choice, it may also be where ATTHENE_BASE_URL points."""
    other = base_url()
    if is_chosen or other is None or not is_local(other):
        return url
    with client_of(url, control_token) as usual, client_of(other, control_token) as pointed:
        return other if not _answers(usual) and _answers(pointed) else url


def _answers(client: "EmulatorClient") -> bool:
    try:
        client.health()
    except EmulatorUnreachable:
        return False
    except EmulatorRefused:
        pass
    return True


def _emulator(client: "EmulatorClient", world: "EmulatorClient", report: Report) -> Iterator[Trouble]:
    """What the emulator says, noted in the report, and what is unusual about it."""
    from atthene_emulator.cli.examination import conditions, other_version  # noqa: PLC0415  # not for --help

    try:
        health = client.health()
        report.emulator = asdict(health)
        yield from other_version(health)
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
        yield from conditions(world, state)


def _nobody(client: "EmulatorClient", why: str) -> Iterator[Trouble]:
    """No emulator answers: who does, and where one is."""
    from atthene_emulator.cli.examination import answering  # noqa: PLC0415
    from atthene_emulator.cli.ports import listeners  # noqa: PLC0415

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
    for other in answering(others):
        message = f"An emulator answers at {other.url}, another place than {client.url}."
        yield Trouble("warning", "emulator", message, f"export ATTHENE_EMULATOR_URL={other.url}")


def _is_taken(url: str, port: int) -> bool:
    parts = split(url)
    try:
        with socket.create_connection((parts.hostname or "" if parts else "", port), timeout=1):
            return True
    except OSError:
        return False


def _variables(client: "EmulatorClient", report: Report) -> Iterator[Trouble]:
    """Variables that lead programs elsewhere, or that carry a key that is not accepted."""
    from atthene_emulator.cli.examination import unknown_key  # noqa: PLC0415

    runs = report.emulator is not None
    pointed, key = base_url(), os.environ.get("ATTHENE_API_KEY")
    if pointed is not None:
        troubles = [*wrong_base_url(pointed, client.url if runs else None)]
        yield from troubles or _elsewhere(client, pointed, runs=runs)
    if key and report.emulator:
        yield from unknown_key(client, key)


def _elsewhere(client: "EmulatorClient", pointed: str, *, runs: bool) -> Iterator[Trouble]:
    """An ATTHENE_BASE_URL of another place than the emulator's."""
    if is_same_place(pointed, client.url):
        return
    there = client_of(pointed, None)
    with there:
        found = "another emulator answers" if _answers(there) else "no emulator answers"
    remedy = f"export ATTHENE_BASE_URL={client.base_url}" if runs else "unset ATTHENE_BASE_URL"
    yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL is {pointed}, where {found}.", remedy)


def _as_json(report: Report) -> str:
    shown = {
        "ok": report.status == 0,
        "url": report.url,
        "installed": __version__,
        "emulator": report.emulator,
        "findings": [asdict(one) for one in report.found],
    }
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _text(report: Report) -> str:
    lines = [_summary(report)]
    for one in report.found:
        head = click.style(f"{one.severity}[{one.what}]", fg=_COLOURS[one.severity], bold=True)
        lines += ["", f"{head}: {one.message}", f"  remedy: {one.remedy}"]
    wrong = sum(one.severity == "error" for one in report.found)
    unusual = len(report.found) - wrong
    ending = f"{wrong} wrong, {unusual} unusual." if report.found else "Nothing is wrong."
    return "\n".join([*lines, "", ending])


def _summary(report: Report) -> str:
    running = report.emulator
    if running is None:
        return f"No emulator at {report.url}; version {__version__} is installed."
    if not running:
        return f"An emulator at {report.url}."
    version, contract, seconds = (running[name] for name in ("version", "contract", "uptime_seconds"))
    head = f"Emulator at {report.url}: version {version}, contract {contract}, up {seconds} s"
    lines = [f"{head}, namespaces {running['namespaces']}"]
    if "counts" in running:
        counts = ", ".join(f"{name} {count}" for name, count in running["counts"].items())
        lines.append(f"  {running['namespace']}: {counts}")
    return "\n".join(lines)
