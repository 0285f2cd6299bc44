"""Provider states of a seed: sentences of a Pact, with what they stand for. This module reads the files that they name."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.configurations import read_file_below

_INLINE = {"agents": "system_config", "sessions": "config"}


def with_files(entry: Mapping[str, Any], so_far: Collected) -> Mapping[str, Any]:
    """The entry with the configurations themselves where it names their files; it is used when there is no file to read."""
    read = dict(entry)
    for kind, inline in _INLINE.items():
        if kind in entry:
            read[kind] = [_with_file(one, (kind, index), inline, so_far) for index, one in enumerate(entry[kind])]
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
