"""What `serve` says to people once it is ready. This module is that banner."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.addresses import is_loopback
from atthene_emulator.cli.shell import quoted
from atthene_emulator.contracts import ContractName
from atthene_emulator.settings import Settings
from atthene_emulator.wording import printable

_HOSTS = "control answers at localhost alone; --allow-host NAME-OR-ADDRESS adds the name that others reach it by"


def banner(ready: Mapping[str, Any], settings: Settings, contract: ContractName) -> str:
    """A few lines: where it is, what it is, how to try it.

    Args:
        ready: the ready line.
        settings: of the emulator.
        contract: what it behaves like, whoever chose it.
    """
    key, url = ready["api_key"], ready["base_url"]
    curl = f"curl -H {quoted(f'x-api-key: {key}')} {quoted(f'{url}/sessions/')}"
    rows = {
        "seed": settings.start + (" (watched)" if settings.watch else ""),
        "store": settings.shown_store or "",
        "contract": "" if contract == "current" else contract,
        "observed": settings.observations or "",
        "key": key or "none that may do everything",
        "socket": ready["socket_url"],
        "control": ready["control_url"] + (" (wants its token)" if settings.control_token else ""),
        "hosts": "" if is_loopback(settings.host) or settings.known_hosts else _HOSTS,
        "inspect": f"{ready['control_url']}/" if not settings.no_ui else "",
        "try": curl if key else "",
        "stop": "Ctrl+C",
    }
    lines = [f"  {name:<8} {printable(value)}" for name, value in rows.items() if value]
    return "\n".join([f"Atthene emulator at {url}", *lines])
