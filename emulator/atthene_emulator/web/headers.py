"""What the headers of a request say to us: its key, and those that are ours, among which misspelt ones are found.

This module is the one that knows their names.
"""

from collections.abc import Collection, Mapping

from atthene_emulator.errors import Misuse, NotAUserToken
from atthene_emulator.web.user_token import Undecodable, Unusable, user_of_token
from atthene_emulator.wording import did_you_mean

NAMESPACE, CONTRACT = b"x-emulator-namespace", b"x-emulator-contract"
FAULT, STRICT = b"x-emulator-fault", b"x-emulator-strict"
PREFIX = b"x-emulator-"
OURS = frozenset((NAMESPACE, CONTRACT, FAULT, STRICT))
USER_TOKEN, PREFER = b"x-external-user-token", b"prefer"
FAULT_PARAMETER, NAMESPACE_PARAMETER = b"emulator_fault", b"emulator_namespace"
OUR_PARAMETERS = frozenset((FAULT_PARAMETER.decode(),))

_YES, _NO = (b"1", b"true"), (b"0", b"false")


def key_of(headers: Mapping[bytes, bytes], *, bearer: bool = True) -> str | None:
    """The key from `x-api-key`, else from `Authorization: Bearer` if that is accepted (D12); None when there is none."""
    given = headers.get(b"x-api-key", None if bearer else b"")
    if given is None:
        return bearer_of(headers) or None
    return given.decode("latin-1") or None


def bearer_of(headers: Mapping[bytes, bytes]) -> str:
    """What `Authorization: Bearer` has; empty without one."""
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def user_of(headers: Mapping[bytes, bytes]) -> str | None:
    """The end user of `X-External-User-Token` [documented: sessions/delete-all@G3], None without one.

    It is the claim `sub` of a JWT; nothing else of the token is looked at, not even its signature (D65).

    Raises:
        NotAUserToken: it is no such token.
    """
    token = headers.get(USER_TOKEN)
    if token is None:
        return None
    try:
        return user_of_token(token)
    except (Undecodable, Unusable):
        raise NotAUserToken from None


def check_names(
    headers: Mapping[bytes, bytes], query: bytes, parameters: Collection[bytes] = (FAULT_PARAMETER,)
) -> None:
    """Refuse headers and query parameters that look like ours and are none: a misspelt one would do nothing.

    Raises:
        Misuse: names it and the near one.
    """
    for name in headers:
        if name.startswith(PREFIX) and name not in OURS:
            known = tuple(one.decode().title() for one in sorted(OURS))
            given = name.decode("latin-1").title()[:60]
            there = f"; there are {', '.join(known)}"
            raise Misuse(f"There is no header {given}{did_you_mean(given, known, there)}")
    if query and b"emulator_" in query:
        for part in query.split(b"&"):
            name = part.partition(b"=")[0]
            if name.startswith(b"emulator_") and name not in parameters:
                near = " or ".join(one.decode() for one in parameters)
                raise Misuse(f"There is no parameter {name.decode('latin-1')[:60]}; did you mean {near}?")


def is_strict(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request asks to be strict.

    Raises:
        Misuse: the header says neither yes nor no.
    """
    wanted = headers.get(STRICT)
    if wanted is None:
        return False
    if wanted not in (*_YES, *_NO):
        raise Misuse("X-Emulator-Strict must be 1 or 0")
    return wanted in _YES
