"""Variables of the environment that are meant as options. This module is the warning about those that are none."""

import os
import re
from collections.abc import Iterator, Sequence

import click

from atthene_emulator.cli.group import Commands
from atthene_emulator.cli.options import Secret
from atthene_emulator.cli.output import say

_PREFIX = "ATTHENE_EMULATOR_"
_LINK = rf"{_PREFIX}(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR|START|END))?|ENV_\w+)"


def warn_of_unknown_variables(context: click.Context) -> None:
    """Say on standard error which variables look like options of ours, and are options of no command."""
    given = {name for name in os.environ if name.startswith(_PREFIX) and not _is_link(name)}
    if given <= set(_variables(context.command)):
        return  # the usual case, which looks at no other command
    known = sorted(set(_variables(context.find_root().command)))
    for name in sorted(given.difference(known)):
        say(f"atthene-emulator: the environment has {name}, which is no option{_near(name, known)}", err=True)


def _is_link(name: str) -> bool:
    """Whether Kubernetes or Docker sets a variable for a service or a container that is called like us."""
    return re.fullmatch(_LINK, name) is not None or (name.endswith("_NAME") and os.environ[name].startswith("/"))


def _near(name: str, known: Sequence[str]) -> str:
    """Which one may be meant; what all names begin with does not make them alike."""
    from atthene_emulator.wording import did_you_mean  # noqa: PLC0415  # not for --help

    words = [one.removeprefix(_PREFIX) for one in known]
    near = did_you_mean(name.removeprefix(_PREFIX), words, "")
    start = "; did you mean "
    return near.replace(start, start + _PREFIX, 1) if near else "; `atthene-emulator serve --help` lists the options."


def _variables(command: click.Command) -> Iterator[str]:
    """The variables that set options of a command, or of those below it."""
    for param in command.params:
        yield from (param.envvar,) if isinstance(param.envvar, str) else param.envvar or ()
        if isinstance(param, Secret):
            yield param.file_variable
    if isinstance(command, Commands):
        for one in command.everyone().values():
            yield from _variables(one)
