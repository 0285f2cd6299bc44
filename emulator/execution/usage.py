"""An estimate of tokens, the same in every process (D44). This module is that rule."""

from dataclasses import dataclass

_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that went in and came out."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


def estimate_tokens(characters: int) -> int:
    """A quarter of the characters, rounded up."""
    return -(-characters // _CHARACTERS_PER_TOKEN)
