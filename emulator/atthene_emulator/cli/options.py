"""Options that several commands take. This module is those; each may be set as `ATTHENE_EMULATOR_<OPTION>`, too."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.limits import BODY, JOURNAL_ENTRIES, STORED

Command = TypeVar("Command", bound=Callable[..., Any])


def option(*names: str, **kwargs: Any) -> Callable[[Command], Command]:
    """A click option that may also be set as `ATTHENE_EMULATOR_<NAME>`."""
    name = names[0].removeprefix("--").replace("-", "_").upper()
    return click.option(*names, **{"envvar": f"ATTHENE_EMULATOR_{name}", **kwargs})


contract_option = option(
    "--contract", type=click.Choice(CONTRACTS), default="current", show_default=True, help="Generation of the service."
)


class _Renamed(click.Option):
    """An option whose former names still work; help shows the first one alone."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return record and (record[0].replace(", ".join(self.opts), self.opts[0]), record[1])


_SERVING = (
    option("--host", default="127.0.0.1", show_default=True, help="Address to bind."),
    option(
        "--seed",
        "seeds",
        multiple=True,
        metavar="FILE|NAME",
        help="What to start from; may be repeated, later ones add.",
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
        "--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="Host name that reaches the control plane."
    ),
    option(
        "--cors-origin", "cors_origins", multiple=True, metavar="ORIGIN", help="Origin whose pages may call the API."
    ),
    option(
        "--control-cors-origin",
        "control_cors_origins",
        multiple=True,
        metavar="ORIGIN",
        help="Origin whose pages may use the control plane.",
    ),
    option("--control-token", metavar="TOKEN", help="What the control plane wants as Authorization: Bearer."),
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
        default=STORED.most,
        show_default=True,
        type=click.IntRange(1),
        help="Bytes that agents and sessions of a namespace may have, and its snapshots together.",
    ),
    option(
        "--log-level",
        default="warning",
        show_default=True,
        type=click.Choice(["critical", "error", "warning", "info", "debug"]),
        help="Of the server's own log.",
    ),
)


def serving_options(command: Command) -> Command:
    """The options of whatever serves: what is served, to whom, and how much of it."""
    for one in reversed(_SERVING):
        command = one(command)
    return command
