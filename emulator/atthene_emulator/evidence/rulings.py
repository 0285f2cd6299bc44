"""Decided rows that can be decided otherwise without code, as what was seen of a real service. This module is those rules.

`atthene-emulator verify` finds out how a service rules, and `serve --evidence` follows it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Rule(NamedTuple):
    """One rule.

    Attributes:
        id: the decision, and after a dot which part of it.
        question: what it answers.
        choices: what it may be; the first is our answer.
    """

    id: str
    question: str
    choices: tuple[Any, ...]

    @property
    def decided(self) -> Any:
        """Our answer."""
        return self.choices[0]


RULES: tuple[Rule, ...] = (
    Rule("D01.create", "Status of a POST that creates", (201, 200)),
    Rule("D05.route", "Answered first to an unknown path without a key: the path or the key", ("path", "key")),
    Rule("D05.key", "Answered first to a malformed body with a wrong key: the key or the body", ("key", "body")),
    Rule("D05.body", "Answered first to a wrong body for an unknown session: body or session", ("body", "session")),
    Rule("D05b", "Status of validate for an invalid configuration", (200, 400, 422)),
    Rule("D09.slash", "A path without its closing slash is", ("answered", "redirected", "unknown")),
    Rule("D09.method", "Status for a wrong method", (405, 404)),
    Rule("D09.media", "Status for another content type", (415, 400)),
    Rule("D11", "Status for a body that is too large", (413, 400)),
    Rule("D12", "Authorization: Bearer is accepted", (True, False)),
    Rule("D17", "Agents are listed", ("oldest first", "newest first")),
    Rule("D19", "An agent_key works in the place of an agent's id", (True, False)),
    Rule("D20", "Sessions are listed", ("newest first", "oldest first")),
    Rule("D41", "HEAD is answered like GET", (True, False)),
)
# What could be ruled before a page was known to say it, and what that page says.
DOCUMENTED: Mapping[str, str] = MappingProxyType(
    {
        "D01.delete": "a DELETE without an answer is 204 (agents/delete@G1)",
        "D03": "a body that is wrong is 400 (runtime@G0)",
        "D04": "an invalid configuration is 400 (agents@G0)",
        "D07": "what is another's is 404 (runtime/cancel@G4)",
        "D14": "duplicates are 400 (files@G0)",
        "D23": "one session can be deleted (rest-api-tutorial@G1t)",
    }
)
BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})


class Rulings:
    """How each rule is decided; those that are left out are decided as we did.

    Args:
        choices: by the id of the rule; each is one of its choices.
    """

    __slots__ = ("_all", "chosen")

    def __init__(self, choices: Mapping[str, Any] = MappingProxyType({})) -> None:
        self.chosen = {name: value for name, value in choices.items() if value != BY_ID[name].decided}
        self._all = {rule.id: rule.decided for rule in RULES} | self.chosen

    def __repr__(self) -> str:
        return f"Rulings({self.chosen!r})"

    def __getitem__(self, rule: str) -> Any:
        """The ruling of a rule, by its id."""
        return self._all[rule]

    def success(self, status: int) -> int:
        """The status of a success that we decided to be this one."""
        ruled: int = self["D01.create"] if status == 201 else status  # noqa: PLR2004
        return ruled
