"""The world of one test: a namespace, started from what the project or the test's marker says. This module makes it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from atthene_emulator.client import EmulatorClient, EmulatorNamespace
from atthene_emulator.errors import SetupError
from atthene_emulator.pytest_plugin.emulators import all_settings, chosen, located
from atthene_emulator.seeds.files import is_path
from atthene_emulator.wording import did_you_mean

Sent = str | Mapping[str, Any]
Seed = Sent | os.PathLike[str]

_TTL = 24 * 3600  # seconds: of a run that was killed, nobody deletes the worlds


class Marked(NamedTuple):
    """What the markers of a test say, the nearest first, or the command line.

    Attributes:
        seed: None is the project's.
        contract: None is that of the seed.
        strict: whether default answers, and what met nothing, fail it.
        server_errors: whether they are expected.
    """

    seed: Seed | Sequence[Seed] | None = None
    contract: Any = None
    strict: bool = False
    server_errors: bool = False


class World(NamedTuple):
    """A test's namespace, and what was the last request in `default` when that was looked at."""

    namespace: EmulatorNamespace
    server: EmulatorClient
    before: str | None


def marked(item: pytest.Item, usage: str) -> Marked:
    """What the markers of a test say; a test that says something else fails."""
    given = {"strict": item.config.getoption("--atthene-strict")}
    for marker in reversed(tuple(item.iter_markers("atthene"))):
        unknown = next((name for name in marker.kwargs if name not in Marked._fields), None)
        if marker.args or unknown:
            which = f"{unknown} is not known{did_you_mean(unknown, Marked._fields)} " if unknown else ""
            pytest.fail(f"{which}The marker is {usage}", pytrace=False)
        given.update(marker.kwargs)
    return Marked(**given)


def newest(server: EmulatorClient) -> str | None:
    """The last request in `default`; None if there was none."""
    found = server.journal(tail=1)
    return found[0].id if found else None


def create(
    test: Marked, server: EmulatorClient, settings: Mapping[str, Any], config: pytest.Config
) -> EmulatorNamespace:
    """A new namespace for a test.

    Raises:
        EmulatorError: a seed cannot be read, or is wrong.
    """
    seeds, contract = _named(test.seed, config), test.contract
    if chosen(config).url:  # it was started from another seed
        project = all_settings(settings, config)
        seeds = seeds or project.get("seeds", ())
        contract = contract or project.get("contract")
    sent = [_sent(one) for one in seeds]
    return server.create_namespace(
        seed=sent[0] if len(sent) == 1 else sent or None, contract=contract, ttl_seconds=_TTL
    )


def _named(seed: Any, config: pytest.Config) -> list[Sent]:
    """The seeds of a marker, with paths from the root folder.

    Raises:
        SetupError: it is something else.
    """
    folders = (config.rootpath, config.invocation_params.dir)
    several = [] if seed is None else seed if isinstance(seed, list | tuple) else [seed]
    if not all(isinstance(one, str | os.PathLike | Mapping) for one in several):
        raise SetupError(f"seed is a name, a path, a mapping, or a list of them, not {seed!r}.")
    return [one if isinstance(one, Mapping) else located(one, folders) for one in several]


def _sent(seed: Sent) -> Sent:
    """A seed as it is sent: a file as what it says."""
    if isinstance(seed, str) and is_path(seed):
        from atthene_emulator.seeds.portable import portable  # noqa: PLC0415  # reads YAML

        return portable(Path(seed))
    return seed
