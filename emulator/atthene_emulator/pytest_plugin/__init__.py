"""pytest fixtures for tests against the emulator. This package is the plugin, which loads the emulator when one is used.

A test that takes `atthene` has a world of its own. When it fails, what came there is printed; when a request of it met a
server error that nobody injected, it fails. This module is the hooks and fixtures; none of them lets an exception out that
would end the whole run.
"""

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from atthene_emulator.client import AsyncEmulatorNamespace, EmulatorClient, EmulatorNamespace
    from atthene_emulator.pytest_plugin.emulators import Choice
    from atthene_emulator.pytest_plugin.worlds import World

Coverage = list[dict[str, Any]]

_WORLD: "pytest.StashKey[World]" = pytest.StashKey()
_NEWEST: "pytest.StashKey[str | None]" = pytest.StashKey()  # in `default`, when that was looked at
_FAILED: "pytest.StashKey[list[str]]" = pytest.StashKey()  # the tests whose worlds are kept to be looked at
_COVERAGES = pytest.StashKey[
    dict[str, tuple[Coverage, Coverage]]
]()  # before and after the run, by the URLs of emulators
_LOOKING = (
    "collectonly",
    "setuponly",
    "showfixtures",
    "show_fixtures_per_test",
    "cacheshow",
)  # options that run no test
_MARKER = (
    "atthene(seed=…, contract=…, strict=…, server_errors=False): the world of a test starts from this seed (name, path, "
    "mapping, or a list of them); strict as --atthene-strict; whether server errors are expected."
)
_BROKEN = (Exception, pytest.fail.Exception)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the group atthene."""
    group = parser.getgroup("atthene", "Atthene emulator")
    group.addoption(
        "--atthene-url",
        metavar="URL",
        help="Use this running emulator instead of starting one; by default that of ATTHENE_EMULATOR_URL.",
    )
    group.addoption("--atthene-process", action="store_true", help="Start the emulator in a process of its own.")
    group.addoption(
        "--atthene-command",
        metavar="COMMAND",
        help="Start it by this command, such as /opt/emulator/bin/atthene-emulator of another environment.",
    )
    group.addoption(
        "--atthene-seed", action="append", metavar="SEED", help="Start from this bundled seed or file; may be repeated."
    )
    group.addoption("--atthene-contract", metavar="NAME", help="Answer as current, reference or connecting.")
    group.addoption(
        "--atthene-strict", action="store_true", help="Default answers, and unused scripts and faults, fail a test."
    )
    group.addoption("--atthene-control-token", metavar="TOKEN", help="The token of the control plane.")
    group.addoption(
        "--atthene-fail-under",
        type=float,
        metavar="PERCENT",
        help="Fail if less of the agents, edges and arms was exercised, by all workers together.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse options that contradict each other."""
    config.addinivalue_line("markers", _MARKER)
    config.stash[_COVERAGES] = {}
    config.stash[_FAILED] = []
    starting = config.getoption("--atthene-process") or config.getoption("--atthene-command")
    if config.getoption("--atthene-url") and starting:
        raise pytest.UsageError(
            "--atthene-process and --atthene-command start an emulator; that of --atthene-url runs already."
        )
    wanted = config.getoption("--atthene-fail-under")
    if wanted is not None and not 0 <= wanted <= 100:  # noqa: PLR2004  # percent
        raise pytest.UsageError(f"--atthene-fail-under is a percentage from 0 to 100, not {wanted:g}.")
    _chosen(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which emulator is used, if it is not one in this process."""
    return _chosen(config).header


def _chosen(config: pytest.Config) -> "Choice":
    """Which emulator is used; asked again and again, since a conftest may patch this process meanwhile."""
    from atthene_emulator.pytest_plugin.emulators import chosen  # noqa: PLC0415  # imports nothing of the emulator

    try:
        return chosen(config)
    except ValueError as error:
        raise pytest.UsageError(f"--atthene-command cannot be read: {error}.") from None


@pytest.fixture(scope="session")
def atthene_emulator_settings() -> dict[str, Any]:
    """Settings of the emulator that is started, by their names in `atthene_emulator.settings.Settings`; to be overridden.

    Options of the command line win over them. Paths are relative to the root folder. In an emulator that runs already, each
    test's world has the `seeds` and the `contract`; other settings are its own, and refused here.

        @pytest.fixture(scope="session")
        def atthene_emulator_settings():
            return {"seeds": ("tests/seed.yaml",), "strict": True}
    """
    return {}


@pytest.fixture(scope="session")
def atthene_server(
    request: pytest.FixtureRequest, atthene_emulator_settings: Mapping[str, Any]
) -> Iterator["EmulatorClient"]:
    """The client of one emulator for all tests, of each worker its own; or of the one that runs already."""
    from atthene_emulator.pytest_plugin.emulators import using  # noqa: PLC0415  # a run without it does not pay
    from atthene_emulator.pytest_plugin.reports import readable  # noqa: PLC0415
    from atthene_emulator.pytest_plugin.worlds import newest  # noqa: PLC0415

    choice, is_judged = _chosen(request.config), _wanted(request.config) is not None
    with ExitStack() as stack:
        with readable():
            client = stack.enter_context(using(choice, atthene_emulator_settings, request.config))
            before = client.coverage(everywhere=True) if is_judged and choice.url else []
            request.config.stash[_NEWEST] = newest(client)
        yield client
        if is_judged:
            with readable():
                request.config.stash[_COVERAGES][client.url] = before, client.coverage(everywhere=True)


@pytest.fixture
def atthene(
    request: pytest.FixtureRequest, atthene_server: "EmulatorClient", atthene_emulator_settings: Mapping[str, Any]
) -> Iterator["EmulatorNamespace"]:
    """A world of its own for one test, with a key of its own; deleted afterwards, and its sockets closed.

    Those of the first tests that fail can be looked at afterwards, as a namespace that was deleted can be; others are gone. See `atthene_emulator.EmulatorNamespace`.
    """
    from atthene_emulator.pytest_plugin.reports import readable  # noqa: PLC0415  # a run without it does not pay
    from atthene_emulator.pytest_plugin.worlds import World, create, marked  # noqa: PLC0415

    config = request.config
    with readable():
        namespace = create(marked(request.node, _MARKER), atthene_server, atthene_emulator_settings, config)
    with closing(namespace):
        request.node.stash[_WORLD] = World(namespace, atthene_server, config.stash[_NEWEST])
        yield namespace
        namespace.delete(forever=namespace.namespace not in config.stash[_FAILED])


@pytest.fixture
def atthene_async(atthene: "EmulatorNamespace") -> "AsyncEmulatorNamespace":
    """The world of a test for programs with an event loop: what `atthene` has, to be awaited."""
    from atthene_emulator.client import AsyncEmulatorNamespace  # noqa: PLC0415  # a run without it does not pay

    return AsyncEmulatorNamespace.of(atthene)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that has passed, but should not have."""
    result = yield
    world = item.stash.get(_WORLD, None)
    if world is not None:
        from atthene_emulator.pytest_plugin.reports import complaints  # noqa: PLC0415  # loaded already
        from atthene_emulator.pytest_plugin.worlds import marked  # noqa: PLC0415

        found = complaints(world.namespace, marked(item, _MARKER))
        if found:
            pytest.fail("\n".join(found), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the journal, what was said on sockets, and which scripts nearly answered, to the report of a test that failed."""
    report = yield
    world = item.stash.get(_WORLD, None)
    if world is not None and report.failed and report.when != "teardown":
        _keep(item.config, world)
        try:
            from atthene_emulator.pytest_plugin import reports, worlds  # noqa: PLC0415  # loaded already

            name = world.namespace.namespace
            reports.add_section(report, f"atthene journal of {name}", reports.journal(world))
            if said := reports.waiting(world):
                reports.add_section(report, f"atthene waiting of {name}", said)
            if said := reports.conversations(world):
                reports.add_section(report, f"atthene sockets of {name}", said)
            if said := reports.unanswered(world):
                reports.add_section(report, f"atthene scripts of {name}", said)
            item.config.stash[_NEWEST] = worlds.newest(world.server)
        except _BROKEN as error:
            report.sections.append(("atthene", f"The journal cannot be shown: {type(error).__name__}: {error}"))
    return report


def _keep(config: pytest.Config, world: "World") -> None:
    """Have the world of a failed test looked at later, unless there is no room for more of them, all workers together."""
    from atthene_emulator.limits import DELETED  # noqa: PLC0415  # loaded already

    kept, workers = config.stash[_FAILED], int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if len(kept) < max(1, DELETED.most // workers):
        kept.append(world.namespace.namespace)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep what a worker of pytest-xdist tells when it is done."""
    told = getattr(node, "workeroutput", {}).get("atthene_coverages", {})
    kept = node.config.stash[_COVERAGES]
    for url, looks in told.items():  # several workers may have used one emulator, whose counts grow
        before, after = zip(looks, kept.get(url, looks), strict=True)
        kept[url] = min(before, key=_executions), max(after, key=_executions)


def _executions(coverage: Coverage) -> int:
    return sum(one["executions"] for one in coverage)


def _wanted(config: pytest.Config) -> float | None:
    """How much the run has to exercise; None if it is not judged by that, or if no test is run."""
    wanted: float | None = config.getoption("--atthene-fail-under")
    return None if any(config.getoption(name, None) for name in _LOOKING) else wanted


def _exercised(config: pytest.Config) -> Coverage:
    """What the run has exercised."""
    from atthene_emulator.client.coverage import added, since  # noqa: PLC0415  # only who asks for it pays

    return added(since(before, after) for before, after in config.stash[_COVERAGES].values())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run that has exercised too little; a worker leaves that to who started it."""
    config, wanted = session.config, _wanted(session.config)
    if wanted is None:
        return
    if hasattr(config, "workeroutput"):
        config.workeroutput["atthene_coverages"] = config.stash[_COVERAGES]
    elif exitstatus == pytest.ExitCode.OK:
        from atthene_emulator.client.coverage import share  # noqa: PLC0415  # only who asks for it pays

        if not share(_exercised(config)).reaches(wanted):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was exercised, if the run is judged by it."""
    wanted = _wanted(config)
    if wanted is None:
        return
    from atthene_emulator.client.coverage import share, table  # noqa: PLC0415  # only who asks for it pays

    total = _exercised(config)
    terminalreporter.section("atthene coverage")
    for configuration in total:
        terminalreporter.write_line(table(configuration))
    reached = share(total)
    enough = reached.reaches(wanted)
    terminalreporter.write_line(f"{reached}; wanted are {wanted:g} %.", green=enough, red=not enough)
