"""What it costs to look a question up in a knowledge base, in this process."""

import random
import statistics
import time
from string import ascii_lowercase

from atthene_emulator.knowledge.index import Index, Source
from atthene_emulator.knowledge.strategy import read_strategy

_WORDS = 100  # of a chunk
_ASKED = 10
_QUESTIONS = 40
_ROUNDS = 5


def look_up(chunks: int) -> float:
    """Milliseconds for a question, whose words are as frequent as those of the texts; the median of many."""
    chance = random.Random(1)
    words = ["".join(chance.choices(ascii_lowercase, k=chance.randint(2, 9))) for _ in range(5000)]
    frequencies = [1 / number for number in range(1, len(words) + 1)]
    text = " ".join(chance.choices(words, frequencies, k=chunks * _WORDS))
    strategy = read_strategy({"strategy": "fixed", "chunk_size": _WORDS, "chunk_overlap": 0})
    index = Index([Source("file_1", "text.txt", text)], strategy)
    questions = [" ".join(chance.choices(words, frequencies, k=_ASKED)) for _ in range(_QUESTIONS)]
    rounds = [[_timed(index, question) for question in questions] for _ in range(_ROUNDS)]  # the last one is remembered
    return statistics.median(map(min, zip(*rounds, strict=True)))


def _timed(index: Index, question: str) -> float:
    began = time.perf_counter()
    index.find(question)
    return (time.perf_counter() - began) * 1000
