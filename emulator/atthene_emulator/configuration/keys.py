"""Keys that the language does not know (K01), and those of older generations. This module walks a document beside its schema."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.configuration.violations import misspelt
from atthene_emulator.wording import did_you_mean, either

# Settings depend on the type of the knowledge base or the tool that has them.
_SETTINGS = MappingProxyType(
    {
        "milvus": "milvusSettings",
        "uknow": "uknowSettings",
        "tavily_search": "tavilySearch",
        "tavily_extract": "tavilyExtract",
        "google_search": "googleSearch",
        "randomizer": "randomizer",
        "memory": "memoryTool",
    }
)
_SPELLINGS = MappingProxyType({"y": "yes", "on": "yes", "true": "yes", "n": "no", "off": "no", "false": "no"})
_FEW = 12  # keys that a message names
_LEVELS = MappingProxyType(
    {
        "llmConfig": "in llm_config",
        "promptConfig": "in prompt_config",
        "streamingConfig": "in streaming_config",
        "agent": "on an agent",
        "system": "at the top level of a system",
        "memoryConfig": "in memory_config",
        "structuredOutput": "in structured_output",
        "tool": "in an entry of tools",
        "hitlConfig": "in hitl_config",
    }
)


def unknown_keys(schema: Schema, value: Mapping[str, Any], said: Collection[Path]) -> Iterator[Finding]:
    """A finding for each key that is unknown or older.

    One that stands for a missing key has been spoken of (`said`).
    """
    form = schema.definitions["flat" if "agents" not in value else "system"]
    return _Walk(schema, said).mapping(form, value, ())


class _Walk:
    def __init__(self, schema: Schema, said: Collection[Path]) -> None:
        self._schema = schema.document
        self._definitions = schema.definitions
        self._said = said

    def any(self, node: Any, value: Any, path: Path) -> Iterator[Finding]:
        """Look into a value of any kind."""
        if isinstance(node, dict) and "$ref" in node:
            node = self._definitions[node["$ref"].rpartition("/")[2]]
        if not isinstance(node, dict):
            return
        if isinstance(value, dict):
            yield from self.mapping(node, value, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.any(node.get("items"), item, (*path, index))

    def mapping(self, node: Mapping[str, Any], value: Mapping[str, Any], path: Path) -> Iterator[Finding]:
        """Look into a mapping."""
        known = node.get("properties", {})
        others = node.get("additionalProperties")
        for key, item in value.items():
            if known.get(key):
                if "x-instead" in known[key]:
                    yield Finding("F127", (*path, key), _older(key, known, value), at_key=True)
                if isinstance(item, dict | list):
                    yield from self.any(self._settings(key, value) or known[key], item, (*path, key))
            elif isinstance(others, dict):
                yield from self.any(others, item, (*path, key))
            elif known and key not in known and not self._is_misspelt(key, known, value, path):
                yield Finding("F112", (*path, key), self._sentence(key, known), at_key=True)

    def _settings(self, key: str, value: Mapping[str, Any]) -> Any:
        if key not in ("config", "retrieval_config"):
            return None
        kind = value.get("knowledge_base_type", value.get("tool_type", value.get("name")))
        return self._definitions.get(_SETTINGS.get(kind, "")) if isinstance(kind, str) else None

    def _is_misspelt(self, key: str, known: Mapping[str, Any], value: Mapping[str, Any], path: Path) -> bool:
        """Whether a missing required key was taken to be misspelt as this one."""
        return any((*path, name) in self._said and misspelt(name, value, self._schema) == key for name in known)

    def _sentence(self, key: str, known: Mapping[str, Any]) -> str:
        meant = _SPELLINGS.get(key.lower())
        if meant in known:
            return f"The key {key} is not known here; write {meant}."
        levels = {where: tuple(self._definitions[level]["properties"]) for level, where in _LEVELS.items()}
        exactly = [where for where, elsewhere in levels.items() if key in elsewhere]
        if exactly:  # before what is only near
            return f"The key {key} is not known here; it belongs {either(exactly)}."
        near = did_you_mean(key, tuple(known), "")
        if near:
            return f"The key {key} is not known here{near}"
        for where, elsewhere in levels.items():
            near = did_you_mean(key, elsewhere, "").removesuffix("?")
            if near:
                return f"The key {key} is not known here{near} {where}?"
        there = f"there are {', '.join(known)}" if len(known) <= _FEW else "take it out"
        return f"The key {key} is not known here; {there}."


def _older(key: str, known: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """What is written today: another key of the mapping, or what the schema says."""
    instead = known[key]["x-instead"]
    if instead not in known:
        return f"{key} is an older key; {instead}."
    return (
        f"{instead} stands beside it and wins; take {key} out."
        if instead in value
        else f"{key} is now called {instead}."
    )
