"""The hash of a configuration: SHA-256 over canonical JSON (D15). This module is that rule."""

import hashlib
import json
import re
from typing import Any


def canonical(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, and 1.0 written as 1, so that equal documents are equal bytes."""
    data = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if re.search(rb"\d[.eE]", data):
        return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return data


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value


def digest(value: Any) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
