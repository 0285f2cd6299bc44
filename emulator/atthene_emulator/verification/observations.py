"""What a visit found out: decided beside seen, and what follows for the emulator. This module is that comparison."""

import json
from typing import Any, Literal, NamedTuple

from atthene_emulator import __version__
from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.errors import SetupError
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.rulings import BY_ID
from atthene_emulator.secrecy import Redaction, redact_text
from atthene_emulator.tables import aligned
from atthene_emulator.verification.probe import OK, NotSeen, Probe, Visit
from atthene_emulator.verification.reading import READING
from atthene_emulator.verification.service import Service
from atthene_emulator.verification.writing import UNSEEN, WRITING
from atthene_emulator.wording import counted

_INSIDE = "what happens inside the service, which its answers do not tell"

Verdict = Literal["agrees", "differs", "not seen"]


class Observation(NamedTuple):
    """What was decided and what was seen; `note` says why something was not."""

    id: str
    question: str
    decided: Any
    seen: Any
    verdict: Verdict
    note: str = ""


class Observations(NamedTuple):
    """All that was found.

    Attributes:
        base_url: of the service.
        all: in the order of the questions.
        left_behind: what was made and could not be deleted.
    """

    base_url: str
    all: tuple[Observation, ...]
    left_behind: tuple[str, ...]

    def count(self, verdict: Verdict) -> int:
        """How many findings have this verdict."""
        return sum(finding.verdict == verdict for finding in self.all)

    @property
    def contract(self) -> str | None:
        """The contract that fits, if it was seen."""
        seen = next((finding.seen for finding in self.all if finding.id == "contract"), None)
        return seen if seen in CONTRACTS else None

    @property
    def rulings(self) -> dict[str, Any]:
        """By the id of a rule: how the service rules where it differs and can be followed."""
        return {
            finding.id: finding.seen
            for finding in self.all
            if finding.verdict == "differs" and finding.id in BY_ID and finding.seen in BY_ID[finding.id].choices
        }

    def document(self) -> dict[str, Any]:
        """What `evidence.json` holds; see `schemas/evidence.schema.json`."""
        return {
            "format": "atthene-emulator/evidence",
            "version": 1,
            "emulator": __version__,
            "base_url": redact_text(self.base_url),
            "contract": self.contract,
            "rulings": self.rulings,
            "findings": [finding._asdict() for finding in self.all],
        }

    def lines(self, *, everything: bool = False) -> list[str]:
        """A table for people: what differs, or everything."""
        shown = [one for one in self.all if everything or one.verdict == "differs"]
        rows = [(one.id, one.verdict, _short(one.decided), _seen(one), _short(one.question)) for one in shown]
        table = aligned([("id", "verdict", "decided", "seen", "question"), *rows]) if rows else []
        verdicts = (
            f"{self.count('agrees')} as decided, {self.count('differs')} otherwise, {self.count('not seen')} not seen"
        )
        return [*table, *([""] if table else []), f"{counted(len(self.all), 'question')}: {verdicts}.", *self._advice()]

    def _advice(self) -> list[str]:
        advice = [f"Left behind: {one}" for one in self.left_behind]
        if self.contract is not None:
            advice.append(f"The contract that fits is {self.contract}.")
        if self.rulings:
            followed = ", ".join(f"{name}={value}" for name, value in self.rulings.items())
            advice.append(f"`serve --observations` with this file follows: {followed}.")
        unfollowed = [one.id for one in self.all if one.verdict == "differs" and one.id not in self.rulings]
        unfollowed = [name for name in unfollowed if name not in ("contract", "contract.hash")]
        if unfollowed:
            advice.append(f"Not to be switched, and worth an issue: {', '.join(unfollowed)}.")
        return advice


def verify(service: Service, *, writes: bool = False) -> Observations:
    """Ask a service every open question.

    Args:
        service: the emulator, or a real one.
        writes: agents and sessions may be made, and are deleted afterwards; they are named `atthene-verify-…`.

    Raises:
        EmulatorUnreachable: it does not answer.
        SetupError: it refuses the key, or is no such API; nothing could be concluded from its answers.
    """
    _check_access(service)
    visit = Visit(service, writes=writes)
    try:
        found = [_look(probe, visit) for probe in (*READING, *WRITING)]
    finally:
        left_behind = visit.clean_up()
    asked = {finding.id.partition(".")[0] for finding in found}
    unseen = [
        Observation(one.id, one.what, None, None, "not seen", UNSEEN.get(one.id, _INSIDE))
        for one in DECISIONS
        if one.id not in asked
    ]
    return Observations(service.base_url, (*found, *unseen), tuple(left_behind))


def _check_access(service: Service) -> None:
    answer = service.ask("GET", "/agent/")
    if answer.status in (401, 403):
        raise SetupError(f"{service.base_url} refuses the key ({answer.status}); name one that may do everything.")
    if answer.status not in OK or not isinstance(answer.json, list):
        raise SetupError(
            f"{service.base_url}/agent/ answers {answer.status} without a list of agents; is /api/v1 missing in the base URL?"
        )


def _look(probe: Probe, visit: Visit) -> Observation:
    decided = _plain(probe.decided)
    if probe.kind == "writing" and not visit.writes:
        return Observation(probe.id, probe.question, decided, None, "not seen", "needs --allow-writes")
    try:
        seen = Redaction().value(_plain(probe.look(visit)))
    except NotSeen as reason:
        return Observation(probe.id, probe.question, decided, None, "not seen", str(reason))
    except (KeyError, TypeError, AttributeError) as error:  # an answer of a shape that nobody thought of
        return Observation(
            probe.id, probe.question, decided, None, "not seen", redact_text(f"unexpected answer: {error!r}")
        )
    return Observation(probe.id, probe.question, decided, seen, "agrees" if seen == decided else "differs")


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return json.loads(json.dumps(value))


def _seen(finding: Observation) -> str:
    return finding.note if finding.verdict == "not seen" else _short(finding.seen)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004
