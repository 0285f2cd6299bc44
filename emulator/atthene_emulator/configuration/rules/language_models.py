"""Rules of models: names of the catalogue, and temperatures that are out of the documented range."""

from collections.abc import Iterator

from atthene_emulator.configuration.draft import Draft
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.language_models import MODELS as _ALL
from atthene_emulator.wording import did_you_mean

MODELS = tuple(model.name for model in _ALL)
_DOCUMENTED_MOST, _MOST = 1.0, 2.0


def models(draft: Draft, language: Language) -> Iterator[Finding]:
    """`llm_config.model` is in the catalogue, else the documented message; other models only warn (K07)."""
    for agent in draft.agents:
        settings = agent.part("llm_config")
        model = settings.entry.get("model")
        if isinstance(model, str) and not language.knows_model(model):
            # The only message that the documentation shows: not a letter is added, the note says more.
            note = f"The catalogue has no {model[:60]}{did_you_mean(model, MODELS)}"
            yield Finding("M101", (*settings.path, "model"), "Invalid model specified", note=note)
        temperature = settings.entry.get("temperature")
        is_number = isinstance(temperature, int | float) and not isinstance(temperature, bool)
        if is_number and _DOCUMENTED_MOST < (temperature or 0) <= _MOST:
            message = f"temperature {temperature} is above the documented range; stay between 0 and 1."
            yield Finding("M102", (*settings.path, "temperature"), message)
    deciding = [edge.part for edge in draft.edges]
    deciding += [owner.part("memory_config") for owner in (draft.root, *draft.agents)]
    for part in deciding:
        model = part.text("llm_model")
        if model is not None and not language.knows_model(model):
            message = f"The model {model} is not in the catalogue{did_you_mean(model, MODELS)}"
            yield Finding("M103", (*part.path, "llm_model"), message)
