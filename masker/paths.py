"""Where in a cell keys stand: the part of JSONPath (RFC 9535, https://www.rfc-editor.org/rfc/rfc9535) that keys need.

`$` is the cell itself, `.name` and `['name']` a member of an object, `.*` every member, `[3]` an element, `[*]` all of
them.
"""

import re

from masker.errors import Place, UsageError

ANY = None
EACH = ""
"""Every member of an object: a path cannot name the empty key."""
_STEP = re.compile(
    r"(?P<each>\.\*)|\.(?P<name>[^\W\d][\w-]*)|\[(?P<index>\d{1,9})\]|\[(?P<quote>['\"])(?P<quoted>[^'\"]+)(?P=quote)\]|(?P<any>\[\*\])"
)

Step = str | int | None
"""A member's name or `EACH`, an element's number from 0 on or `ANY`."""


def read_path(path: str, place: Place | None = None) -> tuple[Step, ...]:
    """The steps of a path; raises `UsageError` (`profile`) at `place` for one that cannot be read.

    >>> read_path("$.buyers[*]['id'][0]")
    ('buyers', None, 'id', 0)
    """
    steps: list[Step] = []
    at = 1
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            break
        if found["any"]:
            steps.append(ANY)
        elif found["each"]:
            steps.append(EACH)
        else:
            steps.append(int(found["index"]) if found["index"] else found["name"] or found["quoted"])
        at = found.end()
    if not path.startswith("$") or at < len(path):
        hint = "write `$[*]`, `$.name` or `$.list[*].id`"
        raise UsageError("profile", "`path` is no path into a cell", hint, place or Place())
    return tuple(steps)
