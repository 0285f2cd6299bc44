"""What an agent finds in its knowledge bases before it answers, and how that is told (D112). This module is that look-up."""

from typing import NamedTuple

from atthene_emulator.configuration.system import Agent
from atthene_emulator.errors import Unscripted
from atthene_emulator.execution.happenings import LookedUp
from atthene_emulator.execution.message_content import text_of
from atthene_emulator.execution.record import Record
from atthene_emulator.execution.scripts import Step
from atthene_emulator.execution.situation import Situation
from atthene_emulator.knowledge.hit import Hit


class LookUp(NamedTuple):
    """A look-up in an agent's turn, whose number is `run`.

    It is for the user's message, whatever the agent itself is sent of that.
    """

    situation: Situation
    record: Record
    agent: Agent
    run: int

    def found(self) -> tuple[Hit, ...]:
        """What the agent's knowledge bases have, one after the other; of one that is not there, a note tells.

        Raises:
            NoRoom: it is more than one execution may hold.
        """
        situation, found = self.situation, list[Hit]()
        query = text_of(situation.content)
        for base in self.agent.knowledge_bases:
            hits = situation.knowledge.find(base, query)
            if hits is None:
                self.record.note(
                    f"{self.agent.name} finds nothing in {base.id or base.name}: no completed knowledge base is called so"
                )
            else:
                self._tell(base.name, query, hits)
                found += hits
        return tuple(found)

    def said(self, script: str, step: Step) -> tuple[Hit, ...]:
        """What a step says that is found, as if the first of the agent's knowledge bases had it.

        Raises:
            Unscripted: the agent has no knowledge base.
            NoRoom: it is more than one execution may hold.
        """
        check_knowledge(self.agent, script, step)
        if not self.agent.knowledge_bases:
            return ()
        name = self.agent.knowledge_bases[0].name
        hits = tuple(hit._replace(knowledge_base=name) for hit in step.knowledge or ())
        self._tell(name, text_of(self.situation.content), hits)
        return hits

    def _tell(self, knowledge_base: str, query: str, hits: tuple[Hit, ...]) -> None:
        for hit in hits:
            self.record.hold(hit.text)
        if self.agent.shows_tools:
            at, call = self.record.at, self.situation.new_id("call_")
            self.record.happened.append(LookedUp(at, self.run, self.agent.name, call, knowledge_base, query, hits))


def check_knowledge(agent: Agent, script: str, step: Step) -> None:
    """Refuse that something is found by an agent that looks nothing up.

    Raises:
        Unscripted: it has no knowledge base.
    """
    if step.knowledge and not agent.knowledge_bases:
        message = f"{agent.name} cannot find anything; add a knowledge base to its knowledge_bases in the configuration"
        raise Unscripted(f"Script {script}: {message}")
