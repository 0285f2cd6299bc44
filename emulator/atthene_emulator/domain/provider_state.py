"""What a provider state of a Pact stands for, once its parameters are filled in. This module is the filling in."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from atthene_emulator.domain.seed import ProviderState
from atthene_emulator.errors import Misuse
from atthene_emulator.execution.templates import inside, text
from atthene_emulator.limits import FILLED_IN
from atthene_emulator.wording import did_you_mean

_PARAMETER = r"\{\{\s*params\.([^{}]*)\}\}"
_MISSING = object()


class Filled(NamedTuple):
    """An entry with its parameters filled in, and the names of those that nothing asked for."""

    entry: Mapping[str, Any]
    unused: tuple[str, ...]


def has_parameters(value: Any) -> bool:
    """Whether a parameter stands anywhere in a value."""
    if isinstance(value, dict):
        return any(has_parameters(one) for item in value.items() for one in item)
    if isinstance(value, list):
        return any(map(has_parameters, value))
    return isinstance(value, str) and re.search(_PARAMETER, value) is not None


def filled(state: ProviderState, params: Mapping[str, Any]) -> Filled:
    """What a state stands for with these parameters.

    `{{ params.name }}` alone becomes the value itself; within other text it becomes text, `{{ params.name.inner }}` what
    stands inside. What was filled in is not looked at again.

    Raises:
        Misuse: a parameter is missing, or too much would be filled in.
    """
    filling = _Filling(state.text, params)
    entry = filling.value(state.entry)
    return Filled(entry, tuple(name for name in params if name not in filling.used))


class _Filling:
    """One filling in: what it has used so far, and how much."""

    def __init__(self, state: str, params: Mapping[str, Any]) -> None:
        self.used: set[str] = set()
        self._state = state
        self._params = params
        self._sizes: dict[str, int] = {}
        self._size = 0

    def value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._text(name): self.value(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, str):
            alone = re.fullmatch(_PARAMETER, value.strip())
            return self._text(value) if alone is None else self._parameter(alone[1].strip())
        return value

    def _text(self, value: str) -> str:
        return re.sub(_PARAMETER, lambda found: text(self._parameter(found[1].strip())), value)

    def _parameter(self, name: str) -> Any:
        first, *path = (name,) if name in self._params else name.split(".")
        found = inside(self._params.get(first, _MISSING), path, _MISSING)
        if found is _MISSING:
            given = ", ".join(list(self._params)[:20]) or "none"
            near = did_you_mean(name, tuple(self._params), f"; given: {given}")
            raise Misuse(f"The state {self._state[:60]!r} needs the parameter {name[:60]}{near}")
        self.used.add(first)
        if name not in self._sizes:
            self._sizes[name] = len(json.dumps(found))
        self._size += self._sizes[name]
        if self._size > FILLED_IN.most:
            raise Misuse(f"The parameters of the state {self._state[:60]!r} fill in more than {FILLED_IN.most:,} bytes")
        return found
