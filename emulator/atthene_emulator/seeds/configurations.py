"""Configurations of agents and sessions, written into a seed or into a file beside it. This module reads them."""

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, TypeVar

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.document import Document, Path
from atthene_emulator.configuration.findings import errors, located
from atthene_emulator.configuration.validation import validate
from atthene_emulator.domain.slug import agent_key
from atthene_emulator.errors import SetupError
from atthene_emulator.seeds.collected import Collected, FileReader, line

T = TypeVar("T")

INLINE: Mapping[str, str] = {
    "agents": "system_config",
    "sessions": "config",
}  # where one is written into an entry of these


def read_configuration(entry: Mapping[str, Any], path: Path, inline: str, so_far: Collected) -> Configuration | None:
    """The configuration of an entry, if it is valid; `inline` is the key of one that is written into the entry."""
    if "config_file" in entry:
        return _from_file(entry["config_file"], (*path, "config_file"), so_far)
    if so_far.checked:
        return Configuration(entry[inline])
    findings = validate(entry[inline], so_far.language)
    so_far.findings += [finding.below(*path, inline) for finding in findings]
    return None if errors(findings) else Configuration(entry[inline])


def read_file_below(name: str, path: Path, so_far: Collected) -> Document | None:
    """The document in a file below the seed's folder; None, and a mistake at `path`, if there is none."""
    return _below(name, path, so_far, lambda folder: folder.document(name))


def read_bytes_below(name: str, path: Path, so_far: Collected) -> bytes | None:
    """The same of the bytes of a file."""
    return _below(name, path, so_far, lambda folder: folder.data(name))


def _below(name: str, path: Path, so_far: Collected, read: Callable[[FileReader], T]) -> T | None:
    if so_far.read_file is None or PurePath(name).is_absolute() or ".." in PurePath(name).parts:
        so_far.wrong(path, f"{name} must be a file below the seed file's own folder.")
        return None
    try:
        return read(so_far.read_file)
    except SetupError as error:
        so_far.wrong(path, str(error))
        return None


def _from_file(name: str, path: Path, so_far: Collected) -> Configuration | None:
    document = read_file_below(name, path, so_far)
    if document is None:
        so_far.may_lack_agents = True
        return None
    wrong = errors(located(validate(document.value, so_far.language, document.unquoted), document))
    for finding in wrong:
        so_far.wrong(path, line(finding, name))
    called = document.value.get("name") if wrong and isinstance(document.value, dict) else None
    if isinstance(called, str):
        so_far.refused.add(agent_key(called))
    elif wrong:
        so_far.may_lack_agents = True
    return None if wrong else Configuration(document.value)
