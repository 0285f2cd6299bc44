"""Rules of models: the name is in the catalogue, and the model can do what its agent needs (K07, K40)."""

from collections.abc import Iterator

from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.language_models import MODELS as _ALL
from atthene_emulator.configuration.language_models import model_named
from atthene_emulator.wording import did_you_mean

MODELS = tuple(model.name for model in _ALL)
PROVIDERS = ("google_gemini", "azure_openai", "mistral", "telekom_otc")  # documented: conditional-edges@G3


def models(draft: Draft, language: Language) -> Iterator[Finding]:
    """Models that answer are in the catalogue; of models that decide or extract, others only warn."""
    for agent in draft.agents:
        settings = agent.part("llm_config")
        yield from _answering(settings, "model", language)
        model = settings.text("model")
        known = model_named(model)
        if model is not None and known is not None and known.calls_tools is False and _calls_tools(agent):
            message = f"The model {model} cannot call tools, so a run of {agent.called} fails; choose another model."
            yield Finding("M104", (*settings.path, "model"), message)
        for base in agent.parts("knowledge_bases"):
            for one in base.settings():
                yield from _answering(one, "query_model", language)
    for edge in draft.edges:
        yield from _deciding(edge.part, language, PROVIDERS)
    yield from _deciding(draft.root.part("memory_config"), language, ())


def _answering(part: Part, key: str, language: Language) -> Iterator[Finding]:
    model = part.entry.get(key)
    if isinstance(model, str) and not language.knows_model(model):
        # The documented message, to the letter; the note says more (K43).
        note = f"The catalogue has no {model[:60]}{did_you_mean(model, MODELS)}"
        yield Finding("M101", (*part.path, key), "Invalid model specified", note=note)


def _calls_tools(agent: Part) -> bool:
    kind = agent.entry.get("agent_type")
    calling = agent.part("tool_calling").entry.get("enabled", True) is not False
    return kind == "supervisor" or (
        kind == "react_agent" and calling and any(tool.is_enabled for tool in agent.tools())
    )


def _deciding(part: Part, language: Language, others: tuple[str, ...]) -> Iterator[Finding]:
    model = part.text("llm_model")
    if model is not None and model not in others and not language.knows_model(model):
        message = f"The model {model} is not in the catalogue{did_you_mean(model, (*MODELS, *others))}"
        yield Finding("M103", (*part.path, "llm_model"), message)
