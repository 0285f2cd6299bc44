"""HAR 1.2 files, as browsers, Playwright and mitmproxy write them. This module is their reader.

Only methods, paths, statuses and answers are kept: what was sent, and all headers but the content type, are never read.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from atthene_emulator.addresses import API
from atthene_emulator.errors import SetupError
from atthene_emulator.limits import MIB, RECORDING

Reason = Literal["elsewhere", "without an answer", "preflight", "from the cache", "unreadable"]
BodyForm = Literal["json", "other", "none", "unknown"]

_METHOD = re.compile(r"[A-Z]{1,20}")
_MEDIA_TYPE = re.compile(r"(?:application|audio|font|image|multipart|text|video)/[a-z.+-]{1,40}")
_ANY_MEDIA_TYPE = re.compile(r"\S+/\S+")
_FIRST_STATUS, _LAST_STATUS, _NOT_MODIFIED = 100, 599, 304
_HOW = (
    "Save one with the developer tools of a browser (Network, Save all as HAR with content), Playwright or mitmproxy."
)


class Body(NamedTuple):
    """The body of an answer.

    Attributes:
        form: `unknown` if the recording does not have it, or not as it was sent.
        value: what JSON says.
    """

    form: BodyForm
    value: Any = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One entry of a recording; it shows as little as its report does.

    Attributes:
        passed_over: why it is not to be compared, if so; the rest is then empty.
        base: what comes before the path: scheme, host, and path up to `/api/v1`.
        path: below `/api/v1`, without the query.
        media_type: in lower case, without parameters; `another` for a strange one, empty if none is known.
    """

    passed_over: Reason | None = None
    base: str = field(default="", repr=False)
    method: str = ""
    path: str = field(default="", repr=False)
    status: int = 0
    media_type: str = ""
    body: Body = field(default=Body("unknown"), repr=False)


def read_har(data: bytes) -> tuple[Exchange, ...]:
    """Every entry of a HAR file, in its order.

    Raises:
        SetupError: it is no HAR file, or too large.
    """
    if len(data) > RECORDING.most:
        size = f"The recording has {len(data) / MIB:,.0f} MiB; at most {RECORDING.shown} are read."
        raise SetupError(f"{size} Record less, or only requests below {API}/.")
    if not data.strip():
        raise SetupError(f"The recording is empty. {_HOW}")
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SetupError(f"The recording is no HAR file: it stops being JSON at {place}. {_HOW}") from None
    except (ValueError, RecursionError):
        raise SetupError(f"The recording is no HAR file: it is not JSON in UTF-8. {_HOW}") from None
    match document:
        case {"log": {"entries": list(entries)}}:
            return tuple(_exchange(entry) for entry in entries)
        case _:
            raise SetupError(f"The recording is JSON, but no HAR file: it has no list log.entries. {_HOW}")


def _exchange(entry: Any) -> Exchange:
    match entry:
        case {"request": {"method": str(method), "url": str(url)}} if _METHOD.fullmatch(method.upper()):
            place = _place(url)
        case _:
            return Exchange("unreadable")
    if place is None:
        return Exchange("elsewhere")
    if method.upper() == "OPTIONS":
        return Exchange("preflight")
    match entry.get("response"):
        case {"status": int(status)} as response if _FIRST_STATUS <= status <= _LAST_STATUS:
            return _answered(*place, method.upper(), int(status), response)
        case _:
            return Exchange("without an answer")


def _answered(base: str, path: str, method: str, status: int, response: dict[str, Any]) -> Exchange:
    if status == _NOT_MODIFIED:
        return Exchange("from the cache")
    return Exchange(None, base, method, path, status, _media_type(response), _body(response))


def _place(url: str) -> tuple[str, str] | None:
    """What comes before the path below `/api/v1`, and the path; None if it does not lead there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    before, prefix, path = parts.path.partition(f"{API}/")
    if not prefix or not path:
        return None
    return f"{parts.scheme}://{parts.netloc}{before}{API}".lower(), f"/{path}"


def _media_type(response: dict[str, Any]) -> str:
    content = response.get("content")
    given = content.get("mimeType") if isinstance(content, dict) else None
    for text in (given, _header(response, "content-type")):
        essence = text.partition(";")[0].strip().lower() if isinstance(text, str) else ""
        if _MEDIA_TYPE.fullmatch(essence):
            return essence
        if _ANY_MEDIA_TYPE.fullmatch(essence):
            return "another"
    return ""


def _header(response: dict[str, Any], name: str) -> str | None:
    headers = response.get("headers")
    for one in headers if isinstance(headers, list) else ():
        match one:
            case {"name": str(found), "value": str(value)} if found.lower() == name:
                return value
    return None


def _body(response: dict[str, Any]) -> Body:
    """The body; `size` says little of it, as it may be that of the compressed one, or -1."""
    content = response.get("content")
    if not isinstance(content, dict):
        return Body("unknown")
    size, text = content.get("size"), content.get("text")
    if not isinstance(text, str) or not text:
        return Body("none" if size == 0 else "unknown")
    try:
        data = _decoded(text, content.get("encoding"))
        value = json.loads(data)
    except (UnicodeError, binascii.Error):  # still compressed, or damaged
        return Body("unknown")
    except (ValueError, RecursionError):
        cut = isinstance(size, int) and size > len(data)
        return Body("unknown" if cut else "other")
    return Body("json", value)


def _decoded(text: str, encoding: Any) -> bytes:
    if encoding == "base64":
        return base64.b64decode(text, validate=True)
    return text.encode()
