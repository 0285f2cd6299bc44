"""`atthene-emulator serve`. This module is that command."""

import gc
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from emulator.errors import SetupError
from emulator.settings import CONTRACTS, Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _option(*names: str, **kwargs: Any) -> Callable[[_Command], _Command]:
    """A click option that may also be set as `ATTHENE_EMULATOR_<NAME>`."""
    name = names[0].removeprefix("--").replace("-", "_").upper()
    return click.option(*names, envvar=f"ATTHENE_EMULATOR_{name}", **kwargs)


@click.command()
@_option("--host", default="127.0.0.1", show_default=True, help="Address to bind.")
@_option("--port", default=8484, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@_option(
    "--seed", "seeds", multiple=True, metavar="FILE|NAME", help="What to start from; may be repeated, later ones add."
)
@_option("--contract", type=click.Choice(CONTRACTS), help="Generation of the service to behave like.")
@_option("--evidence", metavar="FILE", help="Follow what `verify` saw of a real service, in place of our decisions.")
@_option("--strict", is_flag=True, help="Unknown keys are errors; answers that nobody scripted are refused.")
@_option(
    "--ready-file", type=click.Path(path_type=Path), help="Written with the ready line once requests are answered."
)
@_option("--json", "as_json", is_flag=True, help="Print the ready line as JSON.")
@_option("--allow-remote", is_flag=True, help="Permit other addresses than loopback ones; needs --control-token.")
@_option("--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="Host name that reaches the control plane.")
@_option("--cors-origin", "cors_origins", multiple=True, metavar="ORIGIN", help="Origin whose pages may call the API.")
@_option(
    "--control-cors-origin",
    "control_cors_origins",
    multiple=True,
    metavar="ORIGIN",
    help="Origin whose pages may use the control plane.",
)
@_option("--control-token", metavar="TOKEN", help="What the control plane wants as Authorization: Bearer.")
@_option("--max-body", default=1024 * 1024, show_default=True, type=click.IntRange(1), help="Bytes a body may have.")
@_option("--journal-entries", default=1000, show_default=True, type=click.IntRange(0), help="Requests that are kept.")
@_option(
    "--log-level",
    default="warning",
    show_default=True,
    type=click.Choice(["critical", "error", "warning", "info", "debug"]),
    help="Of the server's own log.",
)
def serve(*, seeds: tuple[str, ...], ready_file: Path | None, as_json: bool, **options: Any) -> None:
    """Serve the emulator until it is stopped.

    \b
    Examples:
      atthene-emulator serve
      atthene-emulator serve --port 0 --seed busy --json
      atthene-emulator serve --seed agents.yaml --contract reference

    Every option can be set as ATTHENE_EMULATOR_<OPTION>, such as ATTHENE_EMULATOR_PORT.
    """
    if ready_file is not None:
        _forget(ready_file)
    gc.disable()  # nothing that is made while starting is garbage; `run` switches it on again
    # Loaded here, so that --help stays quick.
    from emulator.boot import build_emulator  # noqa: PLC0415
    from emulator.server import bind, url_of, working_key  # noqa: PLC0415
    from emulator.server import serve as run  # noqa: PLC0415

    logging.basicConfig(level=options["log_level"].upper(), format="%(levelname)s %(name)s: %(message)s")
    settings = Settings(seeds=seeds or ("default",), **options)
    emulator = build_emulator(settings)
    sock = bind(settings.host, settings.port)
    url, key = url_of(sock), working_key(emulator)
    ready = {
        "event": "ready",
        "url": url,
        "base_url": f"{url}/api/v1",
        "control_url": f"{url}/__emulator",
        "api_key": key,
        "pid": os.getpid(),
    }

    def on_ready() -> None:
        click.echo(json.dumps(ready) if as_json else _greeting(ready, settings.seeds))
        if ready_file is not None:
            _write_whole(ready_file, json.dumps(ready) + "\n")

    try:
        run(emulator, sock, on_ready)
    finally:
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)


def _forget(path: Path) -> None:
    """Remove what an earlier run left, and find out now whether the file can be written."""
    try:
        path.touch()
        path.unlink()
    except OSError as error:
        raise SetupError(f"The ready file {path} cannot be written: {error.strerror}.") from None


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever waits for it never sees half of it."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text)
    part.replace(path)


def _greeting(ready: dict[str, Any], seeds: tuple[str, ...]) -> str:
    lines = [
        f"Atthene emulator at {ready['base_url']}",
        f"  seed   {', '.join(seeds)}",
        f"  key    {ready['api_key'] or 'none that may do everything'}",
    ]
    if ready["api_key"]:
        lines.append(f"  try    curl -H 'x-api-key: {ready['api_key']}' {ready['base_url']}/sessions/")
    return "\n".join([*lines, "  stop   Ctrl+C"])
