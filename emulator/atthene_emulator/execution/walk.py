"""The walk through a configuration's graph: pure, and synchronous between the waits that it yields.

It goes in rounds: all agents that were reached have their turns, then the edges of each are taken. The agents of a round are
independent: they know what was before it, and what they do counts, in the order of the document, for the next one (K29). The
walk ends when nothing is reached. This module is the walk; where it goes is decided in `decisions`.
"""

from collections.abc import Generator, Mapping
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.system import END, ENDS, START, Agent
from atthene_emulator.errors import Unscripted
from atthene_emulator.execution.decisions import Move, check_worker, moves
from atthene_emulator.execution.failures import TIMEOUT, Failed, Failure, too_many_handoffs, too_many_rounds
from atthene_emulator.execution.happenings import (
    ConditionChecked,
    ExecutionCancelled,
    ExecutionFailed,
    ExecutionFinished,
)
from atthene_emulator.execution.record import Record
from atthene_emulator.execution.scripts import MARKER
from atthene_emulator.execution.situation import Situation
from atthene_emulator.execution.turn import AgentTurn, State
from atthene_emulator.execution.turns import Choice, Turns
from atthene_emulator.execution.usage import Usage
from atthene_emulator.execution.waits import Answer, EndedEarly, Wait

Status = Literal["completed", "error", "timeout", "cancelled"]


class Outcome(NamedTuple):
    """How an execution ended.

    `failure` is None for a completed or cancelled one. `positions` are those of the situation, moved on; `usage` is that of
    all turns, `answered_by` names the scripts that answered, `default` for default answers. `notes` are what the service
    would write into its log.
    """

    status: Status
    failure: Failure | None
    turns: tuple[AgentTurn, ...]
    moves: tuple[Move, ...]
    variables: Mapping[str, Any]
    positions: Mapping[str, int]
    usage: Usage
    answered_by: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def finish_reason(self) -> str:
        """Why it finished, as `ExecutionFinished` says it."""
        if self.failure is not None:
            return "error"
        for turn in reversed(self.turns):
            reason: str | None = turn.finish_reason
            if reason is not None:
                return reason
        return "stop"


def walk(situation: Situation) -> Generator[Wait, Answer, Outcome]:
    """Run the configuration; yields what to wait for, returns how it ended. `waits` says how it is run.

    Raises:
        Unscripted: no script matched and default answers are not wanted, or a script does not fit.
    """
    return Walk(situation).run()


class Walk:
    """One walk, for those who also look at it on its way.

    Attributes:
        record: what has happened in it so far.
    """

    __slots__ = ("_known", "_moves", "_passes", "_state", "_system", "_turns", "record")

    def __init__(self, situation: Situation) -> None:
        self.record = Record(situation)
        self._system = situation.system
        self._turns = Turns(situation, self.record)
        self._state = State(situation.variables)
        self._known = 0  # how many turns the state knows of
        self._moves: list[Move] = []
        self._passes: dict[str, int] = {}

    def run(self) -> Generator[Wait, Answer, Outcome]:
        """As `walk`."""
        status: Status = "completed"
        failure = None
        try:
            yield from self._graph()
        except Failed as end:
            status, failure = end.failure.status, end.failure
        except EndedEarly as end:
            status, failure = end.status, TIMEOUT if end.status == "timeout" else None
        if self._known < len(self.record.taken):
            self._end_round()
        outcome = self._outcome(status, failure)
        self._note_end(outcome)
        return outcome

    def _note_end(self, outcome: Outcome) -> None:
        at, happened, failure = self.record.at, self.record.happened, outcome.failure
        if outcome.status == "cancelled":
            happened.append(ExecutionCancelled(at))
            return
        if failure is not None:
            happened.append(ExecutionFailed(at, failure.type, failure.message))
        happened.append(ExecutionFinished(at, outcome.finish_reason, outcome.usage))

    def so_far(self) -> Outcome:
        """What is answered where nobody waits any longer for a walk that goes on later: what has ended, as if time were over."""
        return self._outcome("timeout", TIMEOUT)

    def _outcome(self, status: Status, failure: Failure | None) -> Outcome:
        turns = tuple(self.record.taken)
        usage = turns[0].usage if turns else Usage()
        for turn in turns[1:]:
            usage = usage.plus(turn.usage)
        answered_by = {turn.script or MARKER: None for turn in turns if turn.script or turn.text}
        return Outcome(
            status,
            failure,
            turns,
            tuple(self._moves),
            self._state.variables,
            self.record.positions,
            usage,
            tuple(answered_by),
            (*self._state.notes, *self.record.notes),
        )

    def _graph(self) -> Generator[Wait, Answer, None]:
        limit = self._system.recursion_limit
        reached: dict[str, None] = {}
        self._leave(START, None, reached)
        rounds = 0
        while reached:
            rounds += 1
            if rounds > limit:
                raise too_many_rounds(limit)
            chosen: dict[str, Choice] = {}
            for name in reached:
                agent = self._system.agents[name]
                if agent.type == "supervisor":
                    yield from self._supervise(agent, self._state, ())
                    chosen[name] = None
                else:
                    chosen[name] = yield from self._turns.take(agent, self._state)
            self._end_round()
            reached = {}
            for name, choice in chosen.items():
                self._leave(name, choice, reached)

    def _end_round(self) -> None:
        """What agents have done counts from here on."""
        taken = self.record.taken
        while self._known < len(taken):
            self._state = self._state.after(self._system, taken[self._known])
            self._known += 1

    def _leave(self, source: str, chosen: Choice, reached: dict[str, None]) -> None:
        """Take the steps from a node; `reached` gets the agents that they lead to."""
        route = (chosen[0], chosen[1].route) if chosen and chosen[1].route is not None else None
        if route is None and source not in self._system.edges:
            return
        passes = self._passes.get(source, 0)
        self._passes[source] = passes + 1
        taken = moves(self._system, source, route, self._state.outputs, passes)
        self._moves += taken
        if taken and taken[0].is_conditional:
            at, happened = self.record.at, self.record.happened
            happened += (ConditionChecked(at, source, one.target, one.arm or one.target, one.why) for one in taken)
        for move in taken:
            if move.target != END:
                reached[move.target] = None

    def _after(self, state: State) -> State:
        return state.after(self._system, self.record.taken[-1])

    def _supervise(self, agent: Agent, state: State, above: tuple[str, ...]) -> Generator[Wait, Answer, State]:
        """Hand work over until the supervisor ends; without a script, once to each in order (K31).

        Without `return_to_supervisor` the first worker answers, and that is the end [documented: supervisor-pattern@G3].
        """
        above = (*above, agent.name)
        waiting = [name for name in dict.fromkeys(agent.supervised) if name not in above]
        handoffs = 0
        while True:
            chosen = yield from self._turns.take(agent, state)
            state = self._after(state)
            target, why = _next_worker(agent, chosen, waiting)
            self._moves.append(Move(agent.name, target, why, handoff=True))
            if target == END:
                return state
            handoffs += 1
            if handoffs > agent.max_handoffs:
                raise too_many_handoffs(agent.name, agent.max_handoffs)
            if target in above:
                message = f"{target} waits for {agent.name}, which cannot hand over to it; let {agent.name} answer"
                raise Unscripted(f"Script {chosen[0] if chosen else MARKER}: {message}")
            if target in waiting:
                waiting.remove(target)
            state = yield from self._work(self._system.agents[target], agent, state, above)
            if not agent.returns_to_supervisor:
                self._moves.append(Move(target, END, "does not return to supervisor", handoff=True))
                return state
            self._moves.append(Move(target, agent.name, "returns to supervisor", handoff=True))

    def _work(
        self, worker: Agent, supervisor: Agent, state: State, above: tuple[str, ...]
    ) -> Generator[Wait, Answer, State]:
        """Run an agent that was handed work; what is known then."""
        if worker.type == "supervisor":
            return (yield from self._supervise(worker, state, above))
        chosen = yield from self._turns.take(worker, state)
        if chosen is not None and chosen[1].route is not None:
            message = f"{worker.name} is supervised, so its supervisor decides where to go; route {supervisor.name}"
            raise Unscripted(f"Script {chosen[0]}: {message}")
        return self._after(state)


def _next_worker(agent: Agent, chosen: Choice, waiting: list[str]) -> tuple[str, str]:
    if chosen is None:
        return (waiting[0], "policy: the next in order") if waiting else (END, "policy: all had their turn")
    script, step = chosen
    if step.route is None:
        return END, f"script {script} answers"
    if step.route in ENDS:
        return END, f"script {script}"
    check_worker(agent, step.route, script)
    return step.route, f"script {script}"
