"""The catalogue of findings: each entry is shown by a document, and mended by another."""

import re
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

import atthene_emulator
from atthene_emulator.configuration.accepted import examine
from atthene_emulator.configuration.catalogue import CATALOGUE, RENAMED, Explanation
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.yaml_text import read_yaml
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.seeds.reader import examine_seed

SEEDS = ("F110", "F111", "F126", "F142", "B107")
PAGES = {
    "yaml-configuration",
    "prompt-configuration",
    "model-selection",
    "agent-capabilities",
    "knowledge-base-setup",
    "human-in-the-loop",
    "variables-system",
    "memory-system",
    "conditional-edges",
    "supervisor-pattern",
    "sequential-patterns",
    "structured-output",
    "type-notation",
    "known-issues",
}
ENTRIES = [pytest.param(entry, id=code) for code, entry in CATALOGUE.items()]
DOCUMENTS = [pytest.param(entry, id=code) for code, entry in CATALOGUE.items() if entry.media != "http"]
PACKAGE = Path(atthene_emulator.__file__).parent


def findings(entry: Explanation, document: str) -> tuple[Finding, ...]:
    data = document.encode(errors="surrogateescape")
    if entry.code in SEEDS:
        return examine_seed(read_yaml(data))[1]
    return examine(data, "json" if entry.media == "json" else "yaml", Language())


def sources() -> list[Path]:
    """Every module that may give findings; the catalogue itself only explains them."""
    folders = ("configuration", "seeds", "web")
    modules = [module for folder in folders for module in (PACKAGE / folder).rglob("*.py")]
    return [module for module in modules if module.name != "catalogue.py"]


@pytest.mark.parametrize("entry", DOCUMENTS)
class TestDocuments:
    """Requests, whose findings are of another kind, are sent by `tests/web/test_unread.py`."""

    def test_the_example_gives_the_finding(self, entry: Explanation) -> None:
        given = {finding.code: finding.severity for finding in findings(entry, entry.example)}
        assert given.get(entry.code) == entry.severity

    def test_the_example_gives_no_other_error(self, entry: Explanation) -> None:
        others = {finding.code for finding in findings(entry, entry.example) if finding.severity == "error"}
        assert others <= {entry.code}

    def test_the_mended_document_gives_nothing_at_all(self, entry: Explanation) -> None:
        assert findings(entry, entry.mended) == ()

    def test_every_finding_of_the_example_says_something_and_stands_in_the_text(self, entry: Explanation) -> None:
        lines = entry.example.split("\n")
        for finding in findings(entry, entry.example):
            assert finding.message
            if finding.mark is not None:
                assert 1 <= finding.mark.line <= len(lines)
                assert 1 <= finding.mark.column <= len(lines[finding.mark.line - 1]) + 1


@pytest.mark.parametrize("entry", ENTRIES)
class TestEntry:
    def test_it_rests_on_a_page_or_a_decision(self, entry: Explanation) -> None:
        level, source = entry.evidence
        if level == "documented":
            page, _, generation = source.partition("@")
            assert page in PAGES
            assert generation in ("G3", "G4")
        elif level == "decided":
            assert source in {decision.id for decision in DECISIONS}

    def test_decisions_named_in_its_reason_exist(self, entry: Explanation) -> None:
        named = set(re.findall(r"\b[DK]\d{2,3}[a-z]?\b", entry.why))
        assert named <= {decision.id for decision in DECISIONS}

    def test_it_says_what_and_why(self, entry: Explanation) -> None:
        assert entry.title.strip() == entry.title != ""
        assert not entry.title.endswith(".")
        assert re.search(r"[.!?]$", entry.why)

    def test_its_example_and_the_mended_document_differ(self, entry: Explanation) -> None:
        assert entry.example != entry.mended


def test_the_catalogue_has_every_code_that_is_given_and_no_other() -> None:
    used = {code for module in sources() for code in re.findall(r'"([FGTMVSBYR]1\d\d)"', module.read_text())}
    assert used == set(CATALOGUE)


def test_codes_are_unique() -> None:
    text = (PACKAGE / "configuration" / "catalogue.py").read_text()
    counts = Counter(re.findall(r'Explanation\("(\w+)"', text))
    assert [code for code, count in counts.items() if count > 1] == []
    assert counts.keys() == CATALOGUE.keys()


def test_codes_are_grouped_by_letter_and_count_up() -> None:
    groups = [(letter, list(codes)) for letter, codes in groupby(CATALOGUE, key=lambda code: code[0])]
    assert [letter for letter, _ in groups] == ["Y", "F", "M", "T", "V", "G", "S", "B", "R"]
    assert all(codes == sorted(codes) for _, codes in groups)


def test_an_entry_is_filed_under_its_own_code() -> None:
    assert [code for code, entry in CATALOGUE.items() if entry.code != code] == []


def test_what_older_codes_are_called_is_in_the_catalogue() -> None:
    assert set(RENAMED.values()) <= set(CATALOGUE)
    assert not set(RENAMED) & set(CATALOGUE)
