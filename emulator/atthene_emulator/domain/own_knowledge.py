"""What executions find in the knowledge bases of an account. This module is that source of knowledge."""

from typing import NamedTuple

from atthene_emulator.configuration.system import KnowledgeBase as Named
from atthene_emulator.domain.ingestion import corpus_at_once
from atthene_emulator.domain.knowledge_base import ENGINE, KnowledgeBase
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.knowledge.hit import Hit


class OwnKnowledge(NamedTuple):
    """The completed knowledge bases of one account.

    Attributes:
        owner: id of the account.
    """

    namespace: Namespace
    owner: str

    def find(self, base: Named, query: str) -> tuple[Hit, ...] | None:
        """What the one that a configuration names by its id or name has for a text.

        None if it is not there or not completed, or has become another one during the execution and is large.

        Raises:
            NoTextSearch: the Python at hand cannot look anything up.
        """
        found = self.named(base)
        if found is None or found.standing(self.namespace.clock.now()).status != "completed":
            return None
        corpus = corpus_at_once(self.namespace, found)
        return corpus and corpus.chunks.find(
            query, top_k=base.top_k, offset=base.offset, least=base.score_threshold, knowledge_base=found.name
        )

    def named(self, base: Named) -> KnowledgeBase | None:
        """The one that a configuration names by its id or name; None if it is not there."""
        if base.kind != ENGINE:
            return None
        bases = self.namespace.records.knowledge_bases
        by_id = bases.get(base.id)
        if by_id is not None and by_id.owner == self.owner:
            return by_id
        names = (base.id, base.name)
        return next((one for name in names if (one := bases.find("own_name", (self.owner, name)))), None)
