"""Sessions that requests are about."""

import requests

from tests.bench.load import Request, send_all
from tests.bench.payloads import FLAT

SESSIONS = "/api/v1/sessions/"
_PAGE = 1000


def create(url: str, count: int) -> list[str]:
    """Create sessions; their ids, newest first."""
    send_all(url, Request("POST", [SESSIONS] * count, FLAT))
    return listed(url, count)


def listed(url: str, count: int, key: str = "test-key") -> list[str]:
    """The ids of so many sessions of an account, newest first."""
    ids: list[str] = []
    while len(ids) < count:
        query = {"limit": min(_PAGE, count - len(ids)), "offset": len(ids)}
        page = requests.get(url + SESSIONS, params=query, headers={"x-api-key": key}, timeout=60).json()
        ids += [session["session_id"] for session in page]
    return ids
