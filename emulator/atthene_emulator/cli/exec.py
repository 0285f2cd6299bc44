"""`atthene-emulator exec`: a command with an emulator of its own. This module is that command.

The emulator runs in a thread of this process, the command as its child; the main thread waits for it and takes signals.
"""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from signal import SIGTERM
from typing import TYPE_CHECKING, Any

import click

from atthene_emulator.addresses import LOOPBACK_NAMES, unproxied
from atthene_emulator.cli.options import option, serving_options
from atthene_emulator.cli.output import say
from atthene_emulator.cli.prefix import names_of, prefix_option, with_prefix
from atthene_emulator.cli.signals import SIGNALLED, Signals
from atthene_emulator.cli.unknown_variables import warn_of_unknown_variables
from atthene_emulator.errors import EmulatorError
from atthene_emulator.settings import DEFAULT_SEEDS, Settings

if TYPE_CHECKING:
    from atthene_emulator.server import EmulatorServer

_OnFailure = Callable[["EmulatorServer"], None]
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127
_PR_SET_PDEATHSIG = 1
_TURN = 0.5  # seconds


@click.command("exec", context_settings={"allow_interspersed_args": False})
@option("--port", default=0, type=click.IntRange(0, 65535), help="Port; 0, the default, takes a free one.")
@serving_options
@option(
    "--export-on-failure",
    "export",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the whole emulator there when COMMAND fails, for `serve --import`; a missing folder is made.",
)
@option("--with-secrets", is_flag=True, help="Keep secrets in that file.")
@prefix_option
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND [ARGUMENT]...")
@click.pass_context
def execute(
    context: click.Context,
    /,
    *,
    command: tuple[str, ...],
    seeds: tuple[str, ...],
    prefix: str | None,
    export: Path | None,
    with_secrets: bool,
    **options: Any,
) -> None:
    """Run a command with an emulator of its own.

    COMMAND finds it by the variables ATTHENE_BASE_URL, ATTHENE_API_KEY and ATTHENE_EMULATOR_URL. Its input and output
    are untouched; signals are passed on to it. The emulator is stopped when the command ends. It is silent: what it
    answered is printed on standard error with --log-level info. If `exec` itself is killed, COMMAND gets SIGTERM on
    Linux; elsewhere it goes on without an emulator.

    \b
    Examples:
      atthene-emulator exec -- npm test
      atthene-emulator exec --prefix VITE_ -- npx vite
      atthene-emulator exec --seed tests/seed.yaml --strict -- pytest -q
      atthene-emulator exec --export-on-failure emulator.json -- npm test
      atthene-emulator exec -- sh -c 'curl -s -H "x-api-key: $ATTHENE_API_KEY" $ATTHENE_BASE_URL/sessions/'

    Exit status: that of the command; 128 and the number of the signal that ended it; 127 if there is no such command,
    126 if it cannot be executed; 2 if the emulator cannot start.
    """
    if not command:
        raise click.UsageError("Name a command, such as: atthene-emulator exec -- npm test", context)
    warn_of_unknown_variables(context)
    exporting = None if export is None else partial(_export, export, with_secrets)
    status = _run(command, Settings(seeds=seeds or DEFAULT_SEEDS, **options), prefix, Signals(), exporting)
    os._exit(status)  # the emulator goes with the process: to stop it in order would cost each run a fifth of a second


def _run(
    command: Sequence[str], settings: Settings, prefix: str | None, signals: Signals, on_failure: _OnFailure | None
) -> int:
    """Run a command beside an emulator, to its end; its exit status, as a shell has it."""
    gc.disable()  # nothing that is made while starting is garbage; `collect_rarely` switches it on again
    # Loaded here, so that --help stays quick.
    from atthene_emulator.cli.printer import Printer, print_log  # noqa: PLC0415
    from atthene_emulator.cli.request_log import RequestLog  # noqa: PLC0415
    from atthene_emulator.server import EmulatorServer, collect_rarely  # noqa: PLC0415

    server = EmulatorServer(settings)  # it listens already: what the command asks at once is answered soon
    if settings.store is not None:
        server.start()  # nothing begins without its store
    try:
        process = signals.start(partial(_start, command, _environment(server, prefix)))
    except FileNotFoundError:
        return _cannot(_NOT_FOUND, command[0], "there is no such command")
    except OSError as error:
        return _cannot(_NOT_EXECUTABLE, command[0], f"it cannot be executed: {error.strerror}")
    collect_rarely()
    printer = Printer(sys.stderr, as_json=True)
    print_log(printer, settings.log_level)
    if settings.log_level in ("info", "debug"):
        secrets = tuple(filter(None, (settings.control_token,)))
        server.emulator.listener = RequestLog(printer, colourful=False, secrets=secrets)
    if settings.store is None:
        server.start()
    status = _wait(process)
    if status and on_failure is not None:
        on_failure(server)
    if settings.store is not None:
        server.stop()  # others may have it at once
    printer.close()
    return status if status >= 0 else SIGNALLED - status


def _export(file: Path, with_secrets: bool, server: "EmulatorServer") -> None:  # noqa: FBT001  # as the options say
    """Write the emulator as a document; the status of the command counts, whether that can be done or not."""
    from atthene_emulator.cli.export import opening, write_document  # noqa: PLC0415  # only where a command has failed

    try:
        write_document(file, server.export(secrets=with_secrets))
    except (EmulatorError, TimeoutError) as error:
        say(f"atthene-emulator: the emulator was not exported: {error or 'it does not answer'}", err=True)
    else:
        say(f"atthene-emulator: exported to {file}; open it with: {opening(file)}", err=True)


def _environment(server: "EmulatorServer", prefix: str | None) -> dict[str, str]:
    """What the command finds: where the emulator is, that no proxy stands before it, and nothing of another one."""
    environment = dict(os.environ)
    for stale in ("ATTHENE_API_KEY", "ATTHENE_EMULATOR_NAMESPACE", "ATTHENE_EMULATOR_CONTROL_TOKEN_FILE"):
        for name in names_of(stale, prefix):
            environment.pop(name, None)
    found = {"ATTHENE_BASE_URL": server.base_url, "ATTHENE_EMULATOR_URL": server.url}
    if server.api_key:
        found["ATTHENE_API_KEY"] = server.api_key
    environment |= with_prefix(found, prefix)
    if server.settings.control_token is not None:
        environment["ATTHENE_EMULATOR_CONTROL_TOKEN"] = server.settings.control_token
    own = server.url.partition("://")[2].rpartition(":")[0]
    # Node looks for an IPv6 address as it stands in the URL, in brackets; httpx fails by them, so they are only where they must be.
    direct = unproxied(environment, *LOOPBACK_NAMES, own.strip("[]"), own)
    return {**environment, "NO_PROXY": direct, "no_proxy": direct}


def _start(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    executable = shutil.which(command[0]) if os.name == "nt" else None  # npm is a npm.cmd there
    return subprocess.Popen(  # noqa: S603  # what was asked for
        command,
        executable=executable,
        env=environment,
        preexec_fn=_end_with_parent(),  # noqa: PLW1509  # no thread runs yet
    )


def _end_with_parent() -> Callable[[], object] | None:
    """What a child calls so that the kernel ends it when its parent dies, however that dies; None where there is no such call."""
    if sys.platform != "linux":
        return None
    try:
        import ctypes  # noqa: PLC0415  # only here

        return partial(ctypes.CDLL(None).prctl, _PR_SET_PDEATHSIG, SIGTERM.value)
    except (ImportError, OSError, AttributeError):  # a Python or a C library without it
        return None


def _wait(process: "subprocess.Popen[bytes]") -> int:
    """Wait in turns: a signal that comes right before a wait begins is handled only when that wait is over."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_TURN)


def _cannot(status: int, command: str, why: str) -> int:
    say(f"atthene-emulator: {command}: {why}.", err=True)
    return status
