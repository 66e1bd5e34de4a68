"""What a dump holds beside its rows, statement by statement: byte for byte that of SOURCE, but for what may differ.

May differ: the label, comments and COMMENT ON that are left out, what the server makes anew (statistics), large
objects, and the numbers that sequences and AUTO_INCREMENT go on with. Where SOURCE sets a sequence before its rows, the
copy may set it once more at its end.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from masker.errors import Place, shown
from masker.label import Label
from masker.verify.dump_words import Words, words_of
from masker.verify.problems import Problem
from masker.verify.reading import Said

LABEL = re.compile(rb"^-- masker: ([^\r\n]*)\r?\n", re.M)
"""The line at the top of a dump that carries the copy's label."""
_FIRST = 4  # statements and comments that may stand before the label
_MAY_GO = re.compile(
    rb"\s*(?:COMMENT\s+ON\b|SELECT\s+(?:pg_catalog\s*\.\s*)?lo(?:_(?:creat|create|open|close|from_bytea|put)|write)\s*\("
    rb"|ALTER\s+LARGE\s+OBJECT\b|(?:GRANT|REVOKE)\s[\w\s,]+\sON\s+LARGE\s+OBJECT\b|ANALYZE\s+TABLE\b|INSERT\s+INTO\s+[\"`]?sqlite_stat\d\b"
    rb"|SELECT\s+\*\s+FROM\s+(?:pg_catalog\s*\.\s*)?pg_restore_\w+_stats\b)",
    re.I,
)
_SETVAL = re.compile(rb"\bsetval\s*\(\s*'((?:[^']|'')+)'", re.I)
_MOVE = re.compile(rb"^SELECT pg_catalog\.setval\('((?:[^']|'')+)', \d+\);\Z", re.M)
_GOES_ON = re.compile(
    rb"(\bsetval\s*\((?:[^'()]|'[^']*')*?,\s*|\bAUTO_INCREMENT\s*=\s*|\b(?:RE)?START\s+(?:WITH\s+)?"
    rb"|\bINSERT\s+INTO\s+[\"`]?sqlite_sequence[\"`]?\s+VALUES\s*\('(?:[^']|'')*',\s*)-?\d+",
    re.I,
)


def label_in(said: Sequence[Said]) -> str | None:
    """The text of the label at the top of a dump; None where it has none."""
    for one in said[:_FIRST]:
        if one.kind == "" and (found := LABEL.search(one.text)):
            return found.group(1).decode("utf-8", "replace")
    return None


def beside_problems(
    before: Sequence[Said],
    after: Sequence[Said],
    *,
    dialect: str,
    file: str | None,
    rows_of: Collection[str] = (),
    shortened: bool = False,
) -> Iterator[Problem]:
    """The first statement of each kind of fault (`mismatch`); only rows of the tables `rows_of` are counted between.

    With `shortened` rows are missing on purpose, and with them what ends or begins a statement of rows.
    """
    words = words_of(dialect)
    (before, ended), (after, moved) = (_without_moves(side) for side in (before, _without_label(after)))
    if not ended <= moved <= {name for one in before for name in _SETVAL.findall(one.text)} | ended:
        yield Problem("mismatch", "the copy moves other sequences at its end than SOURCE has", Place(file=file))
    old, new = (_parted(side, words, rows_of) for side in (before, after))
    if extra := new.comments - old.comments:
        message = "the copy has a comment that SOURCE does not have"
        yield Problem("mismatch", message, Place(file=file), extra.total())
    fewer = new.comments != old.comments
    if not (fewer or shortened) and new.blanks != old.blanks:
        yield Problem("mismatch", "blanks between statements are not those of SOURCE", Place(file=file))
    same = partial(_same, words=words, lenient=fewer)
    told: set[str] = set()
    i = j = 0
    while i < len(old.kept) or j < len(new.kept):
        one = old.kept[i] if i < len(old.kept) else None
        other = new.kept[j] if j < len(new.kept) else None
        if one is not None and other is not None and same(one, other):
            i, j = i + 1, j + 1
            continue
        if one is not None and (other is None or (i + 1 < len(old.kept) and _alike(old.kept[i + 1], other))):
            if isinstance(one, Said) and _MAY_GO.match(one.text):
                i += 1
                continue
            message, i = f"{_what(one)} of SOURCE is not in the copy", i + 1
        elif other is not None and (one is None or (j + 1 < len(new.kept) and _alike(one, new.kept[j + 1]))):
            message, j = f"the copy has {_what(other)} that SOURCE does not have", j + 1
        elif isinstance(one, Said) and _MAY_GO.match(one.text):
            i += 1
            continue
        else:
            message, i, j = f"{_what(other)} is not that of SOURCE", i + 1, j + 1
        if message not in told:
            told.add(message)
            line = next((side.line for side in (other, one) if isinstance(side, Said)), None)
            yield Problem("mismatch", message, Place(file=file, line=line))


class _Parted:
    """One side: its comments, and in order all else; of rows how many stand together."""

    def __init__(self) -> None:
        self.comments: Counter[bytes] = Counter()
        self.kept: list[Said | tuple[str, int]] = []
        self.blanks = b""  # what stands between statements, comments too

    def add_rows(self, table: str, count: int) -> None:
        last = self.kept[-1] if self.kept else None
        if isinstance(last, tuple) and last[0] == table:
            self.kept[-1] = (table, last[1] + count)
        else:
            self.kept.append((table, count))


def _parted(said: Sequence[Said], words: Words, rows_of: Collection[str]) -> _Parted:
    found = _Parted()
    for one in said:
        for table, count in one.rows:
            if table in rows_of:
                found.add_rows(table, count)
        comments = words.comment.findall(one.text) if one.kind == "" else _comments_within(one.text, words)
        found.comments.update(comment if isinstance(comment, bytes) else comment[0] for comment in comments)
        if one.kind:
            found.kept.append(one)
        else:
            found.blanks += one.text
    return found


def _comments_within(text: bytes, words: Words) -> list[bytes]:
    runs = [found.group(words.apart.groups) for found in words.apart.finditer(text)]
    return [comment for run in runs if run for comment in words.comment.findall(run)]


def _same(one: Said | tuple[str, int], other: Said | tuple[str, int], *, words: Words, lenient: bool) -> bool:
    if not isinstance(one, Said) or not isinstance(other, Said):
        return one == other
    if one.text == other.text:
        return True
    if one.kind != other.kind:
        return False
    old, new = (_GOES_ON.sub(rb"\g<1>0", side.text) for side in (one, other))
    return old == new or (lenient and _bare(old, words) == _bare(new, words))


def _alike(one: Said | tuple[str, int], other: Said | tuple[str, int]) -> bool:
    """Whether they are the same but for blanks before them, which belong to whatever stands there."""
    if isinstance(one, Said) and isinstance(other, Said):
        return one.text.strip() == other.text.strip()
    return one == other


def _bare(text: bytes, words: Words) -> bytes:
    """The statement with one blank where blanks or comments stand outside of literals."""
    last = words.apart.groups
    return words.apart.sub(lambda found: b" " if found.group(last) else found.group(), text).strip()


def _without_label(said: Sequence[Said]) -> Sequence[Said]:
    for i, one in enumerate(said[:_FIRST]):
        found = LABEL.search(one.text) if one.kind == "" else None
        if found and Label.parse(found.group(1).decode("utf-8", "replace")):
            rest = Said("", one.text[: found.start()] + one.text[found.end() :], one.line, one.rows)
            return [*said[:i], rest, *said[i + 1 :]]
    return said


def _without_moves(said: Sequence[Said]) -> tuple[Sequence[Said], set[bytes]]:
    """Without the `setval`s that end a dump whose sequences were set before their rows; and of which sequences."""
    names: set[bytes] = set()
    rest = list(said)
    while len(rest) > 1 and rest[-1].kind == "" and not rest[-1].text.strip() and not rest[-1].rows:
        found = _MOVE.search(rest[-2].text)
        if found is None:
            break
        names.add(found[1])
        moved = rest[-2]
        rest[-2:] = [Said("", moved.text[: found.start()], moved.line, moved.rows)]
    return rest, names


def _what(one: Said | tuple[str, int] | None) -> str:
    if isinstance(one, Said):
        return f"a `{shown(one.kind, instead='unknown')}` statement"
    return "a run of rows"
