"""An estimate of tokens, the same in every process (D44). This module is that rule."""

from typing import NamedTuple

_CHARACTERS_PER_TOKEN = 5


class Usage(NamedTuple):
    """Tokens that went in and came out."""

    input_tokens: int = 0
    output_tokens: int = 0

    def plus(self, other: "Usage") -> "Usage":
        """The sum of both."""
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


def estimate_tokens(characters: int) -> int:
    """A token for each five characters, as in English prose, and one at least for any text at all."""
    return (round(characters / _CHARACTERS_PER_TOKEN) or 1) if characters else 0
