"""Groups of commands. This module is what they have in common: a mistyped command names the near one."""

import click


class Commands(click.Group):
    """Commands by their names, in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Names in the order of a day's work, not of the alphabet."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; older versions of click would not say which one may be meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-") and not ctx.resilient_parsing:
            from emulator.configuration.schema import did_you_mean  # noqa: PLC0415  # not for --help

            near = did_you_mean(name, list(self.commands), f"; there are {', '.join(self.commands)}.")
            raise click.UsageError(f"No such command {name!r}{near}", ctx)
        return super().resolve_command(ctx, args)
