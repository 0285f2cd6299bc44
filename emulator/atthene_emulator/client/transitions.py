"""How long uploads, collections, ingestion and artifacts take. This module is that part of the client."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, Unpack

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.reading import Json


class Paces(TypedDict, total=False):
    """How long each takes: `immediate`, `{"after_seconds": 5}` of the namespace's clock, or `{"after_polls": 2}`."""

    files: str | Mapping[str, float]
    collections: str | Mapping[str, float]
    knowledge_bases: str | Mapping[str, float]
    artifacts: str | Mapping[str, float]


class Course(Paces, total=False):
    """The same, and files that fail, as a seed has them: `{"file": "*.pdf", "in": ["knowledge_bases"], "message", "times"}`."""

    failures: Sequence[Mapping[str, Any]]


class Transitions(NamespaceControl):
    """Making files and what is made of them quick, slow or failing."""

    def transitions(self, everything: Literal["immediate"] | None = None, /, **course: Unpack[Course]) -> Json:
        """What is not as usual; with arguments, first have it so, in place of all that was said before.

        What has begun already goes on as it began.

        Args:
            everything: `immediate`, where nothing takes time but what `course` names.
            course: how long each takes, and which files fail.
        """
        if everything is None and not course:
            shown: Json = self._ask("GET", "/transitions")
        else:
            at_once = {} if everything is None else dict.fromkeys(Paces.__annotations__, everything)
            shown = self._ask("PUT", "/transitions", {**at_once, **course})
        return shown

    def drop_transitions(self) -> None:
        """Let everything take as long as usual, and no file fail."""
        self._ask("DELETE", "/transitions")
