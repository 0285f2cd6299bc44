"""What is read of knowledge bases' files: beside the loop, and once for all who wait for it. This module is that reading."""

import asyncio
from collections.abc import Sequence

from atthene_emulator.domain import ingestion
from atthene_emulator.domain.knowledge_base import Corpus, KnowledgeBase
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.own_knowledge import OwnKnowledge
from atthene_emulator.domain.session import Session
from atthene_emulator.errors import SentAway
from atthene_emulator.web.aside import aside


async def corpus_of(namespace: Namespace, base: KnowledgeBase) -> Corpus:
    """What was read for a knowledge base; it is read now if it was not yet.

    Raises:
        SentAway: the namespace became something else meanwhile.
    """
    if base.corpus is not None:
        return base.corpus
    epoch, unread = namespace.epoch, ingestion.unread(namespace, base)
    reading = namespace.readings.get(unread.key)
    if reading is None:
        reading = namespace.readings[unread.key] = asyncio.ensure_future(aside(unread.size, ingestion.read, unread))
        reading.add_done_callback(lambda _: namespace.readings.pop(unread.key))
    corpus = await asyncio.shield(reading)  # others wait as well
    if namespace.epoch != epoch:
        raise SentAway("The request was ended while it waited: its namespace is not what it was")
    ingestion.keep(namespace, base, unread, corpus)
    return corpus


def unread_of(namespace: Namespace, session: Session) -> Sequence[KnowledgeBase]:
    """The knowledge bases that an execution of a session may look something up in, and of which nothing was read yet."""
    used = session.configuration.system.knowledge_bases
    if not used:
        return ()
    source = OwnKnowledge(namespace, session.owner)
    found = {base.id: base for one in used if (base := source.named(one)) is not None}
    return [base for base in found.values() if base.corpus is None]


async def read_all(namespace: Namespace, bases: Sequence[KnowledgeBase]) -> None:
    """Read what was not read yet, so that nothing is left to be read while the loop waits.

    Raises:
        SentAway: as `corpus_of`.
    """
    for base in bases:
        await corpus_of(namespace, base)
