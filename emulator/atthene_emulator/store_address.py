"""Where state is kept, as people write it: `sqlite:PATH` or `redis://HOST/…`. This module reads that."""

import os
import re

from atthene_emulator.wording import near_name

SHARED = ("redis", "rediss", "unix")  # schemes of stores that several emulators may use
_SCHEMES = ("sqlite", *SHARED)
_LONGEST = 200  # characters that are repeated
_USUAL = "sqlite:PATH or redis://HOST:PORT/DB"
_ALIKE = {"file": "sqlite", "valkey": "redis", "valkeys": "rediss"}  # what others call it


def store_of(given: str | os.PathLike[str]) -> str:
    """What was given in the one way of writing it: a path is a file of SQLite, and schemes are in lower case."""
    if isinstance(given, os.PathLike):
        return f"sqlite:{os.fspath(given)}"
    scheme, colon, rest = given.strip().partition(":")
    return f"{scheme.lower()}:{rest.strip()}" if colon else scheme


def is_shared(store: str) -> bool:
    """Whether other emulators may use it, too."""
    return store.partition(":")[0] in SHARED


def path_of(store: str) -> str:
    """The file of a `sqlite:` store: `sqlite:PATH`, and `sqlite:///PATH` with a fourth slash before an absolute one."""
    rest = store.partition(":")[2]
    if rest.startswith("//"):
        rest = rest[2:].removeprefix("/")
    return os.path.expanduser(rest)  # noqa: PTH111  # pathlib is not loaded for --help


def without_password(store: str) -> str:
    """A store as it may be shown."""
    return re.sub(r"([?&]ssl_password=)[^&]*", r"\1…", re.sub(r"//[^/]*@", "//", store))


def mistake_of(store: str) -> str | None:
    """Why something is no store, in a sentence that repeats no password; None for one."""
    scheme, colon, rest = store.partition(":")
    if not store:
        return f"--store is empty; write {_USUAL}, or leave the option out."
    if scheme not in _SCHEMES or not colon:
        return _no_scheme(store)
    if scheme == "sqlite":
        return _no_file(path_of(store))
    if not rest.startswith("//") or not rest.strip("/"):
        place = "/path/of.sock" if scheme == "unix" else "localhost:6379"
        return f"--store {scheme}: is followed by // and where it is, as in --store {scheme}://{place}."
    return None


def _no_scheme(store: str) -> str:
    if "@" in store and "//" not in store:  # there may be a password anywhere
        return f"--store is {_USUAL}, and begins with sqlite: or redis://."
    scheme, colon, rest = store.partition(":")
    is_word = re.fullmatch(r"[a-z][a-z0-9+.-]+", scheme) is not None
    if colon and is_word and not re.match(r"\d", rest):
        near = _ALIKE.get(scheme) or near_name(scheme.partition("+")[0], _SCHEMES, 0.6)
        return f"--store is {_USUAL}, not {scheme[:60]}:…{f'; did you mean {near}?' if near else '.'}"
    if "@" in store or len(store) > _LONGEST:
        return f"--store is {_USUAL}, and begins with sqlite: or redis://."
    if not colon and near_name(scheme, SHARED, 0.7):
        return f"--store is {_USUAL}, not {scheme}; write --store redis://localhost:6379."
    meant = f"redis://{store}" if colon and is_word else f"sqlite:{store}"
    return f"--store is {_USUAL}, not {store}; write --store {meant}."


def _no_file(path: str) -> str | None:
    if not path.strip("/"):
        return "--store sqlite: names no file; write its path behind the colon, as in --store sqlite:emulator.db."
    if ":memory:" in path:
        return "--store sqlite: is for what outlives the process; without --store, all is kept in memory."
    if "?" in path or "\0" in path:
        return f"--store sqlite:{path[:60]!a} is no path of a file; leave out what stands behind the question mark."
    return None
