"""The catalogue of language models: every name that a generation of the documentation shows [documented: model-selection@G4].

The service's list changes between versions, so a seed may add names (`models`). This module is the list.
"""

from types import MappingProxyType
from typing import NamedTuple


class Model(NamedTuple):
    """One model.

    Attributes:
        calls_tools: whether it can; None where no page says.
        media: letters of what it reads: T text, I images, A audio, V video; None where no page says.
    """

    name: str
    calls_tools: bool | None = None
    media: str | None = None

    @property
    def is_text_only(self) -> bool:
        """Whether it is known to read neither images nor files."""
        return self.media == "T"


DEFAULT_MODEL = "gpt-4o"  # K07

_TABLE: tuple[tuple[str, bool | None, str | None], ...] = (
    # Azure OpenAI
    ("gpt-4o", True, "TI"), ("gpt-4-turbo", None, None), ("gpt-3.5-turbo", None, None), ("gpt-4o-mini", None, None),
    # Telekom OTC
    ("Llama-3.3-70B", True, "T"), ("Qwen3-Next-80B", True, "T"), ("Qwen3-VL-30B", True, "TI"), ("Qwen3-30B", True, "T"),
    ("gpt-oss-120b", True, "T"), ("Teuken-7B", False, "T"), ("claude-3-7-sonnet", True, "TI"),
    ("claude-sonnet-4", True, "TI"), ("Qwen2.5-Coder-32B", True, "T"), ("Qwen3-235B-A22B", True, "T"),
    ("Qwen2.5-VL-72B", True, "TI"), ("Qwen2.5-VL-72B-Instruct", None, "TI"), ("Qwen2-VL-72B-Instruct", None, "TI"),
    ("claude-3-5-sonnet-20241022", None, "TI"),
    # Mistral AI; each also as -latest (K07)
    *((f"{name}{end}", tools, media) for name, tools, media in (
        ("mistral-large", True, "TI"), ("mistral-medium", True, "TI"), ("mistral-small", True, "TI"),
        ("pixtral-large", True, "TI"), ("ministral-3b", True, "TI"), ("ministral-8b", True, "TI"),
        ("ministral-14b", True, "TI"), ("magistral-medium", False, "TI"), ("magistral-small", False, "TI"),
        ("codestral", True, "T"), ("devstral-small", True, "T"), ("devstral-medium", False, "T"),
        ("mistral-moderation", False, "T"), ("mistral-saba", False, "T"),
    ) for end in ("", "-latest")),
    # Google Gemini
    ("gemini-2.5-flash", True, "TIAV"), ("gemini-2.5-pro", True, "TIAV"), ("gemini-3-flash", True, "TIAV"),
    ("gemini-3.1-flash-lite", True, "TIAV"), ("gemini-3.1-pro", True, "TIAV"), ("gemini-3-pro", True, "TI"),
    ("gemini-1.5-pro", None, None),
    # Vertex AI Anthropic
    ("claude-opus-4-6", True, "TI"), ("claude-sonnet-4-6", True, "TI"),
)  # fmt: skip

MODELS = tuple(Model(*row) for row in _TABLE)
BY_NAME = MappingProxyType({model.name.lower(): model for model in MODELS})


def model_named(name: str | None) -> Model | None:
    """The model of a name, without regard to case; the default one for None; None for one that only a seed knows."""
    return BY_NAME.get((DEFAULT_MODEL if name is None else name).lower())
