"""What must be true of emulators whenever nobody works with them, whatever was done to their processes."""

from collections.abc import Mapping, Sequence
from typing import Any

from atthene_emulator.addresses import API, CONTROL
from tests.kill.caller import Caller
from tests.kill.client import NAMESPACES, Client
from tests.kill.world import Session, World

SESSIONS = 40  # the newest ones are looked at, until the end
ENTRIES = 1000  # of a journal
CLIENTS = 20  # that may be answered at once, and more


class Checks:
    """Holds emulators against what they have told.

    Args:
        world: what was told.
        client: which asks, and does nothing else.
    """

    def __init__(self, world: World, client: Client) -> None:
        self._world = world
        self._client = client
        self._calls: Caller = client.calls

    def run(self, sessions: int = SESSIONS) -> None:
        """Look at everything, and at so many sessions."""
        for check in (self._namespaces, self._scripts, self._journal):
            check()
        for session in self._world.sessions[-sessions:]:
            if session.is_there is not False and self._client.read_one(session):
                self._session(session)

    def _get(self, path: str, key: str = "") -> Any:
        answer = self._calls.ask("GET", path, key)
        assert answer.status == 200, f"{path}: {answer.status} {answer.body[:500]!r}"
        return answer.json

    def _namespaces(self) -> None:
        listed = {one["name"]: one["api_key"] for one in self._get(NAMESPACES) if one["deleted_at"] is None}
        for name, (key, is_there) in list(self._world.namespaces.items()):
            if is_there is None:
                self._world.namespaces[name] = key, None if name in listed else False
            elif (listed.get(name) == key) is not is_there:
                self._world.fail(f"the namespace {name} was told to be there: {is_there}; there are {sorted(listed)}")
        keys = [key for name, key in listed.items()]
        if len(keys) != len(set(keys)):
            self._world.fail(f"keys were given twice: {sorted(keys)}")

    def _scripts(self) -> None:
        for name, told in self._world.scripts.items():
            there = [one["name"] for one in self._get(f"{CONTROL}/scripts?namespace={name}")]
            if lost := told - set(there):
                self._world.fail(f"{name} has lost the scripts {sorted(lost)}")
            if len(there) != len(set(there)):
                self._world.fail(f"{name} has scripts twice: {there}")

    def _journal(self) -> None:
        """The newest entries are those of all requests that were answered since the oldest of them."""
        assert self._world.requests, "no answer had an id"
        for name, told in self._world.requests.items():
            if self._world.namespaces[name][1] is not True:
                continue
            entries = self._get(f"{CONTROL}/journal?namespace={name}&tail={ENTRIES}")
            there = [one["id"] for one in entries]
            if len(there) != len(set(there)):
                self._world.fail(f"the journal of {name} has ids twice: {there}")
            oldest = (
                max(there[:CLIENTS]) if len(there) == ENTRIES else ""
            )  # they stand in the order in which they were answered
            lost = sorted(one for one in told if one >= oldest and one not in set(there))
            if lost:
                self._world.fail(
                    f"the journal of {name} has lost {[(one, told[one]) for one in lost[:5]]} of {len(there)}"
                )

    def _session(self, session: Session) -> None:
        """Its history is whole, nobody waits in it, and what it has used is the sum of its executions."""
        self._world.check_history(session)
        if len(session.sent) < 20:
            self._client.execute(session)
            self._client.read_one(session)
        where = f"session {session.id} of {session.namespace}"
        place = f"{CONTROL}/sessions/{session.id}"
        of_session = self._get(f"{place}?namespace={session.namespace}")
        record = self._get(f"{place}/executions?namespace={session.namespace}")
        executions, turns = record["executions"], of_session["turns"]
        if not len(session.seen) == of_session["message_count"] == 2 * turns:
            self._world.fail(
                f"{where} has {len(session.seen)} messages, {of_session['message_count']} and {turns} turns"
            )
        if [one["turn"] for one in executions] != list(range(turns + 1 - len(executions), turns + 1)):
            self._world.fail(f"{where} has {turns} turns, and executions of {[one['turn'] for one in executions]}")
        if len(executions) == turns:  # else the oldest have left
            self._usage(where, executions, of_session["usage"])
        if of_session["running"] is not None:
            self._world.fail(f"{where} is busy: {of_session['running']}")
        for artifact, data in session.artifacts.items():
            answer = self._calls.ask("GET", f"{API}/sessions/{session.id}/artifacts/{artifact}/download/", session.key)
            if answer.body != data:
                self._world.fail(f"{where} has lost the artifact {artifact}: {answer.status} {answer.body[:200]!r}")

    def _usage(self, where: str, executions: Sequence[Any], told: Mapping[str, int]) -> None:
        for kind, used in told.items():
            total = sum(one["usage"][kind] for one in executions)
            if total != used:
                self._world.fail(f"{where} used {used} {kind}, its executions {total}")
