"""URLs of emulators. This module is how `doctor` takes them apart and compares them."""

from urllib.parse import SplitResult, urlsplit

from atthene_emulator.addresses import LOOPBACK_NAMES, is_loopback


def is_local(url: str) -> bool:
    """Whether a URL is this machine's."""
    parts = split(url)
    return parts is not None and is_loopback(parts.hostname or "")


def split(url: str) -> SplitResult | None:
    """The parts of an HTTP URL; None if it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port  # asking for it checks it
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname and port != 0 else None


def is_same_place(one: str, other: str) -> bool:
    """Whether two URLs name the same port of the same machine."""
    places = [
        (LOOPBACK_NAMES[0] if parts.hostname in LOOPBACK_NAMES else parts.hostname, parts.port) if parts else None
        for parts in map(split, (one, other))
    ]
    return None not in places and places[0] == places[1]
