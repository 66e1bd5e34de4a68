"""From a profile's rule to a method: names checked, parameters filled in and refused with the line they stand on."""

import dataclasses
import re
from difflib import get_close_matches
from typing import Any

from masker.errors import MaskerError, Place, UsageError
from masker.infotypes import INFOTYPES
from masker.methods import METHODS, Method
from masker.profile import Rule
from masker.profile.load import require_known

_DAYS = re.compile(r"(\d{1,4})d\Z")


def method_of(rule: Rule, *, infotype: str, locale: str, place: Place) -> Method:
    """Build a rule's method for a column of `infotype`; `UsageError` at `place` for an unknown name or parameter.

    `infotype` and `locale` are handed to methods that have parameters of those names; `90d` is 90 days.
    """
    require_known(METHODS, rule.method, place)
    kind = METHODS[rule.method]
    fields = [field.name for field in dataclasses.fields(kind) if field.init]  # type: ignore[arg-type]
    for name in rule.parameters:
        if name not in fields:
            near = get_close_matches(name, fields, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"it takes: {', '.join(fields) or 'none'}"
            raise UsageError("unknown-name", f"`{rule.method}` has no parameter of that name", hint, place)
    parameters: dict[str, Any] = {"infotype": infotype, "locale": locale}
    parameters = {name: value for name, value in parameters.items() if name in fields}
    parameters |= {name: _plain(value) for name, value in rule.parameters.items()}
    try:
        return kind(**parameters)
    except MaskerError as error:
        raise type(error)(error.code, error.message, error.hint, place) from None
    except (TypeError, ValueError):
        message = f"`{rule.method}` has a parameter that is missing or of the wrong kind"
        raise UsageError("profile", message, f"see `masker show methods {rule.method}`", place) from None


def infotype_of(rule: Rule, column: str, place: Place) -> str:
    """What a column holds: as its rule says, else as its name says word for word, else `other`.

    A snapshot's values have no say here: what a result depends on is the profile's.
    """
    if rule.infotype is not None:
        if rule.infotype not in ("other", "none"):
            require_known(INFOTYPES, rule.infotype, place)
        return rule.infotype
    return named_infotype(column) or "other"


def named_infotype(column: str) -> str | None:
    """The infotype whose name or header words the column's name is, word for word; None where none is.

    >>> named_infotype("firstName"), named_infotype("E_MAIL"), named_infotype("colour")
    ('first_name', 'email', None)
    """
    words = " ".join(words_of(column))
    for name in INFOTYPES:
        if words == name.replace("_", " ") or any(words in group for group in INFOTYPES[name].headers.values()):
            return name
    return None


def words_of(name: str) -> list[str]:
    """Split a column name into lower-case words at blanks, underscores, hyphens, dots and camel humps.

    >>> words_of("CUSTOMERFirstName_2")
    ['customer', 'first', 'name', '2']
    """
    humps = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)", " ", name)
    return [word.casefold() for word in re.split(r"[\W_]+", humps) if word]


def _plain(value: Any) -> Any:
    if isinstance(value, str) and (days := _DAYS.match(value)):
        return int(days[1])
    return tuple(value) if isinstance(value, list) else value
