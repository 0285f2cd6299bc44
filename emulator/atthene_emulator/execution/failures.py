"""How executions fail. This module is the record, and every failure that no script asks for."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from atthene_emulator.configuration.language_models import MODELS

if TYPE_CHECKING:
    from atthene_emulator.configuration.type_notation import Type

_VISION = ", ".join(model.name for model in MODELS if "I" in (model.media or "") and not model.name.endswith("-latest"))


class Failure(NamedTuple):
    """Why an execution failed; `details` are further members of the error that is shown."""

    status: Literal["error", "timeout"]
    type: str
    message: str
    details: Mapping[str, Any] = MappingProxyType({})


TIMEOUT = Failure("timeout", "timeout_error", "The execution took too long")


class Failed(Exception):
    """The execution fails here."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def too_many_rounds(limit: int) -> Failed:
    """More rounds of agents than `recursion_limit` allows (K20)."""
    return _error("recursion_limit_error", f"The recursion limit of {limit} rounds of agents was reached")


def too_many_turns(limit: int) -> Failed:
    """More turns than an execution may have (K23)."""
    return _error(
        "turn_limit_error", f"The execution has had {limit} turns of agents, which is as many as there may be"
    )


def too_many_handoffs(supervisor: str, limit: int) -> Failed:
    """More hand-offs than `max_handoffs` allows (K16)."""
    return _error("handoff_limit_error", f"{supervisor} has handed over {limit} times, which is its limit")


def no_media(model: str) -> Failed:
    """Images or files for a model of texts (K39); that the vision models are named is documented: model-selection@G3."""
    message = f"Model '{model}' does not support images or files. Vision-capable models: {_VISION}"
    return _error("unsupported_modality", message)


def no_tools() -> Failed:
    """Tools to call for a model that calls none (K40) [documented: model-selection@G1t]."""
    return _error("unsupported_tools", "Model does not support tools")


def wrong_output(field: str, expected: "Type", received: Any) -> Failed:
    """A structured output of the wrong type [documented: structured-output@G1t]."""
    value = received if isinstance(received, str) else json.dumps(received, ensure_ascii=False)
    return Failed(
        Failure(
            "error",
            "StructuredOutputValidationError",
            f"Field '{field}' has invalid value '{value}'. Expected type: {expected}",
            MappingProxyType({"field": field, "expected": str(expected), "received": received}),
        )
    )


def _error(kind: str, message: str) -> Failed:
    return Failed(Failure("error", kind, message))
