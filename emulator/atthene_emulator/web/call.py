"""One request on its road. This module is what handlers are given, and what they note for headers and journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from atthene_emulator.configuration.accepted import Configuration, read
from atthene_emulator.configuration.document import Media
from atthene_emulator.configuration.findings import Finding, codes, errors
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.validation import validate
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.records import Account, Agent, Session
from atthene_emulator.domain.runtime import Patience, endless_patience
from atthene_emulator.errors import InvalidRequest, Problem
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.settings import Contract

Kept = TypeVar("Kept", Agent, Session)


@dataclass(slots=True)
class Call:
    """A request whose key and body were accepted.

    Attributes:
        body: the parsed body of an operation whose body has a schema; None otherwise.
        data, media: the body as it was sent.
        patience: waits for something unless the client goes away.
        rulings: how decided rows are decided.
        session_id, scripts, diagnostics: notes for the journal and the response headers.
        status: of the answer, where it is not that of the operation.
    """

    namespace: Namespace
    account: Account
    contract: Contract
    strict: bool
    path: Mapping[str, str]
    query: Mapping[str, Any]
    rulings: Rulings
    data: bytes = b""
    media: Media = "json"
    body: Any = None
    patience: Patience = endless_patience
    session_id: str | None = None
    scripts: tuple[str, ...] = ()
    diagnostics: tuple[str, ...] = ()
    status: int | None = None

    @property
    def language(self) -> Language:
        """What counts as a valid configuration for this request."""
        return self.namespace.language(strict=self.strict)

    def accept_configuration(self) -> Configuration:
        """The whole body as a configuration.

        Raises:
            Unreadable, InvalidConfiguration: it is none.
        """
        return self.namespace.acceptance.accept_text(self.data, self.media, self.language)

    def examine_configuration(self) -> Sequence[Finding]:
        """The errors of the body as a configuration; the warnings are noted.

        Raises:
            Unreadable: it is not a document.
            InvalidRequest: it is not an object.
        """
        value = read(self.data, self.media).value
        if not isinstance(value, dict):
            raise InvalidRequest("A configuration is an object", [Problem("body", "The document must be a mapping.")])
        findings = validate(value, self.language)
        wrong = errors(findings)
        self.diagnostics = codes(finding for finding in findings if finding not in wrong)
        return wrong

    def noting(self, kept: Kept) -> Kept:
        """The same record, with what the journal and the headers say of it noted."""
        self.diagnostics = kept.configuration.warnings
        if isinstance(kept, Session):
            self.session_id = kept.id
        return kept
