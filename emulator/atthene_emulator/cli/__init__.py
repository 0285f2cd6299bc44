"""The command line `atthene-emulator`. This module is its group of commands; each command has a module of its own."""

import os
import sys
from importlib import import_module

import click

from atthene_emulator import __version__
from atthene_emulator.cli.group import Commands
from atthene_emulator.cli.output import say
from atthene_emulator.errors import EmulatorError, EmulatorRefused, EmulatorUnreachable, ServiceRefused

_COMMANDS = {  # in the order of a day's work; module and function
    "serve": "serve:serve",
    "exec": "exec:execute",
    "env": "env:env",
    "doctor": "doctor:doctor",
    "validate": "validate:validate",
    "graph": "graph:graph",
    "explain": "explain:explain",
    "schema": "schema:schema",
    "upload": "upload:upload",
    "scenario": "scenarios:scenario",
    "snapshot": "snapshots:snapshot",
    "export": "export:export",
    "reset": "reset:reset",
    "namespace": "namespaces:namespace",
    "why": "why:why",
    "coverage": "coverage:coverage",
    "openapi": "openapi:openapi",
    "asyncapi": "asyncapi:asyncapi",
    "evidence": "evidence:evidence",
    "verify": "verify:verify",
    "completion": "completion:completion",
}
_WRONG, _UNREACHABLE = 2, 3
_TOKEN = "; give the right one with --control-token, or as ATTHENE_EMULATOR_CONTROL_TOKEN."
_KEY = "; name another key with --key."
_NOT_ADMITTED = (401, 403)  # another control token, another host name


class _Commands(Commands):
    """`serve` is what happens without a command; each is loaded when it is asked for, so that it starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Every name, without loading anything."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The command, from the module that has it."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, function = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"atthene_emulator.cli.{module}"), function)
        return command

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
    3 no emulator answers, or not to this token. `atthene-emulator completion --help` lets your shell complete commands.
    """
    if os.environ.get("NO_COLOR"):
        context.color = False


def main() -> None:
    """Run the command line; exits with 0, or as the help says."""
    try:
        commands(prog_name="atthene-emulator", auto_envvar_prefix=None)
    except EmulatorError as error:
        from atthene_emulator.secrecy import redact_sentence  # noqa: PLC0415  # not for --help

        remedy = _remedy(error)
        said = f"{str(error).removesuffix('.')}{remedy}" if remedy else str(error)
        say(f"atthene-emulator: {redact_sentence(said)}", err=True)
        sys.exit(_status(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _remedy(error: EmulatorError) -> str:
    """What to name in place of what was not admitted."""
    if isinstance(error, ServiceRefused):
        return _KEY if error.status in _NOT_ADMITTED else ""
    return _TOKEN if isinstance(error, EmulatorRefused) and error.status == _NOT_ADMITTED[0] else ""


def _status(error: EmulatorError) -> int:
    """2 for what is wrongly set up or asked for; 3 if the emulator cannot be asked."""
    if isinstance(error, EmulatorRefused) and not isinstance(error, ServiceRefused):
        return _UNREACHABLE if error.status in _NOT_ADMITTED else _WRONG
    return _UNREACHABLE if isinstance(error, EmulatorUnreachable) else _WRONG
