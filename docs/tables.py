"""What pages repeat of the code: tables between `<!-- table: NAME -->` and `<!-- end -->`. This module is those tables.

A table is a function that reads the rows, decisions and errors themselves, so that it says nothing that the code does not.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

from atthene_emulator import addresses
from atthene_emulator.limits import LIMITS
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.ledger import ledger, summary
from atthene_emulator.web.operations import OPERATIONS
from atthene_emulator.web.socket import codes, events, frames
from docs import simulation
from docs.bodies import bodies
from docs.commands import options
from docs.entries import decisions, errors, findings, refusals, shown
from docs.markdown import table
from docs.schema_keys import configuration, scripts, seed

ROOT = Path(__file__).parents[1]

_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def endpoints() -> str:
    """Every operation of the imitated API."""
    rows = (
        (
            f"`{row.name}`",
            f"`{row.operation_id}`",
            f"`{row.method} {addresses.API}{row.path}`",
            str(row.status),
            shown(row.evidence),
            shown(row.status_evidence),
        )
        for row in OPERATIONS
    )
    return table(
        ("operation", "in clients", "method and path", "status", "evidence of the operation", "evidence of the status"),
        *rows,
    )


def control() -> str:
    """Every operation of the control plane."""
    rows = ((f"`{row.method} {addresses.CONTROL}{row.path}`", row.note or row.summary) for row in CONTROL)
    return table(("method and path", "does"), *rows)


def socket_frames() -> str:
    """Every frame that clients send."""
    rows = (
        (
            f"`{row.type}`",
            row.summary,
            ", ".join(f"`{name}`" for name in _fields(row)),
            row.note,
            shown(row.evidence),
        )
        for row in frames.FRAMES
    )
    return table(("type", "asks for", "fields", "", "evidence"), *rows)


def _fields(row: frames.Frame) -> Iterator[str]:
    """The fields of a frame that not every frame has; those that may be left out end with a question mark."""
    source = row.body.source
    for name in source["properties"]:
        if name not in ("type", "client_type"):
            yield name if name in source["required"] else f"{name}?"


def socket_events() -> str:
    """Every event that is sent by itself, and names of those that scripts may list."""
    rows = (
        (
            f"`{one.type}`",
            one.summary,
            ", ".join(
                f"`{name}`"
                for name in one.schema.source["properties"]
                if name not in ("type", "timestamp", "correlation_id")
            ),
            shown(one.evidence),
        )
        for one in events.EVENTS
        if one.sent == "always"
    )
    return table(("`payload.type`", "what happens", "fields", "evidence"), *rows)


def socket_scripted_events() -> str:
    """Names of events that are sent where a script lists them."""
    return ", ".join(f"`{one.type}`" for one in events.EVENTS if one.sent == "script") + "\n"


def socket_errors() -> str:
    """Every error code, its case, and its text where that is documented."""
    rows = (
        (f"`{one.code}`", one.when, f"`{one.message}`" if one.message else "", shown(one.evidence))
        for one in codes.ERRORS
    )
    return table(("error_code", "when", "message", "evidence"), *rows)


def socket_closes() -> str:
    """Every code with which a socket is closed."""
    return table(
        ("code", "when", "evidence"), *((f"`{one.code}`", one.when, shown(one.evidence)) for one in codes.CLOSES)
    )


def limits() -> str:
    """Every bound."""
    rows = ((one.what, one.shown, one.option and f"`{one.option}`", one.answer) for one in LIMITS)
    return table(("what", "at most", "option", "who sends more"), *rows)


def faithfulness() -> str:
    """How many statements of each kind are documented, inferred and decided, in contract `current`."""
    counts = summary(ledger("current"))
    rows = ((kind, *(str(count) for count in levels.values())) for kind, levels in counts.items())
    return table(("kind", "documented", "inferred", "decided"), *rows)


def imports() -> str:
    """What each part of the package imports, for types as well; whoever is imported by most comes last."""
    package = ROOT / "emulator" / "atthene_emulator"
    found: dict[str, set[str]] = {}
    for module in sorted(package.rglob("*.py")):
        part = module.relative_to(package).with_suffix("").parts[0]
        names = re.findall(
            r"^\s*(?:from|import) atthene_emulator(?:\.(\w+)| import (\w+))", module.read_text(), re.MULTILINE
        )
        found.setdefault(part, set()).update({one or other for one, other in names} - {part})
    parts = {part: sorted(names & found.keys()) for part, names in sorted(found.items()) if not part.startswith("__")}
    order = [*TopologicalSorter(parts).static_order()][::-1]
    return table(
        ("part", "imports"),
        *((f"`{part}`", ", ".join(f"`{one}`" for one in order if one in parts[part])) for part in order),
    )


def spread() -> str:
    """How namespaces spread over emulators that share a Redis."""
    return table(*simulation.results())


TABLES: Mapping[str, Callable[[], str]] = {
    one.__name__: one
    for one in (
        endpoints,
        bodies,
        control,
        errors,
        refusals,
        findings,
        configuration,
        seed,
        scripts,
        options,
        socket_frames,
        socket_events,
        socket_scripted_events,
        socket_errors,
        socket_closes,
        decisions,
        limits,
        faithfulness,
        imports,
        spread,
    )
}


def renewed(text: str) -> str:
    """A page with its tables as the code has them now."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[3]}", text)


def pages() -> Iterator[tuple[Path, str]]:
    """Every page, and the text that it should have."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        yield page, renewed(page.read_text(encoding="utf-8"))
