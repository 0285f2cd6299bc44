"""The token of an end user: a JSON Web Token whose signature nobody checks here (D65). This module is what it says."""

import json
from base64 import urlsafe_b64decode
from typing import Any

from atthene_emulator.errors import EmulatorError


class Undecodable(EmulatorError):
    """It is not three parts, of which the second are claims in JSON."""


class Unusable(EmulatorError):
    """It names no user, or its time is over."""


def user_of_token(token: bytes, now: float | None = None) -> str:
    """The user: the claim `sub`.

    Args:
        token: as it was sent.
        now: unix seconds at which it must not have expired; None does not look.

    Raises:
        Undecodable, Unusable: there is none (D65, D96).
    """
    claims = _claims(token)
    user, expires_at = claims.get("sub"), claims.get("exp")
    if not isinstance(user, str) or not user:
        raise Unusable("it names no user: the claim sub is missing")
    try:
        user.encode()  # half a surrogate pair is no text
    except UnicodeError:
        raise Unusable("the claim sub is no text") from None
    if now is not None and isinstance(expires_at, int | float) and expires_at <= now:
        raise Unusable("it has expired")
    return user


def _claims(token: bytes) -> dict[str, Any]:
    try:
        _, claims, _ = token.split(b".")
        found = json.loads(urlsafe_b64decode(claims + b"=" * (-len(claims) % 4)))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Undecodable("it is no JSON Web Token: three parts, of which the second are claims in JSON")
    return found
