"""Emulators as processes that are killed, paused and started again at the same port."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from atthene_emulator.steady_clock import steady

START_SECONDS = 30


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Process:
    """One emulator; `address` stays the same, whatever happens to it.

    Args:
        store: as the option has it.
        ttl: seconds after which others take over what it owned.
        log: what it prints goes there.
        options: more of the command line.
    """

    def __init__(self, store: str, ttl: float, log: Path, *options: str) -> None:
        self.port = free_port()
        self.address = "127.0.0.1", self.port
        self.log = log
        self.is_paused = False
        self._command = [sys.executable, "-m", "tests.kill.emulator", str(ttl), "serve", "--store", store]
        self._command += ["--port", str(self.port), "--host", "127.0.0.1", *options]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start it; `wait` waits until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)

    @property
    def answers(self) -> bool:
        """Whether connections are taken."""
        try:
            with socket.create_connection(self.address, timeout=1):
                return not self.is_paused
        except OSError:
            return False

    def wait(self) -> None:
        """Wait until connections are taken."""
        assert self._process is not None
        end = steady() + START_SECONDS
        while not self.answers:
            assert self._process.poll() is None, self.log.read_text(encoding="utf-8")
            assert steady() < end, f"it does not answer in {START_SECONDS} seconds"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it without a word."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(20)
        self.is_paused = False

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._signal(signal.SIGTERM)
        assert self._process is not None
        assert self._process.wait(20) == 0

    def pause(self) -> None:
        """Have it do nothing."""
        self.is_paused = True
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After `pause`."""
        self._signal(signal.SIGCONT)
        self.is_paused = False

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, number)


class Killer:
    """Kills, pauses and starts emulators by chance, one thing after another.

    Attributes:
        done: how often what was done.
    """

    def __init__(self, processes: list[Process], ttl: float, chance: random.Random) -> None:
        self.processes = processes
        self.done = {"kills": 0, "pauses": 0}
        self._ttl = ttl
        self._chance = chance

    def strike(self) -> None:
        """Kill one at a random moment and start it again, or pause it for longer than its namespaces stay its own."""
        time.sleep(self._chance.uniform(0.05, 0.5))
        victim = self._chance.choice(self.processes)
        if len(self.processes) > 1:
            self._wait_for_another(victim)
            if self._chance.random() < 0.4:
                self._pause(victim)
                return
        victim.kill()
        self.done["kills"] += 1
        time.sleep(self._chance.choice((0.0, 0.0, 0.3)))
        victim.start()
        if len(self.processes) == 1 or self._chance.random() < 0.7:  # else it may be killed while it starts
            victim.wait()

    def _pause(self, victim: Process) -> None:
        if not victim.answers:
            victim.wait()
        victim.pause()
        self.done["pauses"] += 1
        time.sleep(self._ttl * self._chance.uniform(0.7, 1.6))
        victim.go_on()

    def _wait_for_another(self, victim: Process) -> None:
        for other in self.processes:
            if other is not victim:
                other.wait()
                return


@contextmanager
def running(processes: list[Process]) -> Iterator[list[Process]]:
    """They run meanwhile."""
    try:
        for one in processes:
            one.start()
            one.wait()
        yield processes
    finally:
        for one in processes:
            one.kill()
