"""pytest fixtures for tests against the emulator. This module is the plugin, which loads the emulator when one is used.

A test that takes `atthene` has a world of its own. When it fails, what came there is printed; when a request of it met a
server error that nobody injected, it fails.
"""

from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient, EmulatorNamespace

_NAMESPACE = pytest.StashKey["EmulatorNamespace"]()
_NEWEST = 20  # entries of the journal that are printed
_MARKER = "atthene(strict=…, server_errors=False): strict as --atthene-strict; whether server errors are expected."


class _Expected(NamedTuple):
    """What the marker of a test says, or the command line."""

    strict: bool
    server_errors: bool = False


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the group atthene."""
    group = parser.getgroup("atthene", "Atthene emulator")
    group.addoption("--atthene-url", metavar="URL", help="Use this running emulator instead of starting one.")
    group.addoption(
        "--atthene-seed", action="append", metavar="SEED", help="Start with this bundled seed or file; may be repeated."
    )
    group.addoption("--atthene-contract", metavar="NAME", help="Answer as current, reference or connecting.")
    group.addoption(
        "--atthene-strict", action="store_true", help="Default answers, and unused scripts and faults, fail a test."
    )
    group.addoption("--atthene-control-token", metavar="TOKEN", help="The token of the control plane.")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse options that contradict each other."""
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("--atthene-url") and {"seeds", "contract"} & _options(config).keys():
        raise pytest.UsageError(
            "--atthene-seed and --atthene-contract say how an emulator is started; that of --atthene-url runs already."
        )


def _options(config: pytest.Config) -> dict[str, Any]:
    """The settings that the command line names."""
    seeds = config.getoption("--atthene-seed")
    given = {
        "seeds": tuple(seeds) if seeds else None,
        "contract": config.getoption("--atthene-contract"),
        "control_token": config.getoption("--atthene-control-token"),
    }
    return {name: value for name, value in given.items() if value is not None}


@pytest.fixture(scope="session")
def atthene_emulator_settings() -> dict[str, Any]:
    """Settings of the emulator that is started, by their names in `atthene_emulator.settings.Settings`; to be overridden.

    Options of the command line win over them. A running emulator has its own.

        @pytest.fixture(scope="session")
        def atthene_emulator_settings():
            return {"seeds": ("tests/seed.yaml",), "strict": True}
    """
    return {}


@pytest.fixture(scope="session")
def atthene_server(
    request: pytest.FixtureRequest, atthene_emulator_settings: Mapping[str, Any]
) -> Iterator["EmulatorClient"]:
    """The client of one emulator for all tests, of each worker its own; or of the one that --atthene-url names."""
    from atthene_emulator.client import EmulatorClient  # noqa: PLC0415  # a run without the emulator does not pay for it
    from atthene_emulator.errors import EmulatorError  # noqa: PLC0415

    url, options = request.config.getoption("--atthene-url"), _options(request.config)
    if url:
        client = EmulatorClient(url, options.get("control_token"))
        try:
            client.health()
        except EmulatorError as error:
            pytest.fail(str(error), pytrace=False)
        with client:
            yield client
        return

    from atthene_emulator.server import EmulatorServer  # noqa: PLC0415

    settings = _known({**atthene_emulator_settings, **options})
    try:
        server = EmulatorServer(**settings)
    except EmulatorError as error:
        pytest.fail(str(error), pytrace=False)
    with server, server.client as client:
        yield client


def _known(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings, if the emulator has them all."""
    from dataclasses import fields  # noqa: PLC0415

    from atthene_emulator.settings import Settings  # noqa: PLC0415

    names = [field.name for field in fields(Settings)]
    for name in settings:
        if name not in names:
            shown = f"{name} is not a setting of the emulator; atthene_emulator_settings may have {', '.join(names)}."
            pytest.fail(shown, pytrace=False)
    return settings


@pytest.fixture
def atthene(request: pytest.FixtureRequest, atthene_server: "EmulatorClient") -> Iterator["EmulatorNamespace"]:
    """A world of its own for one test, with a key of its own; deleted afterwards. See `atthene_emulator.EmulatorNamespace`."""
    with atthene_server.create_namespace() as namespace:
        request.node.stash[_NAMESPACE] = namespace
        yield namespace


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that has passed, but should not have."""
    result = yield
    namespace = item.stash.get(_NAMESPACE, None)
    if namespace is not None:
        complaints = _complaints(namespace, _expected(item))
        if complaints:
            pytest.fail("\n".join(complaints), pytrace=False)
    return result


def _complaints(namespace: "EmulatorNamespace", expected: _Expected) -> list[str]:
    """What is wrong with a test that has passed; nothing with one that has deleted its namespace."""
    from atthene_emulator.errors import EmulatorRefused  # noqa: PLC0415

    try:
        complaints = [] if expected.server_errors else _server_errors(namespace)
        return complaints + (_loose_ends(namespace) if expected.strict else [])
    except EmulatorRefused as refused:
        if refused.status != 404:  # noqa: PLR2004
            raise
        return []


def _expected(item: pytest.Item) -> _Expected:
    marker = item.get_closest_marker("atthene")
    given = dict(marker.kwargs) if marker else {}
    if (marker and marker.args) or not given.keys() <= set(_Expected._fields):
        pytest.fail(f"The marker is {_MARKER}", pytrace=False)
    return _Expected(**{"strict": item.config.getoption("--atthene-strict"), **given})


def _server_errors(namespace: "EmulatorNamespace") -> list[str]:
    """A sentence for each request that met a server error which nobody injected."""
    from atthene_emulator.wording import printable  # noqa: PLC0415  # a run without the emulator does not pay for it

    return [
        printable(
            f"The emulator answered {one.id} ({one.method} {one.path}) with {one.status}: {_message(one.response)}"
        )
        for one in namespace.journal(outcome="server_error")
    ]


def _message(response: Any) -> str:
    """What an error says."""
    error = response.get("error") if isinstance(response, dict) else None
    return str(error.get("message") if isinstance(error, dict) else response)


def _loose_ends(namespace: "EmulatorNamespace") -> list[str]:
    """A sentence for each kind of thing that strict tests do not have."""
    from atthene_emulator.client import default_answers  # noqa: PLC0415

    unanswered = namespace.journal(outcome="default_answer")
    return [*([default_answers(unanswered)] if unanswered else []), *namespace.unused()]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the journal to the report of a test that failed."""
    report = yield
    namespace = item.stash.get(_NAMESPACE, None)
    if namespace is not None and report.failed and report.when != "teardown":
        report.sections.append((f"atthene journal of {namespace.namespace}", _journal(namespace)))
    return report


def _journal(namespace: "EmulatorNamespace") -> str:
    from atthene_emulator.errors import EmulatorError  # noqa: PLC0415

    try:
        entries = namespace.journal()
    except EmulatorError as error:
        return str(error)
    earlier = [f"{len(entries) - _NEWEST} earlier requests"] if len(entries) > _NEWEST else []
    return "\n".join([*earlier, *(one.with_bodies() for one in entries[-_NEWEST:])]) or "no request came"
