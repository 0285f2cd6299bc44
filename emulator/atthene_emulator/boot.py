"""Everything is built here, by passing arguments. This module is where settings become an emulator and an application."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import SetupError
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.observations import read_rulings
from atthene_emulator.seeds.files import BundledSeeds, Note, ignore, is_path, read_file, read_seeds
from atthene_emulator.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def _with_observations(settings: Settings) -> Settings:
    name = settings.observations
    if name is None:
        return settings
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
    return Emulator(settings, read_seeds(settings.seeds, note), BundledSeeds())


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
    from atthene_emulator.web.app import create_app  # noqa: PLC0415
    from atthene_emulator.workers import be_the_only_one  # noqa: PLC0415

    chosen = replace(settings or Settings(), **options)
    held = be_the_only_one(chosen)
    return create_app(build_emulator(chosen), on_stop=held.close)
