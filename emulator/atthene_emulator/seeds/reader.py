"""Seed documents, read and checked: what they say becomes a `Seed`. This module is their reader, and the order of their parts.

Everything wrong with a document is reported at once, with file, line and path, and nothing is loaded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.document import Document, Path
from atthene_emulator.configuration.findings import Finding, errors, located
from atthene_emulator.domain.fault import Fault, Range
from atthene_emulator.domain.latency import read_latency
from atthene_emulator.domain.pace import read_course
from atthene_emulator.domain.rate_limit import read_rate_limit
from atthene_emulator.domain.seed import ADDED, ProviderState, Scenario, Seed
from atthene_emulator.errors import Misuse, SetupError
from atthene_emulator.limits import FINDINGS
from atthene_emulator.seeds.accounts import read_accounts
from atthene_emulator.seeds.agents import read_agents
from atthene_emulator.seeds.collected import Collected, FileReader, line
from atthene_emulator.seeds.collections import read_collections
from atthene_emulator.seeds.configurations import read_configuration
from atthene_emulator.seeds.knowledge_bases import read_knowledge_bases
from atthene_emulator.seeds.schema import SEED
from atthene_emulator.seeds.scripts import read_seed_scripts
from atthene_emulator.seeds.sessions import read_sessions
from atthene_emulator.seeds.tools import read_tools
from atthene_emulator.seeds.uploads import read_files

_CONFIGURATION = (
    "This is the configuration of an agent, not a seed; write it into one below agents, as system_config, or name its file "
    "there by config_file, or send it to POST /api/v1/sessions/."
)
_NAMED = {  # what must be whole for what these keys name to be known
    "owner": frozenset(("accounts",)),
    "agent_key": frozenset(("accounts", "agents", "earlier_versions")),
}


def _read_faults(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[Fault, ...]:
    if not entries:
        return ()
    from atthene_emulator.seeds.faults import read_seed_faults  # noqa: PLC0415  # few seeds have any

    return read_seed_faults(entries, so_far)


# What adds up, in the order in which it is read: later kinds name records of earlier ones.
_READERS: Mapping[str, Callable[[Sequence[Mapping[str, Any]], Collected], tuple[Any, ...]]] = {
    "agents": read_agents,
    "sessions": read_sessions,
    "files": read_files,
    "collections": read_collections,
    "knowledge_bases": read_knowledge_bases,
    "scripts": read_seed_scripts,
    "faults": _read_faults,
}


def add_seed(
    before: Seed, document: Document, source: str, read_file: FileReader | None = None, *, checked: bool = False
) -> Seed:
    """What `before` and this document say together.

    Args:
        before: the seeds read so far; its accounts and agents may be named.
        document: a seed document.
        source: the file's name, for messages.
        read_file: reads a `config_file`; None where files may not be named.
        checked: the document is one of ours, which the tests check; checking it against schema and language would
            double the time to start. Whether it fits `before` is always checked.

    Raises:
        SetupError: with every mistake, its file, line and path.
    """
    seed: Seed | None
    if checked:
        _check_beginning(before, document.value, source)
        so_far = Collected(before, read_file, checked=True)
        seed, findings = _read(document.value, so_far), tuple(so_far.findings)
    else:
        seed, findings = examine_seed(document, before, read_file)
    wrong = errors(findings)
    if wrong or seed is None:
        raise SetupError("\n".join(line(finding, source) for finding in sorted(wrong, key=_place)))
    return seed


def _check_beginning(before: Seed, value: Mapping[str, Any], source: str) -> None:
    """Refuse a seed of ours that begins anew what is there; nobody can follow what else would be said of it."""
    there = {account.id for account in before.accounts}
    for account in value.get("accounts", ()):
        if account["id"] in there:
            raise SetupError(
                f"{source}: The account {account['id']} exists already; a bundled seed is a beginning, so name it first, and one only."
            )


def _place(finding: Finding) -> tuple[int, int]:
    return (finding.mark.line, finding.mark.column) if finding.mark else (0, 0)


def examine_seed(
    document: Document, before: Seed | None = None, read_file: FileReader | None = None, *, strict: bool = False
) -> tuple[Seed | None, tuple[Finding, ...]]:
    """The seed, if it fits the schema, and every finding with its place, a hundred at most."""
    so_far = Collected(before or Seed(), read_file, strict=strict)
    if _is_configuration(document.value):
        return None, located([Finding("F111", ("name",), _CONFIGURATION, at_key=True)], document)
    findings = SEED.check(document.value)
    if findings:
        more = _beside(findings, document.value, so_far)
        return None, located([*findings, *more][: FINDINGS.most], document)
    seed = _read(document.value, so_far)
    return seed, located(so_far.findings[: FINDINGS.most], document)


def _is_configuration(value: Any) -> bool:
    """Whether a document is what a seed has below `system_config`; a seed has no name."""
    return isinstance(value, dict) and "name" in value and ("agent_type" in value or "agents" in value)


def _beside(findings: Sequence[Finding], value: Any, so_far: Collected) -> Iterator[Finding]:
    """What is wrong with a document besides what the schema says; nothing that only follows from that."""
    from atthene_emulator.seeds.sound_parts import sound_parts  # noqa: PLC0415  # as all that is about mistakes, not of ours
    from atthene_emulator.seeds.unmatched_scripts import UNMATCHED  # noqa: PLC0415

    sound = sound_parts(value, SEED, findings)
    if sound is None:
        return
    _read(sound.value, so_far)
    said = {finding.path for finding in findings}
    for finding in so_far.findings:
        path = sound.whole_path(finding.path)
        follows = sound.gone & _NAMED.get(str(path[-1]) if path else "", frozenset())
        if not follows and finding.code != UNMATCHED and not any(path[: len(one)] == one for one in said):
            yield finding._replace(path=path)


def read_inline_seed(value: Mapping[str, Any], before: Seed | None = None, path: Path = ("seed",)) -> Seed:
    """The seed that a request holds, at a path in its body; it adds to those before it.

    Raises:
        Misuse: with every mistake, below the path.
    """
    seed, findings = examine_seed(Document(value, "", lambda _: {}), before)
    wrong = errors(findings)
    if wrong or seed is None:
        raise Misuse("The seed has mistakes", [finding.below(*path).problem() for finding in wrong])
    return seed._replace(sources=(*(before.sources if before else ()), value))


def read_redacted_seed(value: Mapping[str, Any], before: Seed) -> Seed:
    """A seed that was accepted before secrets were taken out of it, by which it may have mistakes: these are passed over."""
    return _read(value, Collected(before, checked=True))._replace(sources=(*before.sources, value))


def is_seed(value: Any) -> bool:
    """Whether a document is meant as a seed rather than as a configuration."""
    if not isinstance(value, dict) or "name" in value or "agent_type" in value:
        return False
    agents = value.get("agents")
    wrapped = isinstance(agents, list) and any(
        isinstance(one, dict) and ("system_config" in one or "config_file" in one) for one in agents
    )
    return wrapped or any(key in SEED.document["properties"] for key in value if key != "agents")


def _read(value: Mapping[str, Any], so_far: Collected) -> Seed:
    """What a document that fits the schema adds to the seeds before it; later parts may name what earlier ones have."""
    before = so_far.before
    clock = value.get("clock", {})
    now = so_far.time(clock, "now", ("clock",))
    ids = value.get("ids", {}).get("seed", before.ids)
    so_far.know_models(value.get("models", ()))
    requirements, schemas = read_tools(value.get("tools", {}), so_far)
    so_far.know_tools(requirements)
    keys = read_accounts(value.get("accounts", ()), so_far)
    added: dict[str, Any] = {
        kind: (*getattr(before, kind), *read(value.get(kind, ()), so_far)) for kind, read in _READERS.items()
    }
    seed = before._replace(
        contract=value.get("contract", before.contract),
        frozen_at=(now if clock["mode"] == "frozen" else None) if clock else before.frozen_at,
        ids=None if ids == "random" else ids,
        models=so_far.language.models,
        requirements={**before.requirements, **requirements},
        tool_schemas={**before.tool_schemas, **schemas},
        default_answer=value.get("default_answer", before.default_answer),
        default_agent=_default_agent(value, so_far) or before.default_agent,
        default_template=value.get("default_template", before.default_template),
        accounts=tuple(so_far.accounts.values()),
        keys=(*before.keys, *keys),
        prompts={**before.prompts, **{name: _prompt(entry) for name, entry in value.get("prompts", {}).items()}},
        rate_limit=read_rate_limit(value["rate_limit"]) if "rate_limit" in value else before.rate_limit,
        latency=_latency(value, so_far) or before.latency,
        on_disconnect=value.get("on_disconnect", before.on_disconnect),
        transitions=read_course(value["transitions"]) if "transitions" in value else before.transitions,
        execution_timeout=value.get("execution_timeout", before.execution_timeout),
        history_limit=int(value.get("history_limit", before.history_limit)),
        **added,
    )
    if not so_far.checked and not errors(so_far.findings):  # it would follow from what is wrong
        so_far.findings += _hints(value, before, seed)
    if seed.default_answer == "template" and seed.default_template is None:
        so_far.wrong(("default_template",), "default_template is required with default_answer: template.")
    scenarios = {name: _scenario(name, entry, seed, so_far) for name, entry in value.get("scenarios", {}).items()}
    seed = seed._replace(scenarios={**before.scenarios, **scenarios})
    states = {
        text: _provider_state(text, entry, seed, so_far) for text, entry in value.get("provider_states", {}).items()
    }
    return seed._replace(provider_states={**before.provider_states, **states})


def _hints(value: Mapping[str, Any], before: Seed, seed: Seed) -> Iterator[Finding]:
    """What is no mistake, but hardly meant, in a document that has none."""
    from atthene_emulator.seeds.unknown_knowledge_bases import unknown_knowledge_bases  # noqa: PLC0415  # not of ours
    from atthene_emulator.seeds.unmatched_scripts import unmatched  # noqa: PLC0415

    yield from unmatched(value.get("scripts", ()), seed)
    yield from unknown_knowledge_bases(value, before, seed)


def _latency(value: Mapping[str, Any], so_far: Collected) -> Range | None:
    if "latency" not in value:
        return None
    try:
        return read_latency(value["latency"])
    except ValueError as error:
        so_far.wrong(("latency", "ms"), str(error))
        return None


def _prompt(entry: str | Mapping[str, str]) -> Mapping[str, str]:
    """The versions of a stored prompt; a text alone is its first one."""
    from atthene_emulator.execution.templates import NEWEST  # noqa: PLC0415  # few seeds have any

    versions = {"1": entry} if isinstance(entry, str) else entry
    return {**versions, NEWEST: versions[max(versions, key=int)]}


def _default_agent(value: Mapping[str, Any], so_far: Collected) -> Configuration | None:
    return read_configuration(value, (), "default_agent", so_far) if "default_agent" in value else None


def _scenario(name: str, entry: Mapping[str, Any], seed: Seed, so_far: Collected) -> Scenario:
    """A scenario is read like a seed that adds to this one, and keeps what it adds."""
    before = seed._replace(scripts=(), faults=())
    inside = Collected(before, so_far.read_file, checked=so_far.checked, strict=so_far.language.strict)
    scenario = _addition(name, entry, inside)
    so_far.findings += [finding.below("scenarios", name) for finding in inside.findings]
    return scenario


def _addition(name: str, entry: Mapping[str, Any], so_far: Collected) -> Scenario:
    """What an entry adds to the seeds before it."""
    before, own = so_far.before, _read(entry, so_far)
    added: dict[str, Any] = {kind: getattr(own, kind)[len(getattr(before, kind)) :] for kind in ADDED}
    return Scenario(
        name=name,
        description=entry.get("description", ""),
        transitions=own.transitions if "transitions" in entry else None,
        **added,
    )


def read_addition(name: str, entry: Mapping[str, Any], seed: Seed, *, strict: bool) -> Scenario:
    """What agents, sessions, scripts and faults an entry adds to a seed, as a scenario of that name.

    Raises:
        Misuse: with every mistake in the entry.
    """
    value = {key: entry[key] for key in ADDED if key in entry}
    findings: Sequence[Finding] = SEED.check(value)
    if not findings:
        so_far = Collected(seed, strict=strict)
        scenario = _addition(name, value, so_far)
        findings = errors(so_far.findings)
        if not findings:
            return scenario
    raise Misuse(f"What {name[:60]!r} stands for has mistakes", [finding.problem() for finding in findings])


def _provider_state(text: str, entry: Mapping[str, Any], seed: Seed, so_far: Collected) -> ProviderState:
    """A provider state, checked as far as that can be done without its parameters and what it begins with."""
    from atthene_emulator.domain.provider_state import has_parameters  # noqa: PLC0415  # few seeds have any
    from atthene_emulator.seeds.provider_states import misnamed, with_files  # noqa: PLC0415

    inside = Collected(seed._replace(scripts=(), faults=()), so_far.read_file, strict=so_far.language.strict)
    whole = with_files(entry, inside)
    if not inside.findings and not has_parameters(whole):
        value = {key: whole[key] for key in ADDED if key in whole}
        inside.findings += SEED.check(value)
        if not inside.findings and whole.keys() <= {*ADDED, "description", "values"}:
            _addition(text, value, inside)
    inside.findings += misnamed(whole, seed.scenarios)
    so_far.findings += [_softened(finding).below("provider_states", text) for finding in inside.findings]
    return ProviderState(text, whole)


def _softened(finding: Finding) -> Finding:
    """A mistake, unless it is one only if no state before this one has the agent."""
    return finding._replace(severity="warning") if finding.path[-1:] == ("agent_key",) else finding
