"""The namespace that a request to the imitated API names. This module is who may name it."""

import secrets
from collections.abc import Mapping

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.errors import TokenWanted
from atthene_emulator.web.headers import bearer_of

_WANTED = "X-Emulator-Namespace wants the key that was made for the namespace, or Authorization: Bearer with the control token"


def check_named(emulator: Emulator, found: Namespace | None, headers: Mapping[bytes, bytes], key: str | None) -> None:
    """Where there is a control token, refuse to whoever names a namespace by a key that everybody may know (D130).

    Args:
        emulator: whose settings say whether there is one.
        found: what was named; None if there is no such namespace, which is not told then.
        headers: of the request.
        key: that it brings; without one, only what is public is found.

    Raises:
        TokenWanted: neither a key that was made for the namespace nor the token was shown.
    """
    token, bearer = emulator.settings.control_token, bearer_of(headers)
    if token is None or (found is not None and (key is None or found is emulator.default)):
        return
    if found is not None and found.minted is not None and found.minted.key in (key, bearer):
        return
    if not secrets.compare_digest(bearer.encode("latin-1"), token.encode()):
        raise TokenWanted(_WANTED)
