"""Seeds by name: those that come with the emulator, and the user's own files. This module is who finds and reads them."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.document import Document
from atthene_emulator.domain.seed import Scenario, Seed, SeedSource
from atthene_emulator.errors import Misuse, SetupError
from atthene_emulator.resources import bundled, fixture_names
from atthene_emulator.seeds.folder import Folder, Note, ignore, read_file
from atthene_emulator.seeds.reader import add_seed, read_addition, read_inline_seed
from atthene_emulator.wording import did_you_mean

_BEGINNING = 1000
_FORMAT = rb'\A\s*\{\s*"format"\s*:\s*"atthene-emulator/(\w+)"'


def read_seeds(names: tuple[str, ...], note: Note = ignore) -> Seed:
    """What the named seeds say together.

    Args:
        names: bundled fixtures or paths; a path ends in .yaml, .yml or .json, or has a slash.
        note: is told of each file that is not ours, right before it is read.

    Raises:
        SetupError: a seed is missing or wrong.
    """
    return read_sources(names, note)


def read_sources(sources: Sequence[SeedSource], note: Note = ignore) -> Seed:
    """What the sources of a seed say together.

    Args:
        sources: names, as of `read_seeds`, and seeds themselves.
        note: as of `read_seeds`.

    Raises:
        SetupError: a seed is missing or wrong.
    """
    seed = Seed()
    for source in sources:
        before = seed.sources
        if not isinstance(source, str):
            seed = _with_document(seed, source)
        elif is_path(source):
            path = Path(source)
            note(path)
            seed = add_seed(seed, read_file(path, str(path)), str(path), Folder(path.parent, note))
        else:
            path, shown = _bundled_seed(source), f"{source}.yaml"
            seed = add_seed(seed, read_file(path, shown), shown, checked=True)
        seed = seed._replace(sources=(*before, source))
    return seed


def _with_document(seed: Seed, document: Mapping[str, Any]) -> Seed:
    """A seed with what another says that was sent."""
    try:
        return read_inline_seed(document, seed)
    except Misuse as refusal:
        raise SetupError("\n".join(f"{problem.field}: {problem.message}" for problem in refusal.problems)) from None


def is_path(name: str) -> bool:
    """Whether a seed is named by its path."""
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml", ".json"))


def format_of(path: Path) -> str:
    """Which document of an emulator a file is, `snapshot` or `state`, which say so at their beginning; empty for a seed."""
    try:
        with path.open("rb") as file:
            found = re.search(_FORMAT, file.read(_BEGINNING))
    except OSError:  # whoever reads it says so
        return ""
    return found[1].decode() if found else ""


def _bundled_seed(name: str) -> Path:
    known = fixture_names()
    if name not in known:
        end = f"; there are {', '.join(known)}, and a file is named by its path."
        raise SetupError(f"There is no bundled seed {name}{did_you_mean(name, known, end)}")
    return _quickest(bundled(f"fixtures/{name}.yaml"))


def _quickest(path: Path) -> Path:
    """The same document in JSON, where `make docs` has written one: it is read without what reads YAML."""
    in_json = path.with_suffix(".json")
    return in_json if in_json.exists() else path


class BundledSeeds:
    """The seeds and scenarios in `fixtures/`; each file is read when it is first asked for."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._seeds: dict[str, Seed] = {}

    @property
    def seeds(self) -> tuple[str, ...]:
        """Names of seeds."""
        return fixture_names()

    @property
    def scenarios(self) -> Mapping[str, str]:
        """What each scenario is for, by its name."""
        names = fixture_names("scenarios")
        return {name: self._scenario(name).value["scenarios"][name]["description"] for name in names}

    @cached_property
    def default_agent(self) -> Configuration:
        """The studio's template "Basic Dynamic Agent Test" (D63)."""
        name = "fixtures/configurations/default-agent.yaml"
        return Configuration(read_file(bundled(name), name).value)

    def seed(self, name: str, before: Seed | None = None) -> Seed:
        """A seed by its name, and what is before it.

        Raises:
            SetupError: it does not fit what is before it.
        """
        if before is not None:
            return self._read(name, before)
        if name not in self._seeds:
            self._seeds[name] = self._read(name, Seed())
        return self._seeds[name]

    def _read(self, name: str, before: Seed) -> Seed:
        file = f"fixtures/{name}.yaml"
        seed = add_seed(before, self._document(file), file, checked=True)
        return seed._replace(sources=(*before.sources, name))

    def read_sources(self, sources: Sequence[SeedSource]) -> Seed:
        """What the sources of a seed say together; one that was read when the emulator started is not read again.

        Raises:
            SetupError: a seed is missing or wrong, or is a file: whoever else names one may not have it read.
        """
        for source in sources:
            if isinstance(source, str) and is_path(source):
                raise SetupError(
                    f"{source[:200]}: is a seed file, which only the command that starts an emulator may name."
                )
        match sources:
            case [str(name)] if name in self.seeds:
                return self.seed(name)
        return read_sources(sources)

    def fingerprint(self, sources: Sequence[SeedSource]) -> str:
        """A hash of what sources say, wherever their files are.

        Raises:
            SetupError: a file cannot be read any more.
        """
        from atthene_emulator.seeds.portable import portable  # noqa: PLC0415  # where a store is used

        said = [portable(Path(one)) if isinstance(one, str) and is_path(one) else one for one in sources]
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def scenario(self, name: str, seed: Seed) -> Scenario:
        """A scenario by its name, for a namespace with this seed.

        Raises:
            SetupError: it does not fit the seed.
        """
        return add_seed(seed, self._scenario(name), f"{name}.yaml", checked=True).scenarios[name]

    def addition(self, name: str, entry: Mapping[str, Any], seed: Seed, *, strict: bool) -> Scenario:
        """What agents, sessions, scripts and faults an entry adds to this seed, as a scenario of that name.

        Raises:
            Misuse: with every mistake in the entry.
        """
        return read_addition(name, entry, seed, strict=strict)

    def _scenario(self, name: str) -> Document:
        return self._document(f"fixtures/scenarios/{name}.yaml")

    def _document(self, name: str) -> Document:
        if name not in self._documents:
            self._documents[name] = read_file(_quickest(bundled(name)), name)
        return self._documents[name]
