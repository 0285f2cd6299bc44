"""What was found in a knowledge base. This module is that record."""

from typing import NamedTuple


class Hit(NamedTuple):
    """A chunk that was found.

    Attributes:
        text: of the chunk.
        source_id, source_name: of the file that it is from; empty where a script says a hit without them.
        chunk: its number in that file, from 0.
        score: how well it fits, from 0 to 1 with four digits, 1 for the best (D111); a script may say another number.
        knowledge_base: the name of the one that it was found in; empty where a script says the hit.
    """

    text: str
    source_id: str = ""
    source_name: str = ""
    chunk: int = 0
    score: float = 1.0
    knowledge_base: str = ""
