"""Signals that are meant for a command. This module is how `exec` receives them and passes them on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

SIGNALLED = 128  # what a shell adds to the number of the signal that ended a command

_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_OF_TERMINALS = (signal.SIGINT, getattr(signal, "SIGQUIT", None))


class Signals:
    """The signals that a command may want, received from now on: at first they end `exec`, then they go to the command.

    Those that are ignored stay so, as for `nohup`.
    """

    def __init__(self) -> None:
        self._to: Callable[[int], object] = lambda number: sys.exit(SIGNALLED + number)
        for name in _FORWARDED:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda received, _: self._to(received))

    def start(self, command: "Callable[[], subprocess.Popen[bytes]]") -> "subprocess.Popen[bytes]":
        """Start a command, which gets all signals from now on; those that come before it runs, once it does."""
        early: list[int] = []
        self._to = early.append
        process = command()
        self._to = lambda number: _forward(number, process)
        for number in early:
            _forward(number, process)
        return process


def _forward(number: int, process: "subprocess.Popen[bytes]") -> None:
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
