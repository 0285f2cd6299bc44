"""Configurations, and what is wrong with one. This module is that part of the client."""

from atthene_emulator.client.connection import NamespaceControl, Text, quoted
from atthene_emulator.client.reading import Json


class Configurations(NamespaceControl):
    """Reading configurations, and checking others."""

    def configurations(self) -> list[Json]:
        """Those of agents and sessions, and those that were executed.

        Each has `config_hash`, `name`, `agents`, how many `sessions` and `executions`, and how many of its parts were
        exercised: `covered` of `total`.
        """
        shown: list[Json] = self._ask("GET", "/configurations")
        return shown

    def configuration(self, config_hash: str) -> Json:
        """One of them: `document` without secrets, `findings`, `variables`, and its `graph` with what was exercised.

        Args:
            config_hash: twelve digits, as the others show it.
        """
        shown: Json = self._ask("GET", f"/configurations/{quoted(config_hash)}")
        return shown

    def check_configuration(self, text: str, *, as_json: bool = False) -> Json:
        """What is wrong with a text as a configuration, of which nothing is kept.

        It has `valid`, `findings` with their places, `variables`, and the `graph` of a valid one.

        Args:
            text: the document, as YAML; JSON is YAML, too.
            as_json: it is read as JSON, whose mistakes are told apart.
        """
        media = "application/json" if as_json else "application/yaml"
        shown: Json = self._ask("POST", "/configurations/check", Text(media, text))
        return shown
