"""The catalogue of language models: every name that a generation of the documentation shows.

The service's list changes between versions, so a seed may add names (`models`). This module is the list.
"""

MODELS = (
    # Azure OpenAI
    "gpt-4o",
    # Telekom OTC, both generations
    "Qwen2.5-Coder-32B", "Qwen2.5-VL-72B", "Qwen3-235B-A22B", "Qwen3-30B", "Qwen3-VL-30B", "Qwen3-Next-80B",
    "Teuken-7B", "Llama-3.3-70B", "claude-3-7-sonnet", "claude-sonnet-4", "gpt-oss-120b",
    # Mistral AI
    "mistral-large", "mistral-medium", "mistral-small", "mistral-large-latest", "pixtral-large", "codestral",
    # Google Gemini
    "gemini-2.5-pro", "gemini-2.5-flash", "gemini-1.5-pro",
)  # fmt: skip

KNOWN_MODELS = frozenset(model.lower() for model in MODELS)
