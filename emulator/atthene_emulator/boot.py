"""Everything is built here, by passing arguments. This module is where settings become an emulator and an application."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atthene_emulator.addresses import is_loopback
from atthene_emulator.configuration.document import Document, Unreadable
from atthene_emulator.configuration.json_text import read_json
from atthene_emulator.configuration.yaml_text import read_yaml
from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.errors import SetupError
from atthene_emulator.evidence.observations import read_rulings
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.resources import bundled, fixture_names
from atthene_emulator.seeds.reader import FileReader, add_seed
from atthene_emulator.settings import Settings
from atthene_emulator.wording import did_you_mean

if TYPE_CHECKING:
    from starlette.routing import Router

Note = Callable[[Path], None]

_SEED_NODES = 2_000_000  # a seed is the user's own file; it may be much larger than a configuration


def _ignore(_: Path) -> None:
    """Note nothing."""


def read_seeds(names: tuple[str, ...], note: Note = _ignore) -> Seed:
    """What the named seeds say together.

    Args:
        names: bundled fixtures or paths; a path ends in .yaml, .yml or .json, or has a slash.
        note: is told of each file that is not ours, right before it is read.

    Raises:
        SetupError: a seed is missing or wrong.
    """
    seed = Seed()
    for name in names:
        path = _seed_path(name)
        if _is_path(name):
            note(path)
            seed = add_seed(seed, _read(path, str(path)), str(path), reader_in(path.parent, note))
        else:
            shown = f"{name}.yaml"
            seed = add_seed(seed, _read(path, shown), shown, reader_in(path.parent), checked=True)
    return seed


class Bundle:
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

    def seed(self, name: str) -> Seed:
        """A seed by its name."""
        if name not in self._seeds:
            file = f"fixtures/{name}.yaml"
            self._seeds[name] = add_seed(
                Seed(), self._document(file), file, reader_in(bundled("fixtures")), checked=True
            )
        return self._seeds[name]

    def scenario(self, name: str, seed: Seed) -> Scenario:
        """A scenario by its name, for a namespace with this seed.

        Raises:
            SetupError: it does not fit the seed.
        """
        return add_seed(seed, self._scenario(name), f"{name}.yaml", checked=True).scenarios[name]

    def _scenario(self, name: str) -> Document:
        return self._document(f"fixtures/scenarios/{name}.yaml")

    def _document(self, name: str) -> Document:
        if name not in self._documents:
            self._documents[name] = _read(bundled(name), name)
        return self._documents[name]


def reader_in(folder: Path, note: Note = _ignore) -> FileReader:
    """Reads files below a folder; `note` is told of each before."""

    def read(name: str) -> Document:
        path = folder / name
        note(path)
        return _read(path, str(path))

    return read


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml", ".json"))


def _seed_path(name: str) -> Path:
    if _is_path(name):
        return Path(name)
    known = fixture_names()
    if name not in known:
        end = f"; there are {', '.join(known)}, and a file is named by its path."
        raise SetupError(f"There is no bundled seed {name}{did_you_mean(name, known, end)}")
    return bundled(f"fixtures/{name}.yaml")


def _read(path: Path, shown: str) -> Document:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SetupError(f"{shown}: cannot be read: {error.strerror}.") from None
    try:
        return read_json(data, _SEED_NODES) if path.suffix == ".json" else read_yaml(data, _SEED_NODES)
    except Unreadable as error:
        place = f":{error.mark.line}:{error.mark.column}" if error.mark else ""
        raise SetupError(f"{shown}{place}: {error.message}") from None


def _check(settings: Settings) -> None:
    """Refuse what the command line could not have said."""
    if settings.contract is not None and settings.contract not in CONTRACTS:
        near = did_you_mean(str(settings.contract), tuple(CONTRACTS), f"; there are {', '.join(CONTRACTS)}.")
        raise SetupError(f"There is no contract {settings.contract}{near}")
    if isinstance(settings.seeds, str) or not all(isinstance(name, str) for name in settings.seeds):
        raise SetupError(f"seeds is a tuple of names, such as ('default',), not {settings.seeds!r}.")
    if not isinstance(settings.port, int):
        raise SetupError(f"port is a number from 0 to 65535, not {settings.port!r}.")
    for origin in (*settings.cors_origins, *settings.control_cors_origins):
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            raise SetupError(f"{origin} is not an origin; write it like https://app.example.com, without a path.")


def _with_observations(settings: Settings) -> Settings:
    name = settings.observations
    if name is None:
        return settings
    contract, rulings = read_rulings(_read(Path(name), name).value, name)
    merged = Rulings({**settings.rulings.chosen, **rulings.chosen})
    return replace(settings, contract=settings.contract or contract, rulings=merged)


def build_emulator(settings: Settings, note: Note = _ignore) -> Emulator:
    """An emulator with its seeds read, not yet loaded.

    Args:
        settings: what the user chose.
        note: as of `read_seeds`.

    Raises:
        SetupError: a setting or a seed is wrong.
    """
    _check(settings)
    if not is_loopback(settings.host) and not settings.allow_remote:
        raise SetupError(
            f"{settings.host} is not a loopback address; add --allow-remote to be reachable from elsewhere."
        )
    if settings.allow_remote and not settings.control_token:
        raise SetupError("--allow-remote needs --control-token, so that nobody else controls the emulator.")
    if settings.control_token is not None and not settings.control_token.strip():
        raise SetupError("--control-token is empty; name a token, or leave the option out.")
    if settings.watch and not any(map(_is_path, settings.seeds)):
        raise SetupError("--watch has no seed file to look at; name one by its path, as in --seed ./mine.yaml.")
    settings = _with_observations(settings)
    return Emulator(settings, read_seeds(settings.seeds, note), Bundle())


def build_app(settings: Settings | None = None, **options: Any) -> "Router":
    """The ASGI application, for servers that are not ours: `uvicorn --factory atthene_emulator:build_app`.

    It needs no lifespan, and one process that serves it.

    Args:
        settings: by default the bundled default seed.
        options: fields of `Settings` that differ from those, such as `seeds=("empty",)`.

    Raises:
        SetupError: a setting or a seed is wrong, or another worker of the same server has an emulator already.
    """
    # Starlette is loaded only to serve.
    from atthene_emulator.web.app import create_app  # noqa: PLC0415
    from atthene_emulator.workers import be_the_only_one  # noqa: PLC0415

    chosen = replace(settings or Settings(), **options)
    held = be_the_only_one(chosen)
    return create_app(build_emulator(chosen), on_stop=held.close)
