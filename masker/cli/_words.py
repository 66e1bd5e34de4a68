"""The words that a shell completes after an option, from the registries."""

from click import Context, Parameter
from click.shell_completion import CompletionItem


def purposes(context: Context, parameter: Parameter, start: str) -> list[CompletionItem]:
    """The purposes of the built-in agreement."""
    from masker.agreement import BUILT_IN

    found = BUILT_IN.purposes.items()
    return [CompletionItem(name, help=purpose.text) for name, purpose in found if name.startswith(start)]


def engines(context: Context, parameter: Parameter, start: str) -> list[CompletionItem]:
    """The engines there are."""
    from masker.engines import ENGINES

    return [CompletionItem(name) for name in ENGINES if name.startswith(start)]


def profiles(context: Context, parameter: Parameter, start: str) -> list[CompletionItem]:
    """The profiles that ship with masker, and files."""
    from masker.profile.load import built_in_names

    names = [CompletionItem(name) for name in built_in_names() if name.startswith(start)]
    return names or [CompletionItem(start, type="file")]
