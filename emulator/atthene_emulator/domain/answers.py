"""Answering by hand: who waits at a gate before a step goes on with a step that a person gives. This module is that use case."""

from atthene_emulator.domain.gates import Gate
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.run import Run
from atthene_emulator.errors import Conflict, Misuse, Unknown, Unscripted
from atthene_emulator.execution.scripts import Step
from atthene_emulator.wording import did_you_mean


def answer(namespace: Namespace, gate: str, step: Step) -> Run:
    """Let the execution that has waited longest at a gate before its step do this one in its place; the gate stays closed.

    What cannot be known before, such as a value of an output that does not fit, fails the execution as a script's would.

    Raises:
        Unknown: nobody waits there.
        Conflict: who waits there is in the middle of a text.
        Misuse: the agent cannot do that; nothing has changed.
    """
    gates = namespace.gates.list()
    there = gates.get(gate, Gate(is_open=False, waiting=())).waiting
    waiting = [
        run for run in there if namespace.running.get(run.start.session.id) is run
    ]  # less those that end just now
    if not waiting:
        raise Unknown(f"Nobody waits at the gate {gate}{_elsewhere(gate, gates)}")
    for run in waiting:
        check = run.wait.check
        if check is not None:
            try:
                check(step)
            except Unscripted as wrong:
                raise Misuse(f"This step does not fit who waits at {gate}: {wrong.message}") from None
            run.by_hand = step
            namespace.gates.let_through(gate, run)
            return run
    raise Conflict(
        f"Who waits at the gate {gate} is in the middle of a text; POST /__emulator/gates/{gate}/open lets it go on"
    )


def _elsewhere(gate: str, gates: dict[str, Gate]) -> str:
    """Where somebody waits."""
    names = [name for name, one in gates.items() if one.waiting]
    return did_you_mean(
        gate, names, f"; somebody does at: {', '.join(names[:20])}" if names else ", nor at another one"
    )
