"""Scripts of a seed, and those that are added while the emulator runs. This module reads both."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.patterns import Pattern
from atthene_emulator.domain.numbering import free_numbers
from atthene_emulator.errors import Misuse
from atthene_emulator.execution.scripts import Script, read_script
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.schema import SEED


def read_scripts(entries: Sequence[Any], first: int, taken: Iterable[str] = ()) -> tuple[Script, ...]:
    """Scripts that are added at run time.

    Args:
        entries: as they came.
        first: number of the first one, by which it is called if it has no name.
        taken: names of others.

    Raises:
        Misuse: with every mistake.
    """
    value = {"scripts": list(entries)}
    findings = list(SEED.check(value))
    if not findings:
        findings += [wrong for index, entry in enumerate(entries) if (wrong := _pattern_finding(entry, index))]
    if findings:
        raise Misuse("These are no scripts", [finding.problem() for finding in findings])
    return tuple(map(read_script, entries, free_numbers(entries, "name", "script", first, taken)))


def read_seed_scripts(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[Script, ...]:
    """Those of these scripts that can be used."""
    names = {script.name for script in so_far.before.scripts}
    read = []
    numbers = free_numbers(entries, "name", "script", len(names) + 1, names)
    for index, (entry, number) in enumerate(zip(entries, numbers, strict=True)):
        if "name" in entry and entry["name"] in names:
            so_far.wrong(("scripts", index, "name"), f"A script is called {entry['name']} already; names are unique.")
        names.add(entry.get("name", ""))
        wrong = None if so_far.checked else _pattern_finding(entry, index)
        if wrong is None:
            read.append(read_script(entry, number))
        else:
            so_far.findings.append(wrong)
    return tuple(read)


def _pattern_finding(script: Mapping[str, Any], index: int) -> Finding | None:
    """A finding if the script's regular expression is none."""
    content = script.get("when", {}).get("content")
    if isinstance(content, dict) and "matches" in content:
        mistake = Pattern(content["matches"]).mistake
        if mistake is not None:
            path = ("scripts", index, "when", "content", "matches")
            return Finding("F111", path, f"{content['matches']!r} is not a regular expression: {mistake}.")
    return None
