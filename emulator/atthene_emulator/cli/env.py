"""`atthene-emulator env`: where an emulator runs, as variables. This module is that command, and its formats."""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from atthene_emulator.cli.connection import client_of, namespace_option, token_option, url_option
from atthene_emulator.cli.durations import seconds_of
from atthene_emulator.cli.files import print_or_write
from atthene_emulator.cli.options import option
from atthene_emulator.cli.prefix import names_of, prefix_option, with_prefix
from atthene_emulator.cli.shell import quoted
from atthene_emulator.errors import SetupError

if TYPE_CHECKING:
    from atthene_emulator.client import EmulatorClient

Variables = Mapping[str, str]

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")


def _sh(variables: Variables) -> str:
    return "\n".join(f"export {name}={quoted(value)}" for name, value in variables.items())


def _dotenv(variables: Variables) -> str:
    return "\n".join(f"{name}={_dotenv_value(value)}" for name, value in variables.items())


def _dotenv_value(value: str) -> str:
    """Bare where that is enough, for readers that know no quotes; in single quotes, which escape nothing, if they can."""
    if _PLAIN.fullmatch(value):
        return value
    if "'" not in value and "\\" not in value:
        return f"'{value}'"
    return '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


def _as_json(variables: Variables) -> str:
    return json.dumps(variables, indent=2, ensure_ascii=False)


def _github(variables: Variables) -> str:
    return "\n".join(f"{name}={value}" for name, value in variables.items())


FORMATS: Mapping[str, Callable[[Variables], str]] = {
    "sh": _sh,
    "dotenv": _dotenv,
    "json": _as_json,
    "github": _github,
}


@click.command()
@url_option
@token_option
@namespace_option
@option("--new-namespace", is_flag=True, help="Make a namespace with a key of its own, called as --namespace says.")
@option(
    "--ttl",
    default="1d",
    show_default=True,
    callback=seconds_of,
    metavar="DURATION",
    help="How long the new one is kept when nobody uses it.",
)
@option(
    "--format", "style", default="sh", show_default=True, type=click.Choice(list(FORMATS)), help="How they are written."
)
@option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default="-",
    help="Where they are written, as it was if there is no emulator; - is standard output.",
)
@prefix_option
def env(
    url: str,
    control_token: str | None,
    namespace: str | None,
    style: str,
    *,
    ttl: float,
    new_namespace: bool,
    prefix: str | None,
    output: Path,
) -> None:
    """Print the variables that lead programs to an emulator.

    They are ATTHENE_BASE_URL, ATTHENE_API_KEY and ATTHENE_EMULATOR_URL; for another namespace than default also
    ATTHENE_EMULATOR_NAMESPACE, which the other commands follow.

    \b
    Examples:
      eval "$(atthene-emulator env)"
      atthene-emulator env --format dotenv --output .env.local
      atthene-emulator env --format dotenv --prefix VITE_ --output .env.local
      atthene-emulator env --new-namespace --format json
      atthene-emulator env --format github >> "$GITHUB_ENV"
    """
    if not new_namespace and click.get_current_context().get_parameter_source("ttl") is ParameterSource.COMMANDLINE:
        raise SetupError("--ttl is about a new namespace; add --new-namespace.")
    with client_of(url, control_token) as client:
        name, key = _new(client, namespace, ttl) if new_namespace else _known(client, namespace or "default")
        variables = {
            "ATTHENE_BASE_URL": client.base_url,
            "ATTHENE_API_KEY": key,
            "ATTHENE_EMULATOR_URL": client.url,
            **({} if name == "default" else {"ATTHENE_EMULATOR_NAMESPACE": name}),
        }
    if any(not value.isprintable() for value in variables.values()):
        raise SetupError(f"The key of {name} has characters that no header can carry; choose another in the seed.")
    stale = names_of("ATTHENE_EMULATOR_NAMESPACE", prefix) if style == "sh" and name == "default" else ()
    unset = "".join(f"unset {one}\n" for one in stale if one in os.environ)
    print_or_write(f"{unset}{FORMATS[style](with_prefix(variables, prefix))}\n", output)


def _new(client: "EmulatorClient", name: str | None, ttl: float) -> tuple[str, str]:
    made = client.create_namespace(name, ttl_seconds=ttl)
    return made.namespace, made.api_key


def _known(client: "EmulatorClient", name: str) -> tuple[str, str]:
    keys = {one.name: one.api_key for one in client.namespaces()}
    if name not in keys:
        from atthene_emulator.wording import did_you_mean  # noqa: PLC0415  # not for --help

        near = did_you_mean(name, tuple(keys), f"; there are {', '.join(keys)}. --new-namespace makes one.")
        raise SetupError(f"There is no namespace {name}{near}")
    key = keys[name]
    if key is None:
        raise SetupError(f"{name} has no key that may do everything; --new-namespace makes a namespace with one.")
    return name, key
