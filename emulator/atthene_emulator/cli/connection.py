"""How a command reaches a running emulator. This module is the options that name it, and the client that they become."""

import os
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from atthene_emulator.addresses import LOCAL, SERVICE_DOMAINS, is_loopback
from atthene_emulator.cli.options import Secret, option
from atthene_emulator.errors import SetupError

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient

_BASE_URL = "ATTHENE_BASE_URL"

url_option = option("--url", default=LOCAL, show_default=True, help="Where the emulator runs.")
token_option = option(
    "--control-token",
    cls=Secret,
    metavar="TOKEN",
    help="The token that it was started with, or a key of the namespace.",
)
namespace_option = option("--namespace", metavar="NAME", help="The namespace that is meant, in place of default.")
json_option = option("--json", "as_json", is_flag=True, help="Print JSON.")


def client_of(url: str, control_token: str | None, namespace: str | None = None) -> "EmulatorClient":
    """The client of the emulator at a URL; asks nothing yet."""
    from atthene_emulator.client import EmulatorClient  # noqa: PLC0415  # not for --help

    return EmulatorClient(url, control_token, namespace)


class Place(NamedTuple):
    """Where an emulator is, and why there; empty if an option names it."""

    url: str
    why: str = ""


def place_of(url: str) -> Place:
    """The place that --url or its variable names; without them, that of ATTHENE_BASE_URL, which programs are led by.

    Raises:
        SetupError: that may be the service itself, of which nothing is to be reset.
    """
    if click.get_current_context().get_parameter_source("url") is not ParameterSource.DEFAULT:
        return Place(url)
    pointed = os.environ.get(_BASE_URL)
    return Place(_emulator_at(pointed), f"where {_BASE_URL} points") if pointed else Place(url, "the usual place")


def _emulator_at(base_url: str) -> str:
    from urllib.parse import urlsplit  # noqa: PLC0415  # not for --help

    try:
        parts = urlsplit(base_url if "://" in base_url else f"http://{base_url}")
    except ValueError:
        raise SetupError(f"{_BASE_URL} is no URL: {base_url!r}; name the emulator with --url.") from None
    host = parts.hostname or ""
    is_service = f".{host}".endswith(tuple(f".{domain}" for domain in SERVICE_DOMAINS))
    if is_service or (parts.scheme != "http" and not is_loopback(host)):
        raise SetupError(f"{_BASE_URL} is {base_url}, which may be the service; name the emulator with --url.")
    return base_url


def name_of(client: "EmulatorClient") -> str:
    """The namespace that a command is about: the one that is named, or the one whose key stands in for the token."""
    if client.namespace is None and click.get_current_context().params["control_token"] is not None:
        return str(client.state()["namespace"])
    return client.namespace or "default"


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a client of the emulator that its options name, as its first argument."""

    @url_option
    @token_option
    @namespace_option
    @wraps(command)
    def with_client(*, url: str, control_token: str | None, namespace: str | None, **options: Any) -> None:
        with client_of(place_of(url).url, control_token, namespace) as client:
            command(client, **options)

    return with_client


def changing(command: Callable[..., None]) -> Callable[..., None]:
    """As `connected`, for a command that changes something: it says where, unless --url or its variable did."""

    @wraps(command)
    def saying_where(client: "EmulatorClient", **options: Any) -> None:
        command(client, **options)
        place = place_of(click.get_current_context().params["url"])
        if place.why:
            click.echo(f"atthene-emulator: this was {name_of(client)} at {client.url}, {place.why}.", err=True)

    return connected(saying_where)
