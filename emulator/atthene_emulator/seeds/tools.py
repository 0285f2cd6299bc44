"""Tools of a seed: names that configurations may use, and what is known of them. This module reads them."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.configuration.approvals import REQUIREMENTS, Requirement
from atthene_emulator.configuration.tool_schema import mistake_of
from atthene_emulator.seeds.collected import Collected


def read_tools(
    entries: Mapping[str, Any], so_far: Collected
) -> tuple[Mapping[str, Requirement], Mapping[str, Mapping[str, Any]]]:
    """Which tools wait for approval (K46), and the schemas of what they take, by name."""
    requirements: dict[str, Requirement] = {
        name: entry.get("hitl_requirement", REQUIREMENTS.get(name, "never")) for name, entry in entries.items()
    }
    schemas = {name: entry["schema"] for name, entry in entries.items() if "schema" in entry}
    for name, schema in schemas.items():
        mistake = mistake_of(schema)
        if mistake is not None:
            so_far.wrong(("tools", name, "schema"), f"This is no JSON Schema that can be used: {mistake}.")
    return requirements, schemas
