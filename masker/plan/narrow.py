"""One table's part of a profile: for frames, and for tests of single tables."""

from dataclasses import replace

from masker.errors import GateError, Place, UsageError
from masker.plan.keys import followed
from masker.profile import TableRules
from masker.profile.load import LoadedProfile


def for_table(loaded: LoadedProfile, name: str) -> LoadedProfile:
    """What a profile says of one of its tables, as if there were no others.

    Raises `GateError` (`drift`) where it has tables and none of that name.
    """
    loaded = followed(loaded)
    profile = loaded.profile
    if not profile.tables:
        return loaded
    if name not in profile.tables:
        hint = "name a table of the profile (`name=`, where it is a frame's)"
        raise GateError("drift", "the profile has no table of that name", hint, loaded.place("tables"))
    others = {column for other, rules in profile.tables.items() if other != name for column in rules.columns}
    others -= set(profile.tables[name].columns)
    require = profile.require and profile.require.model_copy(
        update={
            word: tuple(column for column in columns if column not in others) or None
            for word in ("quasi", "sensitive")
            if (columns := getattr(profile.require, word))
        }
    )
    tables = {name: _alone(profile.tables[name], loaded.place("tables", name))}
    return replace(loaded, profile=profile.model_copy(update={"tables": tables, "require": require}))


def _alone(rules: TableRules, place: Place) -> TableRules:
    """The rules without what they say of other tables, which only joins."""
    if rules.polymorphic or any(rule.method == "keep" and rule.references for rule in rules.columns.values()):
        message = "the table holds keys that go the way of other tables"
        raise UsageError("profile", message, "mask a folder with all of them", place)
    columns = {column: rule.model_copy(update={"references": ()}) for column, rule in rules.columns.items()}
    return rules.model_copy(update={"columns": columns, "references": ()})
