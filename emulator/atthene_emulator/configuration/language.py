"""What counts as valid besides the language itself: a namespace's models, and strictness. This module is that choice."""

from dataclasses import dataclass

from atthene_emulator.configuration.language_models import BY_NAME


@dataclass(frozen=True, slots=True)
class Language:
    """What a namespace, or one request, accepts.

    Attributes:
        models: names that a seed adds to the catalogue, in lower case.
        strict: unknown keys are errors (K01).
    """

    models: frozenset[str] = frozenset()
    strict: bool = False

    def knows_model(self, name: str) -> bool:
        """Model names are compared without regard to case (K07)."""
        return name.lower() in BY_NAME or name.lower() in self.models
