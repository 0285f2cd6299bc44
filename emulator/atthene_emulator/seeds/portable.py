"""A seed as one document, which can be sent to an emulator elsewhere. This module is how seed files become that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atthene_emulator.seeds.collected import FileReader
from atthene_emulator.seeds.configurations import INLINE
from atthene_emulator.seeds.folder import Folder, read_file
from atthene_emulator.seeds.uploads import with_bytes

_CONFIGURATIONS = {**INLINE, "earlier_versions": INLINE["agents"]}
_NAMED = ("scenarios", "provider_states")  # by names of the user's own
_FILES = ("files", "artifacts")
_BELOW = (*_CONFIGURATIONS, *_NAMED, *_FILES)


def portable(path: Path) -> Mapping[str, Any]:
    """What a seed file says, with the files that it names written into it; whether it is right is not looked at.

    Raises:
        SetupError: a file cannot be read, or is neither YAML nor JSON.
    """
    seed: Mapping[str, Any] = _inlined(read_file(path, str(path)).value, "", Folder(path.parent))
    return seed


def _inlined(value: Any, key: str, read: FileReader) -> Any:
    """A part of a seed, which stands below a key: in it, a file that is named becomes what it says."""
    if isinstance(value, list):
        return [_inlined(one, key, read) for one in value]
    if not isinstance(value, dict):
        return value
    if key in _CONFIGURATIONS and isinstance(value.get("config_file"), str):
        whole = {name: one for name, one in value.items() if name != "config_file"}
        value = {**whole, _CONFIGURATIONS[key]: read.document(value["config_file"]).value}
    if key in _FILES and isinstance(value.get("path"), str):
        return with_bytes(value, read.data(value["path"]))
    if key in _NAMED:
        return {name: _inlined(one, "", read) for name, one in value.items()}
    return {name: _inlined(one, name, read) if name in _BELOW else one for name, one in value.items()}
