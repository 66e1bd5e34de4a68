"""Key names: what a column's name says of whose key it is (`customer_id`, `KundenNr`, `c_custkey`, a bare `id`)."""

from dataclasses import dataclass

from masker.relations import ColumnSketch, KeyColumn
from masker.scan.headers import Lexicon, Tokens
from masker.scan.profiles import ColumnProfile
from masker.scan.subjects import person_in, singular
from masker.scan.weights import weights


@dataclass(frozen=True, slots=True)
class KeyName:
    """A name read as a key: its `stem` without the key word, in the singular; `person`: the subject it names or ""."""

    is_key: bool
    stem: Tokens
    person: str


def read_key(name: str, lexicon: Lexicon) -> KeyName:
    """Read a column name as the name of a key.

    The key word stands last (`customer id`), or first as in Romance languages (`id cliente`).
    """
    words = tuple(t for t in lexicon.split(name) if not t.isdigit())
    known, stop = weights().words["key"], weights().words["key_stop"]
    wide = name.endswith(("编号", "番号", "号", "コード", "ID"))
    if words and words[-1] in known:
        stem = _strip(words[:-1], known)
    elif words and words[0] in known:
        stem = _strip(words[1:], known)
    elif wide and words:
        return KeyName(True, words, person_in(words))
    else:
        return KeyName(False, words, "")
    person = "" if any(token in stop for token in stem[-1:]) else person_in(stem)
    return KeyName(True, tuple(map(singular, stem)), person)


def _strip(words: Tokens, known: frozenset[str]) -> Tokens:
    while words and words[-1] in known:
        words = words[:-1]
    # table prefixes of one letter: c_custkey, o_orderkey
    return words[1:] if len(words) > 1 and len(words[0]) == 1 else words


def key_like(column: ColumnProfile) -> bool:
    """Whether the values can be keys: integers, UUIDs, hex, short codes without blanks; never text, dates, amounts."""
    if column.kind in ("boolean", "decimal", "date", "timestamp", "time", "nested", "binary"):
        return False
    if column.kind == "empty":
        return True
    coded = column.longest <= 64 and column.mean_words == 1.0 and not column.fractions
    return bool(column.shape) or column.kind == "integer" or (coded and not any("@" in v for v in column.distinct))


def key_column(table: str, column: ColumnProfile, lexicon: Lexicon, sketch: ColumnSketch) -> KeyColumn:
    """The column as the inference of relations wants it."""
    read = read_key(column.name, lexicon)
    usable = key_like(column) and column.kind != "empty"
    return KeyColumn(
        table=table,
        name=column.name,
        kind="integer" if column.kind == "integer" else "text" if column.kind == "text" else column.kind,
        tokens=lexicon.split(column.name),
        stem=read.stem,
        is_key=read.is_key and usable,
        sketch=sketch if usable else ColumnSketch(sketch.rows, sketch.nulls, 0, False),
        person=read.person,
        sparse=_sparse(column),
    )


def _sparse(column: ColumnProfile) -> bool:
    """Whether other columns' values are not among these by accident, as small integers are among 1 … n.

    At most half of the numbers in the range are taken, or the range starts far above its size, or these are no numbers.
    """
    if column.low is None or column.high is None:
        return column.mean_length >= 5
    return column.high - column.low + 1 >= 2 * column.sketch.distinct or column.low > 2 * column.sketch.distinct


def entity(table: str, lexicon: Lexicon) -> Tokens:
    """A table's name as singular tokens: what its keys are called by (`crm/customers` → `customer`)."""
    last = table.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    noise = ("tbl", "table", "data", "dim", "fact", "stg", "raw", "vw", "view", "export", "dump", "sys", "t", "v")
    words = tuple(t for t in lexicon.split(last) if not t.isdigit() and t not in noise)
    return tuple(map(singular, words))
