"""What counts as valid besides the language itself: a namespace's models and tools, and strictness. This module is that choice."""

from typing import NamedTuple

from atthene_emulator.configuration.approvals import REQUIREMENTS, Requirement
from atthene_emulator.configuration.language_models import BY_NAME
from atthene_emulator.configuration.tool_names import is_documented


class Language(NamedTuple):
    """What a namespace, or one request, accepts.

    Attributes:
        models: names that a seed adds to the catalogue, in lower case.
        strict: unknown keys are errors (K01).
        tools: tools that a seed knows, with what it says of their approval (K46).
    """

    models: frozenset[str] = frozenset()
    strict: bool = False
    tools: frozenset[tuple[str, Requirement]] = frozenset()

    def knows_model(self, name: str) -> bool:
        """Model names are compared without regard to case (K07)."""
        return name.lower() in BY_NAME or name.lower() in self.models

    def knows_tool(self, name: str) -> bool:
        """Names of tools are compared with regard to case [documented: studio/tools@G3]."""
        return is_documented(name) or name in dict(self.tools)

    def requirement(self, tool: str) -> Requirement:
        """Whether the tool itself wants approval: what the seed says, else what is documented (K46)."""
        return dict(self.tools).get(tool, REQUIREMENTS.get(tool, "never"))
