"""The command line `atthene-emulator`. This module is its group of commands; each command has a module of its own."""

import sys

import click

from emulator import __version__
from emulator.cli.contract import evidence, openapi
from emulator.cli.control import coverage
from emulator.cli.serve import serve
from emulator.cli.validate import explain, schema, validate
from emulator.cli.verify import verify
from emulator.errors import SetupError


class _Commands(click.Group):
    """`serve` is what happens without a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="atthene-emulator")
def commands() -> None:
    """A local emulator of the Atthene Sessions API.

    \b
    Examples:
      atthene-emulator                        serve the default seed on port 8484
      atthene-emulator serve --port 0         serve on a free port
      atthene-emulator serve --seed my.yaml   serve your own agents and sessions
      atthene-emulator validate agent.yaml    check a configuration
    """


for _command in (serve, validate, explain, schema, openapi, evidence, verify, coverage):
    commands.add_command(_command)


def main() -> None:
    """Run the command line; exits with 0, or 2 for wrong usage and failing set-up."""
    try:
        commands(prog_name="atthene-emulator", auto_envvar_prefix=None)
    except SetupError as error:
        print(f"atthene-emulator: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
