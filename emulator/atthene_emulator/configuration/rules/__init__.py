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
    memory,
    outputs,
    prompts,
    supervisor,
    templates,
    tools,
    types,
    variables,
)

Rule = Callable[[Draft, Language], Iterator[Finding]]

# Those that may find errors, however many warnings come before: a warning that can stand thousands of times looks for no name
# that was meant, which takes time.
RULES: tuple[Rule, ...] = (
    form.names,
    form.description,
    form.architecture,
    form.without_effect,
    prompts.instructions,
    prompts.contents,
    tools.tools,
    tools.gates,
    memory.memory,
    language_models.models,
    types.types,
    outputs.root_schemas,
    variables.definitions,
    variables.assignments,
    knowledge.knowledge_bases,
    supervisor.supervisors,
    graph.graph,
)
# Those that only warn; they end when they have said as much as is shown.
HINTS: tuple[Rule, ...] = (
    form.dependencies,
    tools.names,
    variables.sources,
    templates.templates,
)
