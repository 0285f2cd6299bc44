"""Keys that the language does not know (K01), and those of older generations. This module walks a document beside its schema."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import MAX_FINDINGS, Finding
from atthene_emulator.configuration.schema import Schema, misspelt
from atthene_emulator.wording import did_you_mean

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
_LEVELS = MappingProxyType(
    {
        "llmConfig": "in llm_config",
        "promptConfig": "in prompt_config",
        "streamingConfig": "in streaming_config",
        "agent": "on an agent",
        "system": "at the top level of a system",
    }
)


def unknown_keys(schema: Schema, value: Mapping[str, Any], said: Collection[Path]) -> Sequence[Finding]:
    """A finding for each key that is unknown or older, as many as are shown.

    One that stands for a missing key has been spoken of (`said`).
    """
    walk = _Walk(schema, said)
    walk.mapping(schema.definitions["flat" if "agents" not in value else "system"], value, ())
    return walk.found


class _Walk:
    def __init__(self, schema: Schema, said: Collection[Path]) -> None:
        self.found: list[Finding] = []
        self._schema = schema.document
        self._definitions = schema.definitions
        self._said = said

    def any(self, node: Any, value: Any, path: Path) -> None:
        """Look into a value of any kind."""
        if isinstance(node, dict) and "$ref" in node:
            node = self._definitions[node["$ref"].rpartition("/")[2]]
        if not isinstance(node, dict):
            return
        if isinstance(value, dict):
            self.mapping(node, value, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.any(node.get("items"), item, (*path, index))

    def mapping(self, node: Mapping[str, Any], value: Mapping[str, Any], path: Path) -> None:
        """Look into a mapping."""
        known = node.get("properties", {})
        others = node.get("additionalProperties")
        for key, item in value.items():
            if known.get(key):
                if "x-instead" in known[key]:
                    self._find("F127", (*path, key), _older(key, known, value))
                if isinstance(item, dict | list):
                    self.any(self._settings(key, value) or known[key], item, (*path, key))
            elif isinstance(others, dict):
                self.any(others, item, (*path, key))
            elif known and key not in known and not self._is_misspelt(key, known, value, path):
                self._find("F112", (*path, key), self._sentence(key, known))
            if len(self.found) >= MAX_FINDINGS:
                return

    def _find(self, code: str, path: Path, sentence: str) -> None:
        self.found.append(Finding(code, path, sentence, at_key=True))

    def _settings(self, key: str, value: Mapping[str, Any]) -> Any:
        if key not in ("config", "retrieval_config"):
            return None
        kind = value.get("knowledge_base_type", value.get("tool_type", value.get("name")))
        return self._definitions.get(_SETTINGS.get(kind, "")) if isinstance(kind, str) else None

    def _is_misspelt(self, key: str, known: Mapping[str, Any], value: Mapping[str, Any], path: Path) -> bool:
        """Whether a missing required key was taken to be misspelt as this one."""
        return any((*path, name) in self._said and misspelt(name, value, self._schema) == key for name in known)

    def _sentence(self, key: str, known: Mapping[str, Any]) -> str:
        near = did_you_mean(key, tuple(known), "")
        if near:
            return f"The key {key} is not known here{near}"
        levels = {where: tuple(self._definitions[level]["properties"]) for level, where in _LEVELS.items()}
        for where, elsewhere in levels.items():
            if key in elsewhere:
                return f"The key {key} is not known here; it belongs {where}."
        for where, elsewhere in levels.items():
            near = did_you_mean(key, elsewhere, "").removesuffix("?")
            if near:
                return f"The key {key} is not known here{near} {where}?"
        return f"The key {key} is not known here; take it out."


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
