"""Requests to the control plane, and its refusals. This module is the connection that all of the client shares."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from atthene_emulator.addresses import API, CONTROL
from atthene_emulator.client.reading import shortened
from atthene_emulator.errors import EmulatorError, EmulatorRefused, EmulatorUnreachable, Problem

if TYPE_CHECKING:
    import requests

_AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")  # variables that name a file of certificates
ERROR = 400  # the lowest status of an error

Body = Mapping[str, Any] | Sequence[Any]


class ControlPlane:
    """What carries requests to the control plane, and refusals back; it keeps a connection open."""

    def __init__(self, url: str, token: str | None, timeout: float) -> None:
        self.url = url
        self._token = token
        self.timeout = timeout

    @cached_property
    def http(self) -> "requests.Session":
        """Loads `requests`; a proxy would look for localhost on its own machine, so none is used."""
        http = session()
        if self._token is not None:
            http.headers["Authorization"] = f"Bearer {self._token}"
        return http

    def send(
        self,
        method: str,
        path: str,
        namespace: str | None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Body | None = None,
        extra_seconds: float = 0.0,
        stream: bool = False,
    ) -> "requests.Response":
        """The answer, which is no error. `extra_seconds` are what it may take besides the usual ones."""
        from requests import RequestException, Timeout  # noqa: PLC0415  # only who asks needs it
        from requests.exceptions import SSLError  # noqa: PLC0415

        __tracebackhide__ = True  # pytest shows the test's own line

        headers = {} if namespace is None else {"X-Emulator-Namespace": namespace}
        data = None
        if body is not None:
            data = json.dumps(body, allow_nan=False).encode()
            headers["Content-Type"] = "application/json"
        try:
            answer = self.http.request(
                method, f"{self.url}{CONTROL}{path}", query, data, headers,
                timeout=self.timeout + extra_seconds, allow_redirects=False, stream=stream,
            )  # fmt: skip
        except Timeout:
            seconds = self.timeout + extra_seconds
            raise EmulatorUnreachable(f"The emulator at {self.url} did not answer within {seconds:g} s.") from None
        except SSLError:
            raise EmulatorUnreachable(
                f"The certificate of {self.url} is not trusted; name the file of who vouches for it in SSL_CERT_FILE."
            ) from None
        except RequestException:
            raise EmulatorUnreachable(
                f"No emulator answers at {self.url}; start one with `atthene-emulator serve`, or name another URL."
            ) from None
        if answer.status_code >= ERROR:
            raise self._refusal(answer)
        return answer

    def ask(self, method: str, path: str, namespace: str | None, **more: Any) -> Any:
        """The JSON of the answer; None for an answer without a body."""
        __tracebackhide__ = True
        answer = self.send(method, path, namespace, **more)
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise self._stranger(answer) from None

    def _refusal(self, answer: "requests.Response") -> EmulatorError:
        try:
            error = answer.json()["error"]
            problems = [Problem(one["field"], one["message"]) for one in error.get("details", {}).get("errors", ())]
            ours = error["type"] == "emulator_error"
            refused = EmulatorRefused(answer.status_code, error["message"], problems)
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._stranger(answer)
        return refused if ours else self._stranger(answer)

    def _stranger(self, answer: "requests.Response") -> EmulatorUnreachable:
        return EmulatorUnreachable(
            f"What answers at {self.url} is no emulator: it says {answer.status_code} {shortened(answer.text)}"
        )


def session() -> "requests.Session":
    """A `requests.Session` that looks for no proxies and no passwords in the environment, but for certificates."""
    import requests  # noqa: PLC0415  # only who asks needs it

    http = requests.Session()
    http.trust_env = False
    http.verify = next(filter(None, map(os.environ.get, _AUTHORITIES)), True)
    return http


def origin_of(url: str) -> str:
    """`http://host:port` of an emulator's URL, which may end in /api/v1 or /__emulator."""
    whole = url if "://" in url else f"http://{url}"
    return whole.rstrip("/").removesuffix(API).removesuffix(CONTROL).rstrip("/")


def quoted(name: str) -> str:
    """One part of a path."""
    return quote(name, safe="")


class NamespaceControl:
    """The control plane, asked about one namespace; each noun of it adds its own methods.

    Attributes:
        namespace: its name, None for `default`.
    """

    namespace: str | None

    def __init__(self, control: ControlPlane, namespace: str | None) -> None:
        self._control = control
        self.namespace = namespace

    def _ask(self, method: str, path: str, body: Body | None = None, query: Mapping[str, Any] | None = None) -> Any:
        __tracebackhide__ = True
        return self._control.ask(method, path, self.namespace, body=body, query=query)
