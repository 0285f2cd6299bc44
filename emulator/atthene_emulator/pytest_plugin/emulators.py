"""The emulator of a test run: one in this process, one in its own, or one that runs already. This module is that choice."""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient

URL, TOKEN = "ATTHENE_EMULATOR_URL", "ATTHENE_EMULATOR_CONTROL_TOKEN"
FOLLOWED = ("seeds", "contract", "control_token")  # settings that a running emulator can be given for a test's world
_FILES = ("observations", "certificate", "certificate_key")


class Choice(NamedTuple):
    """Which emulator is used.

    Attributes:
        url: where it runs already; empty if it is started.
        command: what starts it in a process of its own; empty for one in this process.
        header: what pytest says of it at the start.
    """

    url: str = ""
    command: tuple[str, ...] = ()
    header: str | None = None


def chosen(config: pytest.Config) -> Choice:
    """What options, environment and this process ask for, in this order."""
    named, command = config.getoption("--atthene-url"), config.getoption("--atthene-command")
    if named:
        return Choice(named, header=f"atthene: the emulator at {_shown(named)}, which --atthene-url names")
    if command:
        return Choice(command=tuple(shlex.split(command)), header=f"atthene: an emulator started by {_shown(command)}")
    here = (sys.executable, "-P", "-m", "atthene_emulator")
    if config.getoption("--atthene-process"):
        return Choice(command=here, header="atthene: an emulator in a process of its own")
    if found := os.environ.get(URL):
        return Choice(found, header=f"atthene: the emulator at {_shown(found)}, which {URL} names")
    if library := _patched_by():
        return Choice(
            command=here, header=f"atthene: an emulator in a process of its own, since {library} has patched this one"
        )
    return Choice()


def _shown(text: str) -> str:
    """A URL or a command as logs may have it."""
    from atthene_emulator.secrecy import redact_text  # noqa: PLC0415  # a run without it does not pay

    return redact_text(text)


def _patched_by() -> str | None:
    """The library that has replaced threads or sockets of this process: an emulator in a thread of it would stand still."""
    gevent, eventlet = sys.modules.get("gevent.monkey"), sys.modules.get("eventlet.patcher")
    if gevent and (gevent.is_module_patched("threading") or gevent.is_module_patched("socket")):
        return "gevent"
    if eventlet and (eventlet.is_monkey_patched("thread") or eventlet.is_monkey_patched("socket")):
        return "eventlet"
    return None


def given_options(config: pytest.Config) -> dict[str, Any]:
    """The settings that the command line names."""
    seeds = config.getoption("--atthene-seed")
    folders = (config.invocation_params.dir, config.rootpath)
    given = {
        "seeds": tuple(located(seed, folders) for seed in seeds) if seeds else None,
        "contract": config.getoption("--atthene-contract"),
        "control_token": config.getoption("--atthene-control-token"),
    }
    return {name: value for name, value in given.items() if value is not None}


def located(seed: str | os.PathLike[str], folders: Sequence[Path]) -> str:
    """A seed that is named by its path, from the first of these folders that has it; others stay as they are."""
    from atthene_emulator.seeds.files import is_path  # noqa: PLC0415  # only who uses an emulator pays

    if isinstance(seed, str) and not is_path(seed):
        return seed
    return _file(seed, folders)


def _file(name: str | os.PathLike[str], folders: Sequence[Path]) -> str:
    """A file in the first of these folders that has it."""
    return next((str(folder / name) for folder in folders if (folder / name).exists()), str(folders[0] / name))


def all_settings(settings: Mapping[str, Any], config: pytest.Config) -> dict[str, Any]:
    """The project's settings and those of the command line, with paths from the root folder.

    Raises:
        SetupError: there is no such setting, or it is wrong.
    """
    from dataclasses import fields  # noqa: PLC0415  # only who uses an emulator pays

    from atthene_emulator.errors import SetupError  # noqa: PLC0415
    from atthene_emulator.settings import Settings  # noqa: PLC0415

    if not isinstance(settings, Mapping):
        raise SetupError(
            f"atthene_emulator_settings returns settings by their names, such as {{'strict': True}}, not {settings!r}."
        )
    names = [field.name for field in fields(Settings)]
    for name in settings:
        if name not in names:
            raise SetupError(
                f"{name} is not a setting of the emulator; atthene_emulator_settings may have {', '.join(names)}."
            )
    merged = dict(settings)
    seeds, folders = merged.get("seeds"), (config.rootpath, config.invocation_params.dir)
    if isinstance(seeds, tuple | list):
        merged["seeds"] = tuple(located(one, folders) if isinstance(one, str | os.PathLike) else one for one in seeds)
    for name in _FILES:
        if isinstance(merged.get(name), str | os.PathLike):
            merged[name] = _file(merged[name], folders)
    merged.update(given_options(config))
    Settings(**merged).check()
    return merged


@contextmanager
def using(choice: Choice, settings: Mapping[str, Any], config: pytest.Config) -> Iterator["EmulatorClient"]:
    """The client of the chosen emulator, which is ended afterwards if it was started.

    Raises:
        EmulatorError: it cannot be started, does not answer, or cannot have these settings.
    """
    wanted = all_settings(settings, config)
    if choice.url:
        with _running(choice, wanted) as client:
            yield client
    elif choice.command:
        from atthene_emulator.pytest_plugin.process import process  # noqa: PLC0415  # seldom wanted

        with process(choice.command, wanted) as client:
            yield client
    else:
        from atthene_emulator.server import EmulatorServer  # noqa: PLC0415  # an emulator elsewhere does not need it

        with EmulatorServer(**wanted) as server, server.client as client:
            yield client


def _running(choice: Choice, wanted: Mapping[str, Any]) -> "EmulatorClient":
    from atthene_emulator.client import EmulatorClient  # noqa: PLC0415  # only who uses an emulator pays
    from atthene_emulator.environment import secret_of  # noqa: PLC0415
    from atthene_emulator.errors import EmulatorUnreachable, SetupError  # noqa: PLC0415

    own = [name for name in wanted if name not in FOLLOWED]
    if own:
        raise SetupError(
            f"{', '.join(own)} cannot be set for the emulator at {_shown(choice.url)}, which runs already; start it with that, "
            "or leave it out of atthene_emulator_settings."
        )
    token = wanted.get("control_token")
    client = EmulatorClient(choice.url, secret_of(TOKEN) if token is None else token)
    try:
        client.health()
    except EmulatorUnreachable as error:
        raise EmulatorUnreachable(f"{error} ({choice.header})") from None
    return client
