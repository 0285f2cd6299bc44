"""Groups of commands. This module is what they have in common: a mistyped command names the near one."""

from typing import Any

import click


class Commands(click.Group):
    """Commands by their names, in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Names in the order of a day's work, not of the alphabet."""
        return list(self.commands)

    def everyone(self) -> dict[str, click.Command]:
        """Every command by its name, loaded."""
        context = click.Context(self)
        found = {name: self.get_command(context, name) for name in self.list_commands(context)}
        return {name: command for name, command in found.items() if command is not None}

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an option that there is not names the near one, where click names several by the alphabet."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            from atthene_emulator.wording import did_you_mean  # noqa: PLC0415  # not for --help

            near = did_you_mean(error.option_name, error.possibilities or ())
            raise click.UsageError(f"No such option {error.option_name!r}{near}", error.ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; older versions of click would not say which one may be meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-") and not ctx.resilient_parsing:
            from atthene_emulator.wording import did_you_mean  # noqa: PLC0415  # not for --help

            known = self.list_commands(ctx)
            near = did_you_mean(name, known, f"; there are {', '.join(known)}.")
            raise click.UsageError(f"No such command {name!r}{near}", ctx)
        return super().resolve_command(ctx, args)
