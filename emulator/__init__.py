"""A local emulator of the Atthene Sessions API.

Importing the package loads nothing else; the names below are fetched when they are first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.server import EmulatorServer

__all__ = ["EmulatorServer", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load `EmulatorServer` on first use, so that `import emulator` stays light."""
    if name == "EmulatorServer":
        from emulator.server import EmulatorServer  # noqa: PLC0415

        return EmulatorServer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
