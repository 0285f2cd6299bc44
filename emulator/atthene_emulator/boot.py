"""Everything is built here, by passing arguments. This module is where settings become an emulator and an application."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import EmulatorError, Misuse, SetupError
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.seeds.files import BundledSeeds, format_of, is_path, read_seeds
from atthene_emulator.seeds.folder import Note, ignore, read_file
from atthene_emulator.settings import DEFAULT_SEEDS, Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def _with_observations(settings: Settings) -> Settings:
    name = settings.observations
    if name is None:
        return settings
    from atthene_emulator.observations import read_rulings  # noqa: PLC0415  # seldom wanted

    contract, rulings = read_rulings(read_file(Path(name), name).value, name)
    merged = Rulings({**settings.rulings.chosen, **rulings.chosen})
    return replace(settings, contract=settings.contract or contract, rulings=merged)


def build_emulator(settings: Settings, note: Note = ignore) -> Emulator:
    """An emulator with its seeds loaded.

    Args:
        settings: what the user chose.
        note: as of `read_seeds`.

    Raises:
        SetupError: a setting or a seed is wrong.
    """
    settings.check()
    if settings.watch and not any(map(is_path, settings.seeds)):
        raise SetupError("--watch has no seed file to look at; name one by its path, as in --seed ./mine.yaml.")
    settings = _with_observations(settings)
    if settings.opened is not None:
        from atthene_emulator.seeds.state_document import opened  # noqa: PLC0415  # seldom wanted

        return opened(settings.opened, settings)
    seeds, documents = _apart(settings.seeds)
    settings = replace(settings, seeds=seeds)
    emulator = Emulator(settings, read_seeds(seeds, note), BundledSeeds())
    for name in documents:
        _go_on_from(name, emulator)
    return emulator


def _apart(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Seeds, by default the usual one, and files that are snapshots.

    Raises:
        SetupError: one is a whole emulator.
    """
    formats = {name: format_of(Path(name)) for name in names if is_path(name)}
    for name, found in formats.items():
        if found == "state":
            raise SetupError(f"{name}: is a whole emulator; open it with --import {name}.")
    snapshots = tuple(name for name in names if formats.get(name) == "snapshot")
    return tuple(name for name in names if name not in snapshots) or DEFAULT_SEEDS, snapshots


def _go_on_from(name: str, emulator: Emulator) -> None:
    """Have the namespace `default` be what a snapshot says, and keep that among its snapshots (D121).

    Raises:
        SetupError: it cannot be read, or does not fit the accounts that the seeds have.
    """
    from atthene_emulator.domain.snapshots import restore_snapshot  # noqa: PLC0415  # seldom wanted
    from atthene_emulator.seeds.snapshot_document import imported  # noqa: PLC0415

    value = read_file(Path(name), name).value
    try:
        snapshot = imported(value, str(value.get("name")), emulator.default)
        emulator.default.snapshots.put(snapshot)
    except Misuse as refusal:
        raise SetupError("\n".join(f"{name}: {one.field}: {one.message}" for one in refusal.problems)) from None
    except EmulatorError as error:
        raise SetupError(f"{name}: {error}.") from None
    restore_snapshot(emulator.default, snapshot.name)


def build_app(settings: Settings | None = None, **options: Any) -> "ASGIApp":
    """The ASGI application, for servers that are not ours: `uvicorn --factory atthene_emulator:build_app`.

    It needs no lifespan, and one process that serves it.

    Args:
        settings: by default the bundled default seed.
        options: fields of `Settings` that differ from those, such as `seeds=("empty",)`.

    Raises:
        SetupError: a setting or a seed is wrong, or another worker of the same server has an emulator already.
    """
    # Starlette is loaded only to serve.
    from atthene_emulator.vault.stores import keeper_of  # noqa: PLC0415
    from atthene_emulator.web.app import create_app  # noqa: PLC0415
    from atthene_emulator.workers import be_the_only_one  # noqa: PLC0415

    chosen = replace(settings or Settings(), **options)
    if chosen.is_shared:
        raise SetupError(
            "A store that emulators share wants `atthene-emulator serve`, which they reach one another by."
        )
    held = be_the_only_one(chosen)
    emulator = build_emulator(chosen)
    return create_app(emulator, on_stop=held.close, keeper=keeper_of(emulator))
