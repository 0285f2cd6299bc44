"""`python -m docs.generate` writes every generated file anew. This module is that command."""

import json
from collections.abc import Iterator
from pathlib import Path

from atthene_emulator.configuration.yaml_text import read_yaml
from docs.copies import TYPESCRIPT, copies
from docs.enumerations import enumerations
from docs.examples import examples
from docs.tables import pages

ROOT = Path(__file__).parent.parent


def generated() -> Iterator[tuple[Path, str]]:
    """Every generated file, and the text that it should have."""
    for path, text in enumerations():
        yield ROOT / "schemas" / path, text
    path, text = examples()  # by schemas that refer to those
    yield ROOT / "schemas" / path, text
    texts = dict(pages())
    yield from ((page, text) for page, text in texts.items() if page != TYPESCRIPT)
    yield from copies({page: text for page, text in texts.items() if page.is_relative_to(ROOT / "docs")})
    default = ROOT / "fixtures/default"  # as JSON besides, for a quick start
    value = read_yaml(default.with_suffix(".yaml").read_bytes()).value
    yield default.with_suffix(".json"), json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write what is stale."""
    for path, text in generated():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
