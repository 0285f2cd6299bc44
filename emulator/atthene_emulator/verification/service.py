"""A service that is looked at from outside, whatever it is. This module is the one that talks to it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from atthene_emulator.errors import EmulatorUnreachable, SetupError


class Answer(NamedTuple):
    """What came back; `json` is None where the body is none. Redirections are not followed."""

    status: int
    headers: Mapping[str, str]
    json: Any
    size: int

    @property
    def details(self) -> Mapping[str, Any]:
        """`error.details`, empty where there is none."""
        error = self.json.get("error") if isinstance(self.json, dict) else None
        found = error.get("details") if isinstance(error, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def error_type(self) -> str | None:
        """`error.type` of the documented envelope, if the body has it."""
        error = self.json.get("error") if isinstance(self.json, dict) else None
        return error.get("type") if isinstance(error, dict) and isinstance(error.get("message"), str) else None


class Service:
    """One service and one key.

    Args:
        base_url: with `/api/v1`.
        api_key: of an account that may do everything.
        other_key: of another account, where there is one.
        timeout: seconds for one answer.

    Raises:
        SetupError: the URL is none.
    """

    def __init__(self, base_url: str, api_key: str, other_key: str | None = None, timeout: float = 60) -> None:
        import requests  # noqa: PLC0415  # loaded by those who look, not by everybody

        if not base_url.startswith(("http://", "https://")):
            raise SetupError(f"{base_url} is no URL; begin it with http:// or https://.")
        self.base_url = base_url.rstrip("/")
        self.key = api_key
        self.other_key = other_key
        self._timeout = timeout
        self._http: requests.Session = requests.Session()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        data: bytes | None = None,
        media: str | None = "application/json",
        key: str | None = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request to a path below the base URL.

        Args:
            method: of HTTP.
            path: with its leading slash.
            body: sent as JSON.
            data: sent as it is, instead.
            media: the content type; None sends none.
            key: another one, or None for none.
            headers: more of them.

        Raises:
            EmulatorUnreachable: nothing answers, or it takes too long.
        """
        import requests  # noqa: PLC0415

        sent = data if body is None else json.dumps(body).encode()
        given = self.key if key == "" else key
        all_headers = {**({"x-api-key": given} if given is not None else {}), **(headers or {})}
        if sent is not None and media is not None:
            all_headers["Content-Type"] = media
        try:
            answer = self._http.request(
                method,
                self.base_url + path,
                data=sent,
                headers=all_headers,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            why = "it took too long" if isinstance(error, requests.Timeout) else "no connection"
            raise EmulatorUnreachable(f"{self.base_url} does not answer: {why}.") from None
        try:
            value = answer.json()
        except ValueError:
            value = None
        return Answer(answer.status_code, answer.headers, value, len(answer.content))
