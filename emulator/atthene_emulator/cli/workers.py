"""`serve --workers`: processes that serve one port together. This module is their parent, and what a worker has of it.

Each worker is a process of the same command line. It inherits its listening sockets, and a link by which the parent hears that it is
ready or gone, and it that the parent is.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from types import FrameType
from typing import Any

from atthene_emulator.cli.output import say
from atthene_emulator.cli.signals import SIGNALLED
from atthene_emulator.contracts import ContractName
from atthene_emulator.steady_clock import steady

_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")
_RESTARTS, _SECONDS = 3, 30.0  # so many in such a time, and not more
_STOP_SECONDS = 10.0  # that workers may take to stop
_PIECE = 64 * 1024


class Link:
    """A worker's end of what connects it with its parent.

    Args:
        given: the value of the option by which it was started: descriptors of the link and of its sockets.

    Attributes:
        sockets: that it serves.
    """

    def __init__(self, given: str) -> None:
        link, *sockets = (int(word) for word in given.split(","))
        self._link = socket.socket(fileno=link)
        self.sockets = [socket.socket(fileno=one) for one in sockets]

    def end_with_parent(self) -> None:
        """Stop this process, as a signal does, when its parent is gone, however it went."""
        Thread(target=self._wait, name="atthene-parent", daemon=True).start()

    def _wait(self) -> None:
        with suppress(OSError):
            while self._link.recv(_PIECE):
                pass
        os.kill(os.getpid(), signal.SIGTERM)

    def tell(self, ready: Mapping[str, Any], contract: ContractName) -> None:
        """Say that requests are answered, and where."""
        with suppress(OSError):  # the parent is gone
            self._link.sendall(json.dumps([{**ready, "pid": os.getppid()}, contract]).encode())


class _Worker:
    """A worker as its parent sees it."""

    def __init__(self, number: int, sockets: Sequence[socket.socket]) -> None:
        self.number = number
        self.is_ready = False
        self.link, theirs = socket.socketpair()
        inherited = (theirs.fileno(), *(one.fileno() for one in sockets))
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # this very command
                [*_command(), "--as-worker", ",".join(map(str, inherited))],
                pass_fds=inherited,
                process_group=0,  # what is typed on a terminal is for the parent
            )


def _command() -> list[str]:
    return [sys.executable, "-m", "atthene_emulator", *sys.argv[1:]]


class Workers:
    """The workers of one command, started again when they die.

    The first one starts alone: what is wrong is said once, and what is to be made for all is made by one.

    Args:
        sockets: those of each worker.
        on_ready: is called once all of them answer, with what the first one has told.
    """

    def __init__(
        self,
        sockets: Sequence[Sequence[socket.socket]],
        on_ready: Callable[[dict[str, Any], ContractName], None],
    ) -> None:
        self._sockets = sockets
        self._on_ready = on_ready
        self._workers: dict[int, _Worker] = {}
        self._selector = DefaultSelector()
        self._ready: list[Any] = []
        self._is_announced = False
        self._restarts: deque[float] = deque(maxlen=_RESTARTS)
        self._status = 0
        self._stopping_since: float | None = None

    def run(self) -> int:
        """Serve until a signal stops it; the exit status, which is 0 then."""
        for name in _STOPPING:
            number = getattr(signal, name)
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._be_signalled)
        self._start(0)
        while self._workers:
            for key, _ in self._selector.select(_STOP_SECONDS):
                self._hear(key.data)
            if self._stopping_since is not None and steady() - self._stopping_since > _STOP_SECONDS:
                self._kill()
        self._selector.close()
        return self._status

    def _start(self, number: int) -> None:
        worker = self._workers[number] = _Worker(number, self._sockets[number])
        self._selector.register(worker.link, EVENT_READ, worker)
        if self._stopping_since is not None:  # a signal came meanwhile
            worker.process.terminate()

    def _hear(self, worker: _Worker) -> None:
        try:
            told = worker.link.recv(_PIECE)  # one message, which is smaller
        except OSError:
            told = b""
        if not told:
            self._end(worker)
            return
        worker.is_ready = True
        if not self._ready:
            self._ready = json.loads(told)
            for number in range(1, len(self._sockets)):
                self._start(number)
        if not self._is_announced and all(one.is_ready for one in self._workers.values()):
            self._is_announced = True
            self._on_ready(*self._ready)

    def _end(self, worker: _Worker) -> None:
        """It is gone: start another one, unless it could not start, or too many have died."""
        self._selector.unregister(worker.link)
        worker.link.close()
        ended = worker.process.wait()
        status = ended if ended >= 0 else SIGNALLED - ended
        del self._workers[worker.number]
        if self._stopping_since is not None:
            return
        often = len(self._restarts) == _RESTARTS and steady() - self._restarts[0] < _SECONDS
        if not worker.is_ready or often:
            why = f"which is too often within {_SECONDS:g} seconds" if often else "before it was ready"
            say(f"atthene-emulator: a worker has ended with {status}, {why}; so all of them end.", err=True)
            self._stop(signal.SIGTERM, status)
            return
        say(f"atthene-emulator: worker {worker.process.pid} has ended with {status}; another one starts.", err=True)
        self._restarts.append(steady())
        self._start(worker.number)

    def _stop(self, number: int, status: int) -> None:
        self._stopping_since = steady()
        self._status = status
        for worker in self._workers.values():
            worker.process.send_signal(number)

    def _kill(self) -> None:
        for worker in self._workers.values():
            worker.process.kill()

    def _be_signalled(self, number: int, _: FrameType | None) -> None:
        """Stop in order at the first signal, at once at the second one."""
        if self._stopping_since is None:
            self._stop(number, 0)
        else:
            self._kill()
            self._status = SIGNALLED + number
