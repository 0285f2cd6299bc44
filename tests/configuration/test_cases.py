"""The contract's own cases, each by its name: what a validator must say of a small document."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from atthene_emulator.configuration.accepted import examine
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language

_FILE = Path(__file__).parents[1] / "contract" / "configuration-cases.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text())["cases"]


def at_or_below(findings: list[Finding], path: str) -> list[Finding]:
    """Those at a path or below it."""
    return [one for one in findings if f"{one.field}.".startswith(f"{path}.")]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_case_gets_its_verdict(case: dict[str, Any]) -> None:
    findings = examine(case["document"].encode(), case.get("media", "yaml"), Language())
    errors = [one for one in findings if one.severity == "error"]
    warnings = [one for one in findings if one.severity == "warning"]
    if case["expect"] == "invalid":
        assert errors
        assert at_or_below(errors, case["field"]) == errors if "field" in case else errors
        assert "message" not in case or [one.message for one in errors] == [case["message"]]
    elif "warns" in case:
        assert not errors
        assert at_or_below(warnings, case["warns"])
    else:
        assert not findings


def test_names_are_unique() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) == 120
