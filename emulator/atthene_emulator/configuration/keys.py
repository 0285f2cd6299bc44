"""Keys that the language does not know (K01). This module walks a document beside its schema."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.schema import misspelt
from atthene_emulator.wording import did_you_mean

_SETTINGS = {"milvus": "milvusSettings", "uknow": "uknowSettings"}
_LEVELS = {
    "llmConfig": "in llm_config",
    "promptConfig": "in prompt_config",
    "toolCalling": "in tool_calling",
    "streamingConfig": "in streaming_config",
    "agent": "on an agent",
    "system": "at the top level of a system",
}


def unknown_keys(schema: Mapping[str, Any], value: Mapping[str, Any], said: Collection[Path]) -> Iterator[Finding]:
    """A finding for each unknown key; one that stands for a missing required key has been spoken of (`said`)."""
    definitions = schema["$defs"]
    yield from _Walk(schema, said).mapping(definitions["flat" if "agents" not in value else "system"], value, ())


class _Walk:
    def __init__(self, schema: Mapping[str, Any], said: Collection[Path]) -> None:
        self._schema = schema
        self._definitions = schema["$defs"]
        self._said = said

    def _resolved(self, node: Any) -> Any:
        if isinstance(node, dict) and "$ref" in node:
            return self._definitions[node["$ref"].rpartition("/")[2]]
        return node

    def any(self, node: Any, value: Any, path: Path) -> Iterator[Finding]:
        """Look into a value of any kind."""
        node = self._resolved(node)
        if not isinstance(node, dict):
            return
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.any(node.get("items"), item, (*path, index))
        elif isinstance(value, dict):
            yield from self.mapping(node, value, path)

    def mapping(self, node: Mapping[str, Any], value: Mapping[str, Any], path: Path) -> Iterator[Finding]:
        """Look into a mapping."""
        known = node.get("properties", {})
        others = node.get("additionalProperties")
        for key, item in value.items():
            if known.get(key):
                yield from self.any(self._settings(key, value) or known[key], item, (*path, key))
            elif isinstance(others, dict):
                yield from self.any(others, item, (*path, key))
            elif (
                known and key not in known and not node.get("x-open") and not self._is_misspelt(key, known, value, path)
            ):
                yield Finding("F112", (*path, key), self._sentence(key, known), at_key=True)

    def _settings(self, key: str, value: Mapping[str, Any]) -> Any:
        """Settings of a knowledge base depend on its type."""
        kind = value.get("knowledge_base_type")
        if key in ("config", "retrieval_config") and isinstance(kind, str):
            return self._definitions.get(_SETTINGS.get(kind, ""))
        return None

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
