"""What emulators that share a store must agree on, since any of them may answer for any namespace. This module is those terms."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from atthene_emulator.settings import Settings

_VERSION = "version"
_AGREED = {
    "--contract": "contract",
    "--strict": "strict",
    "--latency": "latency",
    "--max-body": "max_body",
    "--max-stored": "max_stored",
    "--journal-entries": "journal_entries",
    "--public-url": "public_url",
    "--cors-origin": "cors_origins",
    "--control-cors-origin": "control_cors_origins",
    "--allow-host": "allow_hosts",
    "--trusted-proxy": "trusted_proxies",
}


def terms_of(settings: Settings) -> str:
    """Those settings as JSON by their options; of the control token there is a hash."""
    terms: dict[str, Any] = {option: getattr(settings, name) for option, name in _AGREED.items()}
    terms["--observations"] = dict(settings.rulings.chosen)
    token = settings.control_token
    terms["--control-token"] = token and sha256(f"control token {token}".encode()).hexdigest()
    return json.dumps(terms, sort_keys=True)


def agreed(version: str, terms: str) -> str:
    """Those settings, and the version of the emulator."""
    return json.dumps({_VERSION: version, **_read(terms)}, sort_keys=True)


def differing(ours: str, theirs: str) -> tuple[str, ...]:
    """The options that differ, and the version if it does, with what the others have."""
    one, other = _read(ours), _read(theirs)
    differ = sorted(option for option in {*one, *other} if one.get(option) != other.get(option))
    return tuple(f"version ({other.get(_VERSION)})" if option == _VERSION else option for option in differ)


def _read(terms: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(terms or "{}")
    return read
