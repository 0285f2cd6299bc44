"""The command line `atthene-emulator`. This module is its group of commands; each command has a module of its own."""

import os
import sys

import click

from emulator import __version__
from emulator.cli.completion import completion
from emulator.cli.contract import evidence, openapi
from emulator.cli.coverage import coverage
from emulator.cli.doctor import doctor
from emulator.cli.env import env
from emulator.cli.exec import execute
from emulator.cli.group import Commands
from emulator.cli.reset import reset
from emulator.cli.scenario import scenario
from emulator.cli.serve import serve
from emulator.cli.snapshot import snapshot
from emulator.cli.validate import explain, schema, validate
from emulator.cli.verify import verify
from emulator.errors import EmulatorError, EmulatorRefused, EmulatorUnreachable

_WRONG, _UNREACHABLE = 2, 3
_NOT_ADMITTED = (401, 403)  # another control token, another host name


class _Commands(Commands):
    """`serve` is what happens without a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_own_option = bool(args) and args[0] in ("--help", "-h", "--version")
        if not ctx.resilient_parsing and (not args or (args[0].startswith("-") and not is_own_option)):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="atthene-emulator")
@click.pass_context
def commands(context: click.Context) -> None:
    """A local emulator of the Atthene Sessions API.

    \b
    Examples:
      atthene-emulator                        serve the default seed on port 8484
      atthene-emulator serve --port 0         serve on a free port
      atthene-emulator serve --seed my.yaml   serve your own agents and sessions
      atthene-emulator exec -- npm test       run a command with an emulator of its own
      atthene-emulator validate agent.yaml    check a configuration
      atthene-emulator doctor                 find out what is wrong

    Every option can be set as ATTHENE_EMULATOR_<OPTION>. Exit status: 0 fine, 1 something was found, 2 wrong usage or set-up,
    3 no emulator answers. `atthene-emulator completion --help` lets your shell complete commands.
    """
    if os.environ.get("NO_COLOR"):
        context.color = False


for _command in (
    *(serve, execute, env, doctor),
    *(validate, explain, schema),
    *(scenario, snapshot, reset, coverage),
    *(openapi, evidence, verify, completion),
):
    commands.add_command(_command)


def main() -> None:
    """Run the command line; exits with 0, or as the help says."""
    try:
        commands(prog_name="atthene-emulator", auto_envvar_prefix=None)
    except EmulatorError as error:
        print(f"atthene-emulator: {error}", file=sys.stderr)
        sys.exit(_status(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _status(error: EmulatorError) -> int:
    """2 for what is wrongly set up or asked for; 3 if the emulator cannot be asked."""
    if isinstance(error, EmulatorRefused):
        return _UNREACHABLE if error.status in _NOT_ADMITTED else _WRONG
    return _UNREACHABLE if isinstance(error, EmulatorUnreachable) else _WRONG
