"""Provider states of a seed: sentences of a Pact, with what they stand for. This module reads the files that they name, and checks names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.domain.provider_state import has_parameters
from atthene_emulator.domain.seed import Scenario
from atthene_emulator.resources import fixture_names
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.configurations import INLINE, read_bytes_below, read_file_below
from atthene_emulator.seeds.uploads import with_bytes
from atthene_emulator.wording import did_you_mean

_UNCLOSED = r"\{\{\s*params\b(?![^{}]*\}\})"


def misnamed(entry: Mapping[str, Any], scenarios: Mapping[str, Scenario]) -> Iterator[Finding]:
    """Seeds and scenarios that are not there, and parameters that are not closed.

    A seed that is read later may still have the scenario, so of that it is a warning.
    """
    seeds, known = fixture_names(), (*scenarios, *fixture_names("scenarios"))
    if _is_missing(entry.get("seed"), seeds):
        near = did_you_mean(entry["seed"], seeds, f"; there are {', '.join(seeds)}.")
        yield Finding("F111", ("seed",), f"There is no bundled seed {entry['seed']}{near}")
    if _is_missing(entry.get("scenario"), known):
        near = did_you_mean(entry["scenario"], known)
        yield Finding("F111", ("scenario",), f"There is no scenario {entry['scenario']}{near}", severity="warning")
    for path, text in _texts(entry, ()):
        if re.search(_UNCLOSED, text):
            yield Finding("F111", path, "{{ params is not closed; add }}.")


def _is_missing(name: Any, known: tuple[str, ...]) -> bool:
    return isinstance(name, str) and not has_parameters(name) and name not in known


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(item, (*path, key))


def with_files(entry: Mapping[str, Any], so_far: Collected) -> Mapping[str, Any]:
    """The entry with what is in files where it names them; it is used when there is no file to read."""
    read = dict(entry)
    for kind, inline in INLINE.items():
        if kind in entry:
            read[kind] = [_with_file(one, (kind, index), inline, so_far) for index, one in enumerate(entry[kind])]
    if "files" in entry:
        read["files"] = _with_bytes(entry["files"], ("files",), so_far)
    for index, session in enumerate(read.get("sessions", ())):
        if "artifacts" in session:
            path = ("sessions", index, "artifacts")
            read["sessions"][index] = {**session, "artifacts": _with_bytes(session["artifacts"], path, so_far)}
    return read


def _with_bytes(entries: Sequence[Mapping[str, Any]], path: Path, so_far: Collected) -> list[Mapping[str, Any]]:
    """Entries of files with their bytes."""
    read = list(entries)
    for index, entry in enumerate(entries):
        name = entry.get("path")
        data = read_bytes_below(name, (*path, index, "path"), so_far) if isinstance(name, str) else None
        if data is not None:
            read[index] = with_bytes(entry, data)
    return read


def _with_file(
    entry: Mapping[str, Any], path: tuple[str | int, ...], inline: str, so_far: Collected
) -> Mapping[str, Any]:
    name = entry.get("config_file")
    if not isinstance(name, str) or inline in entry:
        return entry
    document = read_file_below(name, (*path, "config_file"), so_far)
    if document is None:
        return entry
    return {inline: document.value, **{key: value for key, value in entry.items() if key != "config_file"}}
