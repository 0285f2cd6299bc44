"""A local emulator of the Atthene Sessions API.

Importing the package loads nothing else; the names below are fetched when they are first used.

    from atthene_emulator import EmulatorServer

    with EmulatorServer() as server, server.client.create_namespace() as atthene:
        atthene.http.get(f"{atthene.base_url}/sessions/").json()
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from atthene_emulator.boot import build_app
    from atthene_emulator.client import AsyncEmulatorClient, AsyncEmulatorNamespace, EmulatorClient, EmulatorNamespace
    from atthene_emulator.server import EmulatorServer
    from atthene_emulator.settings import Settings

__all__ = [
    "AsyncEmulatorClient",
    "AsyncEmulatorNamespace",
    "EmulatorClient",
    "EmulatorNamespace",
    "EmulatorServer",
    "Settings",
    "__version__",
    "build_app",
]

__version__ = "0.1.0"


_HOMES = {
    "AsyncEmulatorClient": "client",
    "AsyncEmulatorNamespace": "client",
    "EmulatorClient": "client",
    "EmulatorNamespace": "client",
    "EmulatorServer": "server",
    "Settings": "settings",
    "build_app": "boot",
}


def __getattr__(name: str) -> Any:
    """Load a name on first use, so that `import atthene_emulator` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
