"""All worlds of one server. This module is the `Emulator`, which holds the namespaces; nothing hangs on a module."""

from emulator.configuration.accepted import Acceptance
from emulator.domain.clock import Clock
from emulator.domain.namespace import Namespace
from emulator.domain.seed import Seed
from emulator.errors import EmulatorRefusal
from emulator.settings import Settings
from emulator.store.memory import MemoryStore

DEFAULT = "default"


class Emulator:
    """The namespaces of one server; `default` is made from the seed.

    Args:
        settings: what the user chose.
        seed: what the default namespace starts from.
    """

    def __init__(self, settings: Settings, seed: Seed) -> None:
        self.settings = settings
        self.acceptance = Acceptance()
        self.ready = False
        self._machine_clock = Clock()
        self._started_at = self._machine_clock.now()
        self.default = Namespace(
            DEFAULT,
            seed,
            MemoryStore(),
            self.acceptance,
            contract=settings.contract,
            strict=settings.strict,
            journal_entries=settings.journal_entries,
        )
        self._namespaces = {DEFAULT: self.default}

    def uptime(self) -> float:
        """Seconds since the emulator was made, by the machine's clock."""
        return self._machine_clock.now() - self._started_at

    @property
    def namespaces(self) -> tuple[Namespace, ...]:
        """Every namespace, in the order they were made."""
        return tuple(self._namespaces.values())

    def namespace(self, name: str | None) -> Namespace:
        """The namespace of that name; None is `default`.

        Raises:
            EmulatorRefusal: 404, there is none.
        """
        if name is None:
            return self.default
        found = self._namespaces.get(name)
        if found is None:
            raise EmulatorRefusal(404, f"There is no namespace {name!r}; there are: {', '.join(self._namespaces)}")
        return found

    async def start(self) -> None:
        """Load the seeds; afterwards the emulator is ready."""
        for namespace in self.namespaces:
            await namespace.load()
        self.ready = True

    def stop(self) -> None:
        """Send away every execution that waits, so that the server can stop at once."""
        for namespace in self.namespaces:
            namespace.gates.dismiss_all("the emulator stops")
