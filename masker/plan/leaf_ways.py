"""The ways of values inside of JSON, as a column's rule says under `paths`."""

import pyarrow as pa

from masker.columns import is_text
from masker.errors import GateError, Place, UsageError
from masker.paths import read_path
from masker.plan import Way
from masker.plan.ways import infotype_of, method_of
from masker.profile import Rule
from masker.profile.load import LoadedProfile


def leaves_of(rule: Rule, loaded: LoadedProfile, field: pa.Field, table: str) -> tuple[tuple[str, Way], ...]:
    """The way of each path.

    Raises `UsageError` for paths that cannot be read and rules that cannot be followed inside of cells, `GateError`
    (`does-not-fit`) where the column has no text.
    """
    if not rule.paths:
        return ()
    place = loaded.place("tables", table, "columns", field.name)
    if not is_text(field.type):
        spot = Place(table=table, column=field.name)
        raise GateError("does-not-fit", "`paths` lead into text only", "remove them", spot)
    if rule.references or rule.by not in (None, "none") or rule.method == "drop":
        raise UsageError("profile", "`paths` go with no `references`, `by` or `drop`", "remove one of them", place)
    found = []
    for path, inner in rule.paths.items():
        at = loaded.place("tables", table, "columns", field.name, "paths", path)
        steps = read_path(path, at)
        if inner.references or inner.paths or inner.method == "drop" or inner.by not in (None, "none"):
            message = "a value inside of a cell goes by itself: no `drop`, `by`, `paths` or `references`"
            raise UsageError("profile", message, "say `null` or `redact`", at)
        name = next((step for step in reversed(steps) if isinstance(step, str) and step), field.name)
        infotype = infotype_of(inner, name, at)
        locale = loaded.profile.locale
        method = method_of(inner, infotype=infotype, locale=locale, place=at)
        fallback = inner.unreadable or loaded.profile.unreadable
        unreadable = method_of(fallback, infotype="other", locale=locale, place=at)
        found.append((path, Way(method, inner.domain or infotype, unreadable, tuple(sorted(inner.ignore)))))
    return tuple(found)
