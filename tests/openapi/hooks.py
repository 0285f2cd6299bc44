"""What Schemathesis should not send, because the document cannot forbid it. Named in schemathesis.toml."""

from typing import Any

import schemathesis

_LEAST, _MOST = -(2**63), 2**64 - 1


def _fits(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_fits, value.values()))
    if isinstance(value, list):
        return all(map(_fits, value))
    return not isinstance(value, int) or _LEAST <= value <= _MOST


@schemathesis.hook
def filter_body(context: schemathesis.HookContext, body: Any) -> bool:  # noqa: ARG001  # the names are Schemathesis's
    return _fits(body)
