"""A local emulator of the Atthene Sessions API.

Importing the package loads nothing else; the names below are fetched when they are first used.

    from atthene_emulator import EmulatorServer

    with EmulatorServer() as server, server.client.create_namespace() as atthene:
        atthene.http.get(f"{atthene.base_url}/sessions/").json()
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient, EmulatorNamespace
    from atthene_emulator.server import EmulatorServer

__all__ = ["EmulatorClient", "EmulatorNamespace", "EmulatorServer", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load a class on first use, so that `import atthene_emulator` stays light."""
    if name == "EmulatorServer":
        from atthene_emulator.server import EmulatorServer  # noqa: PLC0415

        return EmulatorServer
    if name in ("EmulatorClient", "EmulatorNamespace"):
        from atthene_emulator import client  # noqa: PLC0415

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
