"""The scripts of a namespace: how one is chosen, and how they count. This module is that part."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.numbering import free_numbers
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.rows import Kept, Notes, Row, RowChange, as_bytes
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.table import Counts, told
from atthene_emulator.domain.weight import weight
from atthene_emulator.errors import Conflict, Misuse, NoRoom, Unknown
from atthene_emulator.execution.nearest import Near, Tried, nearest
from atthene_emulator.execution.scripts import Moment, Script, Step, When, read_script
from atthene_emulator.limits import SCRIPT_BYTES, SCRIPTS, SLOW_SCRIPTS
from atthene_emulator.wording import did_you_mean

BY_NAME = "!emulator "
_COMPILED = 9000  # bytes of an expression

Layer = Literal["added", "scenario", "seed"]
_LAYERS: tuple[Layer, ...] = get_args(Layer)


class Scripts(SavedPart):
    """The scripts of a namespace, and how often each has answered.

    Those of a scenario come before those of the seed, and `added` ones before all. A script's generation is 0 in a seed, and
    counts up with each that comes later.
    """

    scope = "scripts"
    tables = ("scripts", "script_hits", "script_counts")

    def __init__(self, seeded: Sequence[Script] = ()) -> None:
        self._unfinished: dict[int, list[str]] = {}
        self._weights: dict[str, int] = {}
        self._changed = Notes[Layer]()
        self._hit = Notes[str]()
        self._counts = Counts("script_counts", 0)
        self._layers: dict[Layer, tuple[Script, ...]] = {}
        self._start({"added": (), "scenario": (), "seed": tuple(seeded)}, {}, 0)

    def _start(self, layers: Mapping[Layer, tuple[Script, ...]], hits: Mapping[str, int], generation: int) -> None:
        for layer, scripts in layers.items():
            if self._layers.get(layer) is not scripts:
                self._changed.put(layer, layer)
        self._layers = dict(layers)
        self._all = tuple(script for layer in self._layers.values() for script in layer)
        self.hits: Counter[str] = Counter(hits)
        self._hit.empty()
        for key in hits:
            self._hit.put(key, key)
        self.generation = generation
        for matched in self._unfinished.values():
            matched.clear()  # these matches are counted no more, so they cannot be given back

    def reset(self, seed: Seed) -> None:
        """Have just the scripts of the seed.

        Sessions may stay, and know how far they are in each script by its generation; so generations go on.
        """
        self._start({"added": (), "scenario": (), "seed": seed.scripts}, {}, self.generation)

    def clear(self) -> None:
        """Have none."""
        self._start({"added": (), "scenario": (), "seed": ()}, {}, 0)

    def save(self) -> Json:
        """Each script with its layer and how often it has answered, less what executions that run have matched."""
        layers, hits, generation = self.copy()
        entries = [
            {
                "script": {"name": script.name, **script.entry},
                "layer": layer,
                "generation": script.generation,
                "hits": max(0, hits[script.key]),
            }
            for layer, scripts in layers.items()
            for script in scripts
        ]
        return {"scripts": entries, "generation": generation}

    def load(self, saved: Saved) -> None:
        """Go on from what was saved."""
        layers: dict[Layer, list[Script]] = {"added": [], "scenario": [], "seed": []}
        hits: dict[str, int] = {}
        entries = saved.document["scripts"]
        numbers = free_numbers([entry["script"] for entry in entries], "name", "script", 1)
        for entry, number in zip(entries, numbers, strict=True):
            script = read_script(entry["script"], number)._replace(generation=int(entry["generation"]))
            layers[entry["layer"]].append(script)
            hits[script.key] = int(entry["hits"])
        latest = max((script.generation for scripts in layers.values() for script in scripts), default=0)
        generation = max(latest, int(saved.document.get("generation", 0)))
        self._start({layer: tuple(scripts) for layer, scripts in layers.items()}, hits, generation)

    def copy(self) -> tuple[dict[Layer, tuple[Script, ...]], Counter[str], int]:
        """The scripts and how often each has answered, as if executions that run had matched none."""
        hits = self.hits.copy()
        for matched in self._unfinished.values():
            hits.subtract(matched)
        return dict(self._layers), hits, self.generation

    def restore(self, copied: tuple[dict[Layer, tuple[Script, ...]], Counter[str], int]) -> None:
        """Go on from what was copied."""
        self._start(*copied)

    def lend(self, matched: list[str]) -> None:
        """An execution runs on that has matched these, and may still match more; `keep` or `give_back` end that."""
        self._unfinished[id(matched)] = matched

    def keep(self, matched: list[str]) -> None:
        """The execution has ended, and these matches count."""
        del self._unfinished[id(matched)]
        for key in matched:
            self._hit.put(key, key)

    def note_changes(self) -> None:
        """As `Part`."""
        for notes in (self._changed, self._hit):
            notes.wanted = True
            notes.take()
        self._counts.note(self.generation)

    def rows(self) -> Iterator[Row | Configuration]:
        """One for each layer, with its scripts; one for each script that has answered, as `copy` counts; and the last generation."""
        yield from (self._row(layer, layer) for layer in _LAYERS)
        yield from (row for key in self.hits if (row := self._hits_row(key, key)).value is not None)
        yield from self._counts.rows(self.generation)

    def changes(self) -> Iterator[RowChange]:
        """As `Part`."""
        yield from told("scripts", self._changed, self._row)
        yield from told("script_hits", self._hit, self._hits_row)
        yield from self._counts.changes(self.generation)

    def _row(self, key: str, layer: Layer) -> Row:
        scripts = [(one.generation, {"name": one.name, **one.entry}) for one in self._layers[layer]]
        return Row("scripts", key, _LAYERS.index(layer), as_bytes(scripts))

    def _hits_row(self, key: str, _: str) -> Row:
        """How often a script has answered, less what executions that run have matched."""
        hits = self.hits[key] - sum(matched.count(key) for matched in self._unfinished.values())
        return Row("script_hits", key, 0, as_bytes(hits) if hits > 0 else None)

    def take_up(self, kept: Kept) -> None:
        """As `Part`."""
        scripts = {row.key: tuple(_read(*one) for one in row.read()) for row in kept.rows.get("scripts", ())}
        hits = {row.key: int(row.read()) for row in kept.rows.get("script_hits", ())}
        (generation,) = self._counts.read(kept)
        self._start({layer: scripts.get(layer, ()) for layer in _LAYERS}, hits, generation)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Script]:
        return iter(self._all)

    @property
    def weight(self) -> int:
        """How many bytes they take, roughly, with expressions as they are compiled."""
        compiled = sum(
            script.when.content is not None and script.when.content.pattern is not None for script in self._all
        )
        return sum(weight(script.entry) for script in self._all) + compiled * _COMPILED

    def layered(self) -> Iterator[tuple[Layer, Script]]:
        """Every script with where it comes from, in the order in which they are tried."""
        return ((layer, script) for layer, scripts in self._layers.items() for script in scripts)

    @property
    def next_number(self) -> int:
        """What names the next script that has no name."""
        return len(self._layers["seed"]) + self.generation + 1

    def add(self, scripts: Sequence[Script]) -> None:
        """Put scripts in front of all others; one of the same name that was added before is replaced.

        Raises:
            NoRoom: there are too many, or they are too large together.
        """
        names = {script.name for script in scripts}
        kept = [script for script in self._layers["added"] if script.name not in names]
        self._check_room([*kept, *self._layers["scenario"], *self._layers["seed"]], scripts)
        self._set("added", (*self._numbered(scripts), *kept))

    def _check_room(self, kept: Sequence[Script], more: Sequence[Script]) -> None:
        self._weights = {script.key: self._weights.get(script.key) or weight(script.entry) for script in kept}
        count, size = len(kept) + len(more), sum(self._weights.values()) + sum(weight(script.entry) for script in more)
        if count > SCRIPTS.most or size > SCRIPT_BYTES.most:
            raise NoRoom(
                f"There would be {count:,} scripts of {size:,} bytes, and {SCRIPTS.shown} of {SCRIPT_BYTES.shown} may be; "
                "DELETE /__emulator/scripts drops those that were added"
            )
        if sum(script.when.is_slow for script in (*kept, *more)) > SLOW_SCRIPTS.most:
            raise NoRoom(
                f"There would be more than {SLOW_SCRIPTS.shown} scripts whose expression is large, or has look-around or "
                "references; write simpler ones"
            )

    def drop_added(self) -> None:
        """Forget those that were added."""
        self._set("added", ())

    def drop(self, name: str) -> None:
        """Forget one that was added.

        Raises:
            Unknown: there is none of that name.
            Conflict: the seed or the scenario has it.
        """
        kept = tuple(script for script in self._layers["added"] if script.name != name)
        if len(kept) < len(self._layers["added"]):
            self._set("added", kept)
            return
        for layer, script in self.layered():
            if script.name == name:
                raise Conflict(
                    f"The script {name} is of the {layer}, and stays; one of that name that you add goes before it"
                )
        raise Unknown(self._no_script(name))

    def set_scenario(self, scripts: Sequence[Script]) -> None:
        """Use the scripts of a scenario in place of those of the last one."""
        self._set("scenario", tuple(self._numbered(scripts)))

    def extend_scenario(self, scripts: Sequence[Script]) -> None:
        """Use these as well, after those of the scenario."""
        self._set("scenario", (*self._layers["scenario"], *self._numbered(scripts)))

    def _numbered(self, scripts: Sequence[Script]) -> Iterator[Script]:
        for script in scripts:
            self.generation += 1
            yield script._replace(generation=self.generation)

    def _set(self, layer: Layer, scripts: tuple[Script, ...]) -> None:
        self._layers[layer] = scripts
        self._changed.put(layer, layer)
        self._all = tuple(script for layer in self._layers.values() for script in layer)
        keys = {script.key for script in self._all}
        for key in [key for key in self.hits if key not in keys]:
            del self.hits[key]
            self._hit.drop(key)

    def give_back(self, matched: list[str]) -> None:
        """Take back matches of an execution that has come to nothing."""
        self._unfinished.pop(id(matched), None)
        self.hits.subtract(matched)

    def choose(self, moment: Moment, positions: dict[str, int], matched: list[str]) -> tuple[str, Step] | None:
        """The name and the step of the first script that answers this turn, or None; counts the match.

        `positions` says how many steps of each script the session has used; it is moved on. `times` counts the matches of
        all sessions (K33). `matched` receives the script's key.

        A message that begins with `!emulator` names the script, whose agent alone must then be the right one.

        Raises:
            Misuse: the message names a script that does not exist.
        """
        named = _named(moment)
        for script in self._all if named is None else self._called(named):
            if script.when.holds(moment) and not self._is_used_up(script):
                key, steps = script.key, script.then
                self.hits[key] += 1
                self._hit.put(key, key)
                matched.append(key)
                if len(steps) == 1:
                    return script.name, steps[0]
                position = positions.get(key, 0)
                positions[key] = position + 1
                return script.name, steps[min(position, len(steps) - 1)]
        return None

    def nearest(self, moment: Moment) -> tuple[Near, ...]:
        """The scripts that came nearest to answering a turn that none has answered; by name, those of that name alone."""
        tried = (Tried(layer, script, self._is_used_up(script)) for layer, script in self.layered())
        named = _named(moment)
        if named is not None:
            only_agent = (one._replace(script=_for_agent(one.script)) for one in tried if one.script.name == named)
            return nearest(only_agent, moment)
        return nearest(tried, moment)

    def _is_used_up(self, script: Script) -> bool:
        return script.times is not None and self.hits[script.key] >= script.times

    def _called(self, name: str) -> Sequence[Script]:
        """Those that a message names, which answer whatever else it says.

        Raises:
            Misuse: there is none of that name.
        """
        found = [_for_agent(script) for script in self if script.name == name]
        if not found:
            raise Misuse(self._no_script(name))
        return found

    def _no_script(self, name: str) -> str:
        names = [script.name for script in self]
        there = f"; there are {', '.join(names[:20]) or 'none'}"
        return f"There is no script {name[:60]!r}{did_you_mean(name, names, there)}"


def _read(generation: int, entry: Mapping[str, Any]) -> Script:
    return read_script({**entry}, 0)._replace(generation=int(generation))


def _named(moment: Moment) -> str | None:
    """The name of the script that the message asks for."""
    return moment.content[len(BY_NAME) :].strip() if moment.content.startswith(BY_NAME) else None


def _for_agent(script: Script) -> Script:
    """The script with the one condition that holds for a message that names it."""
    return script._replace(when=When(agent=script.when.agent))
