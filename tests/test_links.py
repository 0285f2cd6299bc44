"""Every link of the documentation leads somewhere, on GitHub and on the site, and every page is found."""

import re
import tomllib
from pathlib import Path

import pytest

from atthene_emulator.configuration.catalogue import CATALOGUE
from atthene_emulator.errors import EmulatorRefusal, kinds
from atthene_emulator.evidence.decisions import DECISIONS
from docs.markdown import anchor, body
from tests.documentation import DOCS, FILES, ROOT, TEXTS, anchors, headings, prose

OTHERS = tuple(
    ROOT / name
    for name in (
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        *(f"clients/typescript/{name}README.md" for name in ("", "example/")),
    )
)
PAGES = [name for name in TEXTS if name.startswith("docs/")]
EACH_PAGE = pytest.mark.parametrize("page", PAGES)
FIRST_WORDS = ("This page", "With this page", "At the end of this page", "These pages")


def links(text: str) -> list[str]:
    """What is linked within the repository, of links and pictures."""
    without_code = re.sub(r"`[^`\n]+`", "", prose(text))
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", without_code) if not re.match(r"\w+:", link)]


@pytest.mark.parametrize("path", [*FILES, *OTHERS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for link in links(path.read_text(encoding="utf-8")):
        name, _, place = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        is_there = target.is_relative_to(ROOT) and target.exists()
        if not is_there or (place and place not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    assert broken == []


@EACH_PAGE
def test_links_of_a_page_stay_in_the_site(page: str) -> None:
    outside = [
        link for link in links(TEXTS[page]) if not (ROOT / page).parent.joinpath(link).resolve().is_relative_to(DOCS)
    ]
    assert outside == []


def of_the_site(heading: str) -> str:
    """The address of a heading as Python-Markdown makes it, which the site is built with."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading.replace("`", "")).strip().lower())


@EACH_PAGE
def test_headings_have_one_address_each_which_is_the_same_on_github_and_on_the_site(page: str) -> None:
    titles = headings(TEXTS[page])
    assert len(anchors(TEXTS[page])) == len(titles)
    assert [title for title in titles if anchor(title) != of_the_site(title)] == []


@EACH_PAGE
def test_a_page_begins_with_what_one_gets_from_it(page: str) -> None:
    title, first, *_ = body(TEXTS[page]).split("\n\n")
    assert re.fullmatch(r"# [^\n]+", title)
    assert first.startswith(FIRST_WORDS)
    assert len(re.findall(r"^# ", prose(TEXTS[page]), re.MULTILINE)) == 1


@EACH_PAGE
def test_lists_tables_and_headings_stand_apart_as_the_site_needs_it(page: str) -> None:
    joined = re.findall(
        r"^(?![-*|>#\s]|\d+\. )[^\n]+\n(?:- |\* |\d+\. |\||#+ )[^\n]+", prose(body(TEXTS[page])), re.MULTILINE
    )
    assert joined == []


def listed(entries: list[dict[str, object]]) -> list[object]:
    """The pages of a part of the site's list, and of the parts in it."""
    found: list[object] = []
    for entry in entries:
        for value in entry.values():
            found += listed(value) if isinstance(value, list) else [value]
    return found


def test_the_site_lists_every_page_once() -> None:
    navigation = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    assert sorted(map(str, listed(navigation))) == sorted(page.removeprefix("docs/") for page in PAGES)


@EACH_PAGE
def test_the_first_page_leads_to_every_page(page: str) -> None:
    reached = {(DOCS / link).resolve() for link in links(TEXTS["docs/index.md"])}
    assert (ROOT / page).resolve() in reached | {DOCS / "index.md"}


def test_the_readme_is_short_and_says_where_state_is() -> None:
    readme = TEXTS["README.md"]
    assert readme.count("\n") <= 150
    assert "All state is in memory" in readme
    assert len(re.findall(r"^!\[", readme, re.MULTILINE)) == 1


def test_the_page_for_coding_agents_is_short() -> None:
    assert TEXTS["docs/skill.md"].count("\n") <= 300


@pytest.mark.parametrize("word", ["CORS", "proxy", "streaming", "approv", "persist", "Windows"])
def test_what_a_newcomer_looks_for_stands_in_a_heading_or_a_first_sentence(word: str) -> None:
    found = [
        page
        for page in PAGES
        if re.search(word, " ".join([*headings(TEXTS[page]), body(TEXTS[page]).split("\n\n")[1]]), re.IGNORECASE)
    ]
    assert found


def refusals(root: type[EmulatorRefusal] = EmulatorRefusal) -> list[type[EmulatorRefusal]]:
    """Every refusal below one."""
    return [one for kind in root.__subclasses__() for one in (kind, *refusals(kind))]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("findings", [*CATALOGUE]),
        ("decisions", [one.id for one in DECISIONS]),
        ("errors", [*(one.__name__ for one in refusals()), *{one.type for one in kinds()}]),
    ],
)
def test_what_messages_may_point_to_has_an_address(page: str, names: list[str]) -> None:
    places = anchors(TEXTS[f"docs/reference/{page}.md"])
    assert [name for name in names if anchor(name) not in places] == []
