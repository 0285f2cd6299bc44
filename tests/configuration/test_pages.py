"""Every complete configuration of the documentation's pages, in all its generations: what is shown there is valid."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from atthene_emulator.configuration.accepted import Acceptance, examine
from atthene_emulator.configuration.language import Language

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "pages" / "documents.yaml").read_text())
IDS = [f"{case['page']}-{number}" for number, case in enumerate(CASES)]


@pytest.mark.parametrize("case", CASES, ids=IDS)
class TestDocument:
    def test_it_has_no_errors_but_those_that_are_known(self, case: dict[str, Any]) -> None:
        findings = examine(case["document"].encode(), case.get("media", "yaml"), Language())
        assert [one.code for one in findings if one.severity == "error"] == case.get("errors", [])
        assert ("errors" in case) == ("because" in case)

    def test_its_meaning_can_be_read(self, case: dict[str, Any]) -> None:
        if "errors" not in case:
            configuration = Acceptance().accept_text(case["document"].encode(), case.get("media", "yaml"), Language())
            assert configuration.system.agents


def test_unknown_keys_stand_in_none_of_them() -> None:
    findings = [one for case in CASES for one in examine(case["document"].encode(), "yaml", Language())]
    assert [one.field for one in findings if one.code == "F112"] == []


def test_every_generation_is_there() -> None:
    assert {case["page"].rpartition("@")[2] for case in CASES} == {"G0", "G1", "G1t", "G2", "G3"}
