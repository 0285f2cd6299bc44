"""The scenario that a namespace has been switched to, if any. This module is that part."""

from atthene_emulator.domain.faults import Faults
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.records import LoadedIds, Records
from atthene_emulator.domain.scripts import Scripts
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.domain.transitions import Transitions


class ActiveScenario(SavedPart):
    """What a scenario has brought, to be taken away again.

    Args:
        records, scripts, faults, transitions: parts of the namespace, to which it brings something.

    Attributes:
        name: None for no scenario.
    """

    tables = ("scenario",)

    def __init__(self, records: Records, scripts: Scripts, faults: Faults, transitions: Transitions) -> None:
        self._records = records
        self._scripts = scripts
        self._faults = faults
        self._transitions = transitions
        self._forget()

    def _forget(self) -> None:
        self.name: str | None = None
        self._loaded = LoadedIds()

    def use(self, scenario: Scenario, seed: Seed) -> None:
        """Have this one in place of the last: its scripts before all but the added ones, its faults alone.

        Raises:
            Conflict: a record of it is there already; nothing is changed.
        """
        self._records.check_room(scenario, self._loaded)
        self.reset(seed)
        self._loaded = self._load(scenario, seed)
        self.name = scenario.name
        self._scripts.set_scenario(scenario.scripts)
        self._faults.use(scenario.faults)

    def _load(self, scenario: Scenario, seed: Seed) -> LoadedIds:
        """Have its records, which go on as it says from the beginning."""
        if scenario.transitions is not None:
            self._transitions.set(scenario.transitions)
        return self._records.load_seeds(scenario, seed)

    def add(self, scenario: Scenario, seed: Seed) -> LoadedIds:
        """Have this one besides what is there: its scripts after those of the ones before, its faults before theirs.

        Returns:
            The ids of what it has brought.

        Raises:
            Conflict: a record or a fault of it is there already; the caller takes back what was done.
        """
        self._records.check_room(scenario, LoadedIds())
        loaded = self._load(scenario, seed)
        self._loaded = self._loaded.with_others(loaded)
        self._scripts.extend_scenario(scenario.scripts)
        if self.name is None:
            self._faults.use(scenario.faults)
        else:
            self._faults.add(scenario.faults)
        self.name = scenario.name if self.name is None else f"{self.name} + {scenario.name}"
        return loaded

    def reset(self, seed: Seed) -> None:
        """Take away what the scenario has brought; the faults and transitions of the seed are back."""
        self._records.unload(self._loaded)
        if self.name is not None:
            self._scripts.set_scenario(())
            self._faults.reset(seed)
            self._transitions.reset(seed)
        self._forget()

    def clear(self) -> None:
        """Have none; what it has brought is gone already."""
        self._forget()

    def save(self) -> Json:
        """Its name, and the ids of the records that it has brought."""
        return {"scenario": self.name, "planted": {kind: list(ids) for kind, ids in self._loaded._asdict().items()}}

    def load(self, saved: Saved) -> None:
        """Have the scenario that was saved; what it has brought is saved by other parts."""
        self.name = saved.document.get("scenario")
        loaded = saved.document.get("planted", {})
        self._loaded = LoadedIds(**{kind: tuple(ids) for kind, ids in loaded.items()})
