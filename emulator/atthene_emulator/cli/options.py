"""Options that several commands take. This module is those; each may be set as `ATTHENE_EMULATOR_<OPTION>`, too."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.environment import file_variable_of, secret_of
from atthene_emulator.limits import BODY, CONTENT, JOURNAL_ENTRIES, LATENCY, STORED
from atthene_emulator.settings import LOG_LEVELS

Command = TypeVar("Command", bound=Callable[..., Any])


_LINK = r"(tcp|udp|sctp)://"


class Option(click.Option):
    """An option whose variable counts as not set if it is empty, or if it is none of ours; commas separate like spaces.

    Kubernetes and Docker tell containers of a service `atthene-emulator` by variables of our names.
    """

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The text of the variable; None if it says nothing."""
        value = super().resolve_envvar_value(ctx)
        if value is None or not re.match(_LINK, value):
            return value.replace(",", " ") if value and self.multiple else value
        about = f"the environment has the {self.name} {value[:80]}, the address of a service or a container"
        click.echo(f"atthene-emulator: {about} and no option of ours; it is passed over.", err=True)
        return None


class Secret(Option):
    """An option that the environment may also name by a file, whose last line ends are no part of it.

    Attributes:
        file_variable: names the file.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file_variable = file_variable_of(str(self.envvar))

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The secret; None if neither variable is set.

        Raises:
            SetupError: as of `secret_of`.
        """
        return None if ctx.resilient_parsing else secret_of(str(self.envvar))


def _separated(context: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG001
    """The members of lists that are written with commas or spaces, as variables are."""
    return tuple(one for value in values for one in re.split(r"[,\s]+", value) if one)


def option(*names: str, **kwargs: Any) -> Callable[[Command], Command]:
    """A click option that may also be set as `ATTHENE_EMULATOR_<NAME>`."""
    name = names[0].removeprefix("--").replace("-", "_").upper()
    return click.option(*names, **{"cls": Option, "envvar": f"ATTHENE_EMULATOR_{name}", **kwargs})


contract_option = option(
    "--contract", type=click.Choice(CONTRACTS), default="current", show_default=True, help="Generation of the service."
)


class _Renamed(Option):
    """An option whose former names still work; help shows the first one alone."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return record and (record[0].replace(", ".join(self.opts), self.opts[0]), record[1])


_SERVING = (
    option(
        "--host",
        default="localhost",
        show_default=True,
        help="Address to listen at; localhost is 127.0.0.1 and ::1, so that every program finds it.",
    ),
    option(
        "--seed",
        "seeds",
        multiple=True,
        metavar="FILE|NAME",
        help="What to start from; may be repeated, later ones add.",
    ),
    option(
        "--import",
        "opened",
        metavar="FILE",
        help="Go on from a whole emulator, as `export` or `exec --export-on-failure` wrote it.",
    ),
    option("--contract", type=click.Choice(CONTRACTS), help="Generation of the service to behave like."),
    option(
        "--observations",
        "--evidence",
        cls=_Renamed,
        envvar=("ATTHENE_EMULATOR_OBSERVATIONS", "ATTHENE_EMULATOR_EVIDENCE"),
        metavar="FILE",
        help="Follow what `verify` saw of a real service, in place of our decisions.",
    ),
    option("--strict", is_flag=True, help="Unknown keys are errors; answers that nobody scripted are refused."),
    option("--allow-remote", is_flag=True, help="Permit other addresses than loopback ones; needs --control-token."),
    option(
        "--allow-host",
        "allow_hosts",
        multiple=True,
        callback=_separated,
        metavar="NAME",
        help="Host name that reaches the control plane, and at which pages may call the API.",
    ),
    option(
        "--cors-origin",
        "cors_origins",
        multiple=True,
        callback=_separated,
        metavar="ORIGIN",
        help="Origin whose pages may call the API, such as https://*.example.com, tauri://localhost, null, or * for every page.",
    ),
    option(
        "--control-cors-origin",
        "control_cors_origins",
        multiple=True,
        callback=_separated,
        metavar="ORIGIN",
        help="Origin whose pages may use the control plane.",
    ),
    option("--no-ui", is_flag=True, help="Leave out the pages for people: inspector, reference, start page."),
    option("--certificate", metavar="FILE", help="Certificate in PEM: serve https with it."),
    option("--certificate-key", metavar="FILE", help="Its key, if the certificate's file does not hold it."),
    option(
        "--control-token", cls=Secret, metavar="TOKEN", help="What the control plane wants as Authorization: Bearer."
    ),
    option(
        "--public-url",
        metavar="URL",
        help="Where clients find it, if that is not where it listens, such as https://emulator.example.com.",
    ),
    option(
        "--trusted-proxy",
        "trusted_proxies",
        multiple=True,
        callback=_separated,
        metavar="ADDRESS",
        help="Address or network of a proxy whose X-Forwarded-… and Forwarded headers say where clients find it.",
    ),
    option(BODY.option, default=BODY.most, show_default=True, type=click.IntRange(1), help="Bytes a body may have."),
    option(
        JOURNAL_ENTRIES.option,
        default=JOURNAL_ENTRIES.most,
        show_default=True,
        type=click.IntRange(0),
        help="Requests that are kept.",
    ),
    option(
        STORED.option,
        type=click.IntRange(1),
        help="Bytes that a namespace's agents and sessions may have; as many its snapshots together, and as many its files. "
        f"By default {STORED.shown}, and of files {CONTENT.shown}.",
    ),
    option(
        LATENCY.option,
        metavar="MS|FROM-TO",
        help="Milliseconds that each answer of the API is late, such as 300, or a range such as 300-1200.",
    ),
    option(
        "--peer-address",
        metavar="HOST[:PORT]",
        help="Where other emulators with the same store reach this one; by default where it listens, at a free port.",
    ),
    option(
        "--store",
        metavar="sqlite:PATH|redis://HOST/…",
        help="Keep all state there, so that a restart finds it again; by default it goes with the process.",
    ),
    option(
        "--log-level",
        default="warning",
        show_default=True,
        type=click.Choice(LOG_LEVELS),
        help="Of the server's own log.",
    ),
)


def serving_options(command: Command) -> Command:
    """The options of whatever serves: what is served, to whom, and how much of it."""
    for one in reversed(_SERVING):
        command = one(command)
    return command
