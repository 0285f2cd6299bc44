"""`atthene-emulator exec`: a command with an emulator of its own. This module is that command."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from atthene_emulator.cli.options import option, serving_options
from atthene_emulator.cli.signals import SIGNALLED, Signals, forward, receiving

_OF_SERVE = ("READY_FILE", "JSON", "LOG_REQUESTS", "WATCH")  # variables that are not for an emulator that nobody sees
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127
_STOP_SECONDS = 5.0
_START = """
import sys
root = sys.argv.pop(1)
if root not in sys.path:
    sys.path.insert(0, root)
from atthene_emulator.cli.companion import accompany
accompany()
"""  # not `-m`, which would look for a package `emulator` in the user's own folder first


@click.command("exec", context_settings={"allow_interspersed_args": False})
@option("--port", default=0, type=click.IntRange(0, 65535), help="Port; 0, the default, takes a free one.")
@serving_options
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND [ARGUMENT]...")
@click.pass_context
def execute(context: click.Context, /, command: tuple[str, ...], **options: Any) -> None:
    """Run a command with an emulator of its own.

    COMMAND finds it by the variables ATTHENE_BASE_URL, ATTHENE_API_KEY and ATTHENE_EMULATOR_URL. Its input and output
    are untouched; signals are passed on to it. The emulator is stopped when the command ends. It is silent: what it
    answered is printed on standard error with --log-level info.

    \b
    Examples:
      atthene-emulator exec -- npm test
      atthene-emulator exec --seed tests/seed.yaml --strict -- pytest -q
      atthene-emulator exec -- sh -c 'curl -s -H "x-api-key: $ATTHENE_API_KEY" $ATTHENE_BASE_URL/sessions/'

    Exit status: that of the command; 128 and the number of the signal that ended it; 127 if there is no such command,
    126 if it cannot be executed; 2 if the emulator cannot start.
    """
    if not command:
        raise click.UsageError("Name a command, such as: atthene-emulator exec -- npm test", context)
    with receiving() as signals, _companion(_arguments(context), options["log_level"]) as companion:
        ready = companion.ready()
        status = companion.accompany(command, _environment(ready, options["control_token"]), signals)
    context.exit(status)


def _arguments(context: click.Context) -> list[str]:
    """The options that were given, for `serve`; those of the environment it reads there itself."""
    given = [f"--port={context.params['port']}", "--json"]
    noisy = context.params["log_level"] in ("info", "debug")
    given.append("--log-requests" if noisy else "--no-log-requests")
    for one in context.command.params:
        if not isinstance(one, click.Option) or one.name is None or one.name == "port":
            continue
        if context.get_parameter_source(one.name) is not click.core.ParameterSource.COMMANDLINE:
            continue
        value = context.params[one.name]
        if one.is_flag:
            given.append(one.opts[0])
        else:
            given += [f"{one.opts[0]}={each}" for each in (value if one.multiple else [value])]
    return given


def _environment(ready: Mapping[str, Any], control_token: str | None) -> dict[str, str]:
    """What the command finds: where the emulator is, that no proxy stands before it, and nothing of another one."""
    environment = {**os.environ, "ATTHENE_BASE_URL": ready["base_url"], "ATTHENE_EMULATOR_URL": ready["url"]}
    for stale in ("ATTHENE_API_KEY", "ATTHENE_EMULATOR_NAMESPACE"):
        environment.pop(stale, None)
    if ready["api_key"]:
        environment["ATTHENE_API_KEY"] = ready["api_key"]
    if control_token is not None:
        environment["ATTHENE_EMULATOR_CONTROL_TOKEN"] = control_token
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [*filter(None, environment.get(name, "").split(",")), "127.0.0.1", "localhost"]
        environment[name] = ",".join(dict.fromkeys(hosts))
    return environment


@contextmanager
def _companion(arguments: Sequence[str], log_level: str) -> "Iterator[_Companion]":
    companion = _Companion(arguments, noisy=log_level in ("info", "debug"))
    try:
        yield companion
    finally:
        companion.stop()


class _Companion:
    """The emulator: a process of its own, in a process group of its own, so that Ctrl+C is not for it."""

    def __init__(self, arguments: Sequence[str], *, noisy: bool) -> None:
        unseen = {f"ATTHENE_EMULATOR_{name}" for name in _OF_SERVE}
        self._noisy = noisy
        self._reader = threading.Thread(target=self._read, name="atthene-output", daemon=True)
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-P", "-c", _START, str(Path(__file__).parents[2]), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name not in unseen},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def ready(self) -> dict[str, Any]:
        """Wait until it serves; what its ready line says. It has told itself why, if it does not."""
        assert self._process.stdout is not None  # noqa: S101  # a pipe
        line = self._process.stdout.readline()
        if not line:
            sys.exit(_status(self._process.wait()) or 2)
        self._reader.start()
        ready: dict[str, Any] = json.loads(line)
        return ready

    def _read(self) -> None:
        """Take what it prints, so that it never has to wait for a reader."""
        assert self._process.stdout is not None  # noqa: S101
        for line in self._process.stdout:
            if self._noisy:
                sys.stderr.buffer.write(line)
                sys.stderr.buffer.flush()

    def accompany(self, command: Sequence[str], environment: Mapping[str, str], signals: Signals) -> int:
        """Run a command to its end; its exit status, as a shell has it."""
        early: list[int] = []
        signals.to = early.append
        try:
            executable = shutil.which(command[0]) if os.name == "nt" else None  # npm is a npm.cmd there
            process = subprocess.Popen(command, executable=executable, env=environment)  # noqa: S603  # what was asked for
        except FileNotFoundError:
            return _cannot(_NOT_FOUND, command[0], "there is no such command")
        except OSError as error:
            return _cannot(_NOT_EXECUTABLE, command[0], f"it cannot be executed: {error.strerror}")
        self._tell(process.pid)
        signals.to = lambda number: forward(number, process)
        for number in early:
            forward(number, process)
        status = process.wait()
        signals.to = early.append
        self._tell(0)
        if self._process.poll() is not None:
            click.echo("atthene-emulator: the emulator ended before the command did.", err=True)
        return _status(status)

    def _tell(self, command: int) -> None:
        """Say what would be left behind if this process were killed."""
        assert self._process.stdin is not None  # noqa: S101  # a pipe
        with suppress(OSError):
            self._process.stdin.write(b"%d\n" % command)
            self._process.stdin.flush()

    def stop(self) -> None:
        """Close the pipe, which ends it; return when it has ended."""
        assert self._process.stdin is not None  # noqa: S101
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reader.is_alive():
            self._reader.join(_STOP_SECONDS)


def _cannot(status: int, command: str, why: str) -> int:
    click.echo(f"atthene-emulator: {command}: {why}.", err=True)
    return status


def _status(returned: int) -> int:
    """As a shell has it: 128 and the number of the signal that ended it."""
    return returned if returned >= 0 else SIGNALLED - returned
