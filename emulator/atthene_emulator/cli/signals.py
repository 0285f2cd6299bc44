"""Signals that are meant for a command. This module is how `exec` receives them and passes them on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALLED = 128  # what a shell adds to the number of the signal that ended a command

_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_OF_TERMINALS = (signal.SIGINT, getattr(signal, "SIGQUIT", None))


class _Stopped(Exception):  # nothing went wrong
    """A signal came before the command was started."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Signals:
    """Where signals go: at first they end `exec`, then they are the command's, at last nobody's."""

    def __init__(self) -> None:
        self.to: Callable[[int], object] = self._stop

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Receive a signal."""
        self.to(number)

    @staticmethod
    def _stop(number: int) -> None:
        raise _Stopped(number)


@contextmanager
def receiving() -> Iterator[Signals]:
    """Receive the signals that a command may want; those that are ignored stay so, as for `nohup`."""
    signals = Signals()
    numbers = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
    before = {one: signal.signal(one, signals) for one in numbers if signal.getsignal(one) is not signal.SIG_IGN}
    try:
        yield signals
    except _Stopped as stopped:
        sys.exit(SIGNALLED + stopped.number)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def forward(number: int, process: "subprocess.Popen[bytes]") -> None:
    """Pass a signal on, unless a terminal has sent it to the command as well: nobody presses Ctrl+C twice by pressing once."""
    if not (number in _OF_TERMINALS and _is_in_foreground()):
        process.send_signal(number)


def _is_in_foreground() -> bool:
    """Whether what is typed on our terminal is for this process, and so for the command, which is in its group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except (OSError, AttributeError):  # no terminal, or no such thing as one
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
