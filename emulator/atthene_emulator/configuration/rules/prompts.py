"""Rules of prompts: an agent has instructions, in one place, and its prompt says something (K05, K11)."""

from collections.abc import Iterator

from atthene_emulator.configuration.draft import Draft, Part
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language

_OLDER_PLACES = ("system_prompt", "supervisor_prompt")


def instructions(draft: Draft, _: Language) -> Iterator[Finding]:
    """Instructions stand in prompt_config; older places are read where they are missing there (K05)."""
    for agent in draft.agents:
        prompt = agent.part("prompt_config")
        beside = "system_prompt" in prompt.entry
        older = [key for key in _OLDER_PLACES if key in agent.entry]
        for key in older:
            message = f"{key} belongs into prompt_config; write it as prompt_config.system_prompt."
            if beside or key != older[0]:
                kept = "prompt_config.system_prompt" if beside else older[0]
                message = f"{kept} stands beside it and is read; take {key} out."
            yield Finding("F118", (*agent.path, key), message, at_key=True)
        broken = agent.is_broken("prompt_config") or beside
        typed = agent.entry.get("agent_type") in ("llm_agent", "react_agent", "supervisor")
        if not older and not broken and typed and not _says_nothing(prompt):
            path = (*prompt.path, "system_prompt")
            yield Finding("F119", path, f"{agent.called} has no system prompt; give it instructions.")


def contents(draft: Draft, _: Language) -> Iterator[Finding]:
    """What goes into a prompt besides instructions [documented: prompt-configuration@G3]."""
    for agent in draft.agents:
        prompt = agent.part("prompt_config")
        for example in prompt.parts("few_shot_examples"):
            if not {"input", "output"} <= example.entry.keys():
                yield Finding("F130", example.path, "Example missing 'input' or 'output' field")
        if _says_nothing(prompt) and not any(agent.text(key) for key in _OLDER_PLACES):
            note = "Give it a system prompt, examples, history or the user's input."
            yield Finding("F128", prompt.path, "PromptConfig has no content", at_key=True, note=note)
        history = prompt.entry.get("include_history", True)
        if history == 0 and not isinstance(history, bool):
            message = "include_history: 0 is read as false; write false, or how many messages to include."
            yield Finding("F131", (*prompt.path, "include_history"), message)
        elif prompt.entry.get("include_user_input") is False and history is not False:
            message = "The history is included, but not the user's input; set include_history: false, too."
            yield Finding("F129", (*prompt.path, "include_user_input"), message)


def _says_nothing(prompt: Part) -> bool:
    entry = prompt.entry
    off = entry.get("include_user_input") is False and entry.get("include_history") in (False, 0)
    return off and not entry.get("system_prompt") and not entry.get("few_shot_examples")
