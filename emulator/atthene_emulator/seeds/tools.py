"""Tools of a seed: names that configurations may use, and what is known of them. This module reads them."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.configuration.approvals import REQUIREMENTS, Requirement


def read_tools(entries: Mapping[str, Any]) -> tuple[Mapping[str, Requirement], Mapping[str, Mapping[str, Any]]]:
    """Which tools wait for approval (K46), and the schemas of what they take, by name."""
    requirements: dict[str, Requirement] = {
        name: entry.get("hitl_requirement", REQUIREMENTS.get(name, "never")) for name, entry in entries.items()
    }
    return requirements, {name: entry["schema"] for name, entry in entries.items() if "schema" in entry}
