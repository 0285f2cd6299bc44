"""`atthene-emulator completion`: words that the shell fills in. This module is that command."""

import click

_VARIABLE = "_ATTHENE_EMULATOR_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script with which your shell completes words.

    \b
    To install it:
      atthene-emulator completion bash >> ~/.bashrc
      atthene-emulator completion zsh >> ~/.zshrc
      atthene-emulator completion fish > ~/.config/fish/completions/atthene-emulator.fish

    \b
    For example, in this shell only:
      eval "$(atthene-emulator completion bash)"
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415  # only here

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this version of click has no completion for {shell}")
    click.echo(kind(context.find_root().command, {}, "atthene-emulator", _VARIABLE).source(), nl=False)
