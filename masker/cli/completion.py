"""`masker completion`: the script that lets a shell complete masker's commands, options and their words."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    bash: `eval "$(masker completion bash)"` in ~/.bashrc; zsh the same in ~/.zshrc; fish: `masker completion fish >
    ~/.config/fish/completions/masker.fish`.
    """
    from click.shell_completion import get_completion_class

    from masker.cli import group
    from masker.cli._output import write_text

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(shell)
    script = kind(group, {}, "masker", "_MASKER_COMPLETE")
    # Not `source()`, which runs bash to ask for its version.
    write_text(script.source_template % script.source_vars() + "\n", None)


COMMAND = completion
