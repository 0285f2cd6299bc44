"""How a command reaches a running emulator. This module is the options that name it, and the client that they become."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from atthene_emulator.addresses import LOCAL
from atthene_emulator.cli.options import option

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient

url_option = option("--url", default=LOCAL, show_default=True, help="Where the emulator runs.")
token_option = option("--control-token", metavar="TOKEN", help="The token that it was started with.")
namespace_option = option("--namespace", metavar="NAME", help="The namespace that is meant, in place of default.")
json_option = option("--json", "as_json", is_flag=True, help="Print JSON.")


def client_of(url: str, control_token: str | None, namespace: str | None = None) -> "EmulatorClient":
    """The client of the emulator at a URL; asks nothing yet."""
    from atthene_emulator.client import EmulatorClient  # noqa: PLC0415  # not for --help

    return EmulatorClient(url, control_token, namespace)


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a client of the emulator that its options name, as its first argument."""

    @url_option
    @token_option
    @namespace_option
    @wraps(command)
    def with_client(*, url: str, control_token: str | None, namespace: str | None, **options: Any) -> None:
        with client_of(url, control_token, namespace) as client:
            command(client, **options)

    return with_client
