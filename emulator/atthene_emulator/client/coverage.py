"""What of the graphs was exercised. This module is that part of the client, and what can be said of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.reading import Json
from atthene_emulator.tables import aligned
from atthene_emulator.wording import printable


class Coverage(NamespaceControl):
    """Reading what was exercised."""

    def coverage(self, *, everywhere: bool = False) -> list[Json]:
        """Agents, edges, arms and outputs with how often they were exercised, by configuration.

        Args:
            everywhere: in all namespaces together, those that were deleted included.
        """
        shown: list[Json] = self._ask("GET", "/coverage", query={"namespaces": "all"} if everywhere else None)
        return shown


class Share(NamedTuple):
    """How many parts were exercised, of how many."""

    covered: int
    total: int

    def reaches(self, percent: float) -> bool:
        """Whether it is so much; nothing of nothing is too little."""
        return self.total > 0 and 100 * self.covered >= percent * self.total

    def __str__(self) -> str:
        if not self.total:
            return "nothing was executed"
        return f"{self.covered} of {self.total} parts were exercised, {100 * self.covered / self.total:.1f} %"


def share(configurations: Iterable[Mapping[str, Any]]) -> Share:
    """That of all configurations together."""
    shown = tuple(configurations)
    return Share(sum(one["covered"] for one in shown), sum(one["total"] for one in shown))


def added(coverages: Iterable[Sequence[Mapping[str, Any]]]) -> list[Json]:
    """What several emulators have counted, together; equal configurations count as one."""
    total: dict[str, Json] = {}
    for coverage in coverages:
        for one in coverage:
            known = total.get(one["config_hash"])
            total[one["config_hash"]] = dict(one) if known is None else _sum(known, one)
    return list(total.values())


def _sum(one: Mapping[str, Any], other: Mapping[str, Any]) -> Json:
    pairs = zip(one["elements"], other["elements"], strict=True)
    elements = [{**first, "count": first["count"] + second["count"]} for first, second in pairs]
    return {
        **one,
        "executions": one["executions"] + other["executions"],
        "covered": sum(element["count"] > 0 for element in elements),
        "elements": elements,
    }


def since(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[Json]:
    """What was counted between two looks at an emulator; configurations that were not executed meanwhile are left out.

    What was counted and forgotten meanwhile, as by a reset, cannot be told and is not there.
    """
    earlier = {one["config_hash"]: one for one in before}
    shown = (_difference(one, earlier.get(one["config_hash"])) for one in after)
    return [one for one in shown if one["executions"]]


def _difference(one: Mapping[str, Any], before: Mapping[str, Any] | None) -> Json:
    if before is None:
        return dict(one)
    pairs = zip(one["elements"], before["elements"], strict=True)
    counts = [(element, max(0, element["count"] - earlier["count"])) for element, earlier in pairs]
    return {
        **one,
        "executions": max(0, one["executions"] - before["executions"]),
        "covered": sum(count > 0 for _, count in counts),
        "elements": [{**element, "count": count} for element, count in counts],
    }


def table(one: Mapping[str, Any]) -> str:
    """The coverage of a configuration for people."""
    percent = round(100 * one["covered"] / one["total"])
    head = f"{printable(one['name'])} ({one['config_hash']}): {one['covered']} of {one['total']} parts, {percent} %"
    rows = [
        (element["kind"], printable(_what(element)), str(element["count"] or "never")) for element in one["elements"]
    ]
    return "\n".join([head, *aligned(rows, indent="  ")])


def _what(element: Mapping[str, Any]) -> str:
    arrow = f" -{element['arm']}-> " if element["arm"] else " -> "
    return f"{element['from']}{arrow}{element['to']}" if element["to"] else str(element["from"])
