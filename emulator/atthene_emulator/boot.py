"""Everything is built here, by passing arguments. This module is where settings become an emulator and an application."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import SetupError
from atthene_emulator.evidence.rulings import BY_ID, Rulings
from atthene_emulator.seeds.files import BundledSeeds, Note, ignore, is_path, read_file, read_seeds
from atthene_emulator.settings import Contract, Settings
from atthene_emulator.wording import did_you_mean

if TYPE_CHECKING:
    from starlette.routing import Router


def read_rulings(name: str) -> tuple[Contract | None, Rulings]:
    """The contract and the rulings that a file of `atthene-emulator verify` recommends.

    Raises:
        SetupError: it is none.
    """
    value = read_file(Path(name), name).value
    findings = Schema("evidence").check(value)
    if findings:
        raise SetupError("\n".join(f"{name}: {finding.field}: {finding.message}" for finding in findings))
    for rule, ruling in value["rulings"].items():
        if rule not in BY_ID:
            raise SetupError(f"{name}: rulings: there is no rule {rule}{did_you_mean(rule, tuple(BY_ID))}")
        choices = BY_ID[rule].choices
        if not any(ruling == choice and type(ruling) is type(choice) for choice in choices):
            raise SetupError(f"{name}: rulings.{rule}: must be one of {', '.join(map(str, choices))}, not {ruling!r}.")
    return value.get("contract"), Rulings(value["rulings"])


def _with_evidence(settings: Settings) -> Settings:
    if settings.evidence is None:
        return settings
    contract, rulings = read_rulings(settings.evidence)
    merged = Rulings({**settings.rulings.chosen, **rulings.chosen})
    return replace(settings, contract=settings.contract or contract, rulings=merged)


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


def build_emulator(settings: Settings, note: Note = ignore) -> Emulator:
    """An emulator with its seeds read, not yet loaded.

    Args:
        settings: what the user chose.
        note: as of `read_seeds`.

    Raises:
        SetupError: a setting or a seed is wrong.
    """
    settings.check()
    if not _is_loopback(settings.host) and not settings.allow_remote:
        raise SetupError(
            f"{settings.host} is not a loopback address; add --allow-remote to be reachable from elsewhere."
        )
    if settings.allow_remote and not settings.control_token:
        raise SetupError("--allow-remote needs --control-token, so that nobody else controls the emulator.")
    if settings.control_token is not None and not settings.control_token.strip():
        raise SetupError("--control-token is empty; name a token, or leave the option out.")
    if settings.watch and not any(map(is_path, settings.seeds)):
        raise SetupError("--watch has no seed file to look at; name one by its path, as in --seed ./mine.yaml.")
    settings = _with_evidence(settings)
    return Emulator(settings, read_seeds(settings.seeds, note), BundledSeeds())


def build_app(settings: Settings) -> "Router":
    """The ASGI application, for servers that are not ours.

    Raises:
        SetupError: a setting or a seed is wrong.
    """
    from atthene_emulator.web.app import create_app  # noqa: PLC0415  # Starlette is loaded only to serve

    return create_app(build_emulator(settings))
