"""The keys of configurations, as the schema of configurations has them. This module is their tables."""

from collections.abc import Iterator
from typing import Any

from atthene_emulator.configuration.schema import Schema
from docs.markdown import anchor, table

Json = dict[str, Any]


def configuration() -> str:
    """A table for each kind of mapping in a configuration, with what each key rests on."""
    kinds: dict[str, Json] = Schema("configuration").document["$defs"]
    return "\n".join(
        f"## {one['title']}\n\n{one['description']}\n\n{table(('key', 'type', 'means', 'default', 'evidence'), *rows)}"
        for one in kinds.values()
        if (rows := [*_rows(one, kinds)])
    )


def _rows(one: Json, kinds: dict[str, Json]) -> Iterator[tuple[str, ...]]:
    own = [one, *(part for part in one.get("allOf", ()) if "$ref" not in part and "if" not in part)]
    required = {name for part in own for name in part.get("required", ())}
    for part in own:
        for name, key in part.get("properties", {}).items():
            if isinstance(key, dict) and "description" in key:
                said = [key["description"], *_added(key)]
                needed = f"`{name}`, required" if name in required else f"`{name}`"
                default = f"`{_value(key['default'])}`" if "default" in key else ""
                yield needed, _type(key, kinds), " ".join(said), default, key.get("x-evidence", "")


def _added(key: Json) -> Iterator[str]:
    """Choices, and what is written today where a key is older."""
    if "enum" in key:
        yield f"One of {', '.join(f'`{one}`' for one in key['enum'])}."
    if "x-instead" in key:
        yield f"Older key: {key['x-instead']}."


def _type(key: Json, kinds: dict[str, Json]) -> str:
    if "$ref" in key:
        meant = kinds[key["$ref"].rpartition("/")[2]]
        title = str(meant["title"])
        return f"[{title}](#{anchor(title)})" if "properties" in meant else title.lower()
    kind = key.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _value(default: Any) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)
