"""`atthene-emulator serve`. This module is that command."""

import gc
import json
import os
import sys
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atthene_emulator.addresses import API, CONTROL, socket_url
from atthene_emulator.cli.banner import banner
from atthene_emulator.cli.options import option, serving_options
from atthene_emulator.cli.unknown_variables import warn_of_unknown_variables
from atthene_emulator.settings import DEFAULT_SEEDS, Settings

if TYPE_CHECKING:
    from atthene_emulator.cli.printer import Printer
    from atthene_emulator.cli.ready_file import ReadyFile
    from atthene_emulator.contracts import ContractName
    from atthene_emulator.domain.emulator import Emulator
    from atthene_emulator.seeds.watch import Reload, Watch


@click.command()
@option("--port", default=8484, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@serving_options
@option("--ready-file", type=click.Path(path_type=Path), help="Written with the ready line once requests are answered.")
@option("--json", "as_json", is_flag=True, help="Print JSON: a line when it is ready, and one for each request.")
@option(
    "--log-requests/--no-log-requests",
    envvar="ATTHENE_EMULATOR_LOG_REQUESTS",
    default=None,
    help="Print a line for each request; by default, on a terminal and with --json.",
)
@option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that serve; needs --store.")
@click.option("--as-worker", hidden=True, help="What a worker has of its parent.")
@option("--watch", is_flag=True, help="Start again from seed files that change; they are named by their path.")
@click.pass_context
def serve(
    context: click.Context,
    /,
    *,
    seeds: tuple[str, ...],
    ready_file: Path | None,
    as_json: bool,
    log_requests: bool | None,
    as_worker: str | None,
    **options: Any,
) -> None:
    """Serve the emulator until it is stopped.

    \b
    Examples:
      atthene-emulator serve
      atthene-emulator serve --port 0 --seed busy --json
      atthene-emulator serve --seed agents.yaml --contract reference
      atthene-emulator serve --seed agents.yaml --watch
      atthene-emulator serve --import emulator.json

    Every option can be set as ATTHENE_EMULATOR_<OPTION>, such as ATTHENE_EMULATOR_PORT.
    """
    warn_of_unknown_variables(context)
    gc.disable()  # nothing that is made while starting is garbage; `run` switches it on again
    # Loaded here, so that --help stays quick.
    from atthene_emulator.cli.printer import Printer, is_terminal, print_log  # noqa: PLC0415
    from atthene_emulator.cli.ready_file import ReadyFile  # noqa: PLC0415

    settings = Settings(seeds=seeds or DEFAULT_SEEDS, **options)
    settings.check()
    printer, log = Printer(sys.stdout, as_json=as_json), Printer(sys.stderr, as_json=False)
    print_log(log, settings.log_level)
    announced = ReadyFile(ready_file) if ready_file is not None and as_worker is None else None
    announcement = _Announcement(settings, printer, announced)
    status = 0
    if settings.workers > 1 and as_worker is None:
        status = _serve_by_workers(settings, announcement)
    else:
        shows = (as_json or is_terminal(sys.stdout)) if log_requests is None else log_requests
        _serve_here(settings, announcement, as_worker, shows=shows)
    printer.close()
    log.close()
    if status:
        sys.exit(status)


class _Announcement:
    """That requests are answered: a line or a banner, and a file."""

    def __init__(self, settings: Settings, printer: "Printer", file: "ReadyFile | None") -> None:
        self.printer = printer
        self._settings = settings
        self._file = file

    def prepare(self) -> None:
        """Take away the file of an earlier run."""
        if self._file is not None:
            self._file.forget()

    def make(self, ready: dict[str, Any], contract: "ContractName") -> None:
        """Say it."""
        if self._file is not None:
            self._file.write(ready)
        self.printer.print(json.dumps(ready) if self.printer.as_json else banner(ready, self._settings, contract))

    def withdraw(self) -> None:
        """Take the file away."""
        if self._file is not None:
            self._file.remove()


def _serve_by_workers(settings: Settings, announcement: _Announcement) -> int:
    """Serve by processes of their own; the exit status."""
    from atthene_emulator.cli.workers import Workers  # noqa: PLC0415
    from atthene_emulator.listening import listen_together  # noqa: PLC0415

    with ExitStack() as stack:
        sockets = listen_together(settings.host, settings.port, settings.workers)
        for sock in chain.from_iterable(sockets):
            stack.enter_context(sock)
        announcement.prepare()
        stack.callback(announcement.withdraw)
        gc.enable()  # nothing else does
        return Workers(sockets, announcement.make).run()


def _serve_here(settings: Settings, announcement: _Announcement, as_worker: str | None, *, shows: bool) -> None:
    """Serve in this process, which may be a worker."""
    from atthene_emulator.boot import build_emulator  # noqa: PLC0415
    from atthene_emulator.cli.workers import Link  # noqa: PLC0415
    from atthene_emulator.listening import listen, url_of  # noqa: PLC0415
    from atthene_emulator.server import serve as run  # noqa: PLC0415

    link = Link(as_worker) if as_worker is not None else None
    with ExitStack() as stack:
        sockets = listen(settings.host, settings.port) if link is None else link.sockets
        for sock in sockets:
            stack.enter_context(sock)
        announcement.prepare()
        watch = _watch(announcement.printer) if settings.watch else None
        emulator = build_emulator(settings, watch.note) if watch else build_emulator(settings)
        if shows:
            _show_requests(emulator, announcement.printer)
        url, key = settings.public_url or url_of(sockets, settings), emulator.default.working_key
        ready = _ready_line(url, key, settings.shown_store)
        say = announcement.make if link is None else link.tell
        if link is not None:
            link.end_with_parent()
        on_ready = partial(say, ready, emulator.default.contract.name)
        run(emulator, sockets, on_ready, announcement.withdraw, watch=watch)


def _ready_line(url: str, key: str, store: str | None) -> dict[str, Any]:
    return {
        "event": "ready",
        "url": url,
        "base_url": f"{url}{API}",
        "socket_url": socket_url(url),
        "control_url": f"{url}{CONTROL}",
        "api_key": key,
        "store": store,
        "pid": os.getpid(),
    }


def _show_requests(emulator: "Emulator", printer: "Printer") -> None:
    """Print a line for each request that the emulator answers."""
    from atthene_emulator.cli.printer import is_colourful  # noqa: PLC0415
    from atthene_emulator.cli.request_log import RequestLog  # noqa: PLC0415

    secrets = tuple(filter(None, (emulator.settings.control_token,)))
    emulator.listener = RequestLog(printer, colourful=is_colourful(sys.stdout), secrets=secrets)


def _event(reload: "Reload") -> tuple[str, dict[str, Any]]:
    """The event of a reload, and its data."""
    if reload.mistakes:
        return "reload_failed", {"files": reload.files, "message": reload.mistakes}
    return "reloaded", {"files": reload.files, "changes": {kind: one._asdict() for kind, one in reload.changes.items()}}


def _watch(printer: "Printer") -> "Watch":
    """What looks at the seed files, and prints what came of their changes."""
    from atthene_emulator.seeds.watch import Watch  # noqa: PLC0415

    return Watch(lambda reload: printer.say(str(reload), *_event(reload)))
