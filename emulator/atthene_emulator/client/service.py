"""The emulator as a whole: that it runs, and what it imitates. This module is that part of the client."""

from collections.abc import Mapping
from dataclasses import dataclass

from atthene_emulator.client.connection import NamespaceControl
from atthene_emulator.client.reading import Json, read, shortened
from atthene_emulator.contracts import ContractName
from atthene_emulator.errors import EmulatorRefused, EmulatorUnreachable

_NOT_READY = 503


@dataclass(frozen=True, slots=True)
class Health:
    """That an emulator runs, and as what.

    Attributes:
        status: ok.
        version: of the emulator.
        contract: of the namespace `default`.
        uptime_seconds: whole ones, real time.
        namespaces: how many there are.
        rulings: what is decided otherwise than usual, by `--observations`: ids of rules and what holds.
        store: what keeps its state, without a password; None for nothing, and for whoever has the key of one namespace alone.
    """

    status: str
    version: str
    contract: ContractName
    uptime_seconds: int
    namespaces: int
    rulings: Mapping[str, str | int | bool]
    store: str | None


class Service(NamespaceControl):
    """Asking what is the same in every namespace."""

    def health(self) -> Health:
        """That it runs, and as what."""
        shown = self._ask("GET", "/health")
        if shown == {"status": "ok"}:  # what anybody is told
            self._ask("GET", "/state")  # which says why we are told no more
        try:
            return read(Health, {"store": None, **shown})
        except (KeyError, TypeError):
            url = self._control.url
            raise EmulatorUnreachable(f"What answers at {url} is no emulator: it says {shortened(shown)}") from None

    def ready(self) -> bool:
        """Whether its seeds are loaded."""
        try:
            self._ask("GET", "/ready")
        except EmulatorRefused as refused:
            if refused.status != _NOT_READY:
                raise
            return False
        return True

    def operations(self) -> list[Json]:
        """The rows of the imitated API: name, method, path, summary, status, errors and the evidence of each."""
        rows: list[Json] = self._ask("GET", "/operations")
        return rows

    def evidence(self) -> Json:
        """The ledger of evidence: how sure the emulator is of what it imitates, and why."""
        ledger: Json = self._ask("GET", "/evidence")
        return ledger

    def openapi(self, *, control: bool = False) -> Json:
        """The OpenAPI 3.1 document of the imitated API, or that of the control plane."""
        document: Json = self._ask("GET", "/openapi.json", query={"api": "control"} if control else None)
        return document

    def asyncapi(self) -> Json:
        """The AsyncAPI 3.0 document of the live socket."""
        document: Json = self._ask("GET", "/asyncapi.json")
        return document

    def export(self, *, secrets: bool = False) -> Json:
        """The whole emulator as one JSON document, for `serve --import`; without secrets it says `redacted`."""
        query = {"secrets": "true"} if secrets else None
        document: Json = self._control.ask("GET", "/export", None, query=query)
        return document
