"""Where things are: the paths of the two planes and of the live socket, and which hosts are this machine. This module is those rules."""

import re
from collections.abc import Mapping

API, CONTROL = "/api/v1", "/__emulator"
SOCKET = "/ws/amas/"  # the live one
MEDIA = "/media/"  # what is served by its address alone
DOCS = f"{API}/docs/"  # where the service documents its page of documentation (D99)
SERVICE_DOMAINS = ("artaios.ai", "atthene.com")  # the service's since autumn 2026, and the one before
LOCAL = "http://127.0.0.1:8484"  # where an emulator runs, unless it was told otherwise
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")  # what is usually written for one and the same place

# A host as it stands in a URL. Browsers look for names below localhost on this machine.
LOOPBACK_HOST = r"localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\]"
LOOPBACK_ORIGIN = rf"https?://({LOOPBACK_HOST})(:\d+)?"


def socket_url(url: str) -> str:
    """Where the live socket of an emulator is, of which this is the URL without a path."""
    return f"ws{url.removeprefix('http')}{SOCKET}"


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches what listens there; a name below localhost may be looked up elsewhere."""
    return address in LOOPBACK_NAMES or re.fullmatch(r"127(\.\d{1,3}){3}", address) is not None


def unproxied(environment: Mapping[str, str], *hosts: str) -> str:
    """What a variable that keeps hosts from proxies should say: what either of the two says, and these hosts.

    Both should say it, since some programs read one of them and some the other. `*` means every host only where it stands alone.
    """
    said = [environment.get(name, "").strip() for name in ("NO_PROXY", "no_proxy")]
    if "*" in said:
        return "*"
    names = (name.strip() for one in said for name in one.split(","))
    return ",".join(dict.fromkeys([*filter(None, names), *hosts]))
