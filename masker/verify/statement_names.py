"""What a statement of a dump is about, by patterns of the verifier's own: what it makes, changes or comments on."""

import re

from masker.verify.reading import Said

_PART = r'(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\]|[^\W\d][\w$]*)'
NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_BLANK = r"(?:\s++|/\*M?!?\d*+|\*/)"
_OBJECT = re.compile(
    r"\b(?:TABLE|VIEW|INDEX|TRIGGER|FUNCTION|PROCEDURE|TYPE|DOMAIN|RULE|POLICY|EVENT|SEQUENCE|COLUMN|ON|AGGREGATE)"
    rf"{_BLANK}+(?:IF{_BLANK}+(?:NOT{_BLANK}+)?EXISTS{_BLANK}+)?(?:ONLY{_BLANK}+)?"
    rf"(?!(?:TABLE|VIEW|INDEX|TRIGGER|FUNCTION|PROCEDURE|COLUMN)\b)({NAME})",
    re.I,
)
_LAST = re.compile(rf"{_PART}\Z")
_HEAD = 1 << 12


def bare(name: str) -> str:
    """The last part of a qualified name, without quotes.

    >>> bare('public."My T"')
    'My T'
    """
    found = _LAST.search(name.strip())
    last = found.group() if found else name
    return last[1:-1].replace(last[0] * 2, last[0]) if last[:1] in '"`' else last.strip("[]")


def named(one: Said, names: frozenset[str]) -> bool:
    """Whether a statement is about one of `names`; what is not quoted may stand in small letters there.

    >>> named(Said("CREATE VIEW", b"CREATE VIEW public.VIP AS SELECT 1", 1), frozenset({"vip"}))
    True
    """
    found = _OBJECT.search(one.text[:_HEAD].decode("utf-8", "replace")) if names and one.kind else None
    if found is None:
        return False
    name = bare(found.group(1))
    return name in names or (found.group(1)[-1] not in '"`]' and name.lower() in names)
