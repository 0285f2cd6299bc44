"""What the schema cannot say. Each module has the rules of one part of the language; this module is their list."""

from collections.abc import Callable, Iterator

from atthene_emulator.configuration.draft import Draft
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.rules import (
    form,
    graph,
    knowledge,
    language_models,
    supervisor,
    templates,
    types,
    variables,
)

Rule = Callable[[Draft, Language], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    form.names,
    form.description,
    form.architecture,
    form.prompts,
    form.tools,
    form.memory,
    language_models.models,
    types.types,
    variables.definitions,
    variables.assignments,
    knowledge.knowledge_bases,
    supervisor.supervisors,
    graph.graph,
    templates.templates,
)
