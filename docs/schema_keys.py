"""The keys of configurations, seeds, scripts and faults, as their schemas have them. This module is their tables."""

from collections.abc import Iterator
from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.evidence.pages import anchor
from docs.entries import linked
from docs.markdown import table

Json = dict[str, Any]

_BOUNDS = (
    ("exclusiveMinimum", "more than"),
    ("minimum", "at least"),
    ("exclusiveMaximum", "less than"),
    ("maximum", "at most"),
)

_OF_SEEDS = (
    "agent",
    "session",
    "artifact-seed",
    "file-seed",
    "collection-seed",
    "knowledge-base-seed",
    "scenario",
    "provider-state",
    "transitions",
    "rate-limit",
    "latency",
)


def configuration() -> str:
    """A table for each kind of mapping in a configuration, with what each key rests on."""
    document = Schema("configuration").document
    return _tables(document, document["$defs"], has_evidence=True)


def seed() -> str:
    """The keys of a seed, and of what stands in it."""
    document = Schema("seed").document
    return _tables(document, {"seed": document, **{name: document["$defs"][name] for name in _OF_SEEDS}})


def scripts() -> str:
    """The keys of a script, and of a step."""
    document = Schema("seed").document
    return _tables(document, {name: document["$defs"][name] for name in ("script", "step")})


def _tables(document: Json, kinds: dict[str, Json], *, has_evidence: bool = False) -> str:
    titles = {one["title"] for one in kinds.values() if "properties" in one}
    columns = ("key", "type", "means", "default", "evidence")[: 5 if has_evidence else 4]
    return "\n".join(
        f"## {one['title']}\n\n{one['description']}\n\n{table(columns, *(row[: len(columns)] for row in rows))}"
        for one in kinds.values()
        if (rows := [*_rows(one, document, titles)])
    )


def _rows(one: Json, document: Json, titles: set[str], before: str = "") -> Iterator[tuple[str, ...]]:
    """A row for each key, those of mappings that stand within it as well."""
    own = [one, *(part for part in one.get("allOf", ()) if "$ref" not in part and "if" not in part)]
    required = {name for part in own for name in part.get("required", ())}
    for part in own:
        for name, key in part.get("properties", {}).items():
            meant = {**_referred(key, document), **key} if isinstance(key, dict) else {}
            if "description" in meant:
                needed = ", required" if name in required else ""
                default = f"`{_value(key['default'])}`" if "default" in key else ""
                said = linked(" ".join([meant["description"], *_added(meant)]))
                yield (
                    f"`{before}{name}`{needed}",
                    _type(key, document, titles),
                    said,
                    default,
                    key.get("x-evidence", ""),
                )
                yield from _rows(key, document, titles, f"{before}{name}.")
                yield from _rows(key.get("items", {}), document, titles, f"{before}{name}[].")


def _referred(key: Json, document: Json) -> Json:
    """What a key refers to within its document."""
    found = document if "$ref" in key else {}
    for step in key.get("$ref", "").split("/")[1:]:
        found = found[step]
    return found


def _added(key: Json) -> Iterator[str]:
    """Choices, the bounds of a number, and what is written today where a key is older."""
    if "enum" in key:
        yield f"One of {', '.join(f'`{one}`' for one in key['enum'])}."
    bounds = [f"{said} {key[name]:,}" for name, said in _BOUNDS if name in key]
    if bounds:
        yield f"{', '.join(bounds).capitalize()}."
    if "x-instead" in key:
        yield f"Older key: {key['x-instead']}."


def _type(key: Json, document: Json, titles: set[str]) -> str:
    meant = {**_referred(key, document), **key}
    title = str(_referred(key, document).get("title", ""))
    if title in titles:
        return f"[{title}](#{anchor(title)})"
    kind = meant.get("type", "any")
    entry = str(_referred(meant.get("items", {}), document).get("title", ""))
    if kind == "array" and entry in titles:
        return f"array of [{entry}](#{anchor(entry)})"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _value(default: Any) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)
