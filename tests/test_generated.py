"""What is generated is what the tables in the code say now."""

from docs.generate import ROOT, generated


def test_no_generated_file_is_stale() -> None:
    stale = [
        path.relative_to(ROOT).as_posix()
        for path, text in generated()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], f"run `make docs`: {', '.join(stale)}"
