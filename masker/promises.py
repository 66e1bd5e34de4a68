"""What a plan promises of its copy, in a form that the verifier reads without knowing methods, formats or keys.

The run hands it to the verifier; the manifest carries it, so that a copy can be checked against SOURCE years later.
"""

from dataclasses import dataclass

from masker.snapshot import ForeignKey, HeldKey, TypedKey


@dataclass(frozen=True, slots=True)
class LeafPromise:
    """What the copy promises of the values at one path inside of a column's cells, as `ColumnPromise` does of cells.

    `path` is `$(others)` for values that no path leads to, `$(unreadable)` for cells that cannot be read.
    """

    column: str
    path: str
    infotype: str
    method: str
    fate: str
    changes: bool = True
    space: float | None = None
    repeats: bool = False
    distinct: bool = False
    shares: str = ""


@dataclass(frozen=True, slots=True)
class ColumnPromise:
    """What the copy promises of one column.

    `fate`: `kept` (every cell equals its original), `masked` (see `changes`), `nulled` (NULL throughout) or
    `dropped` (not in the copy). `changes` promises that a masked cell differs from its own original but by chance;
    `space` is then the size of the output space that chance is measured in (None: never equal). `nulls_kept`: NULLs
    are where they were. `unique`: no two different originals share a pseudonym, and a repeated one repeats.

    `repeats`: a pseudonym is a function of its original and of the row's cells in `reads`; `distinct`: and different
    originals get different ones, but for spellings. Columns with the same word in `shares` (not "") have this function
    in common: by value where `reads` is empty; where `shift` is not 0, the number of days that dates move by, at most
    `shift`, is a function of the first of `reads`.
    `stays`: so many digits of a value stay where its format does, or follow from the others; `varies`: no more than so
    many change (0: all the others). `keeps_length` and `keeps_prefix` (so many first characters) say what most
    pseudonyms have of their own original. `ignores` says what does not tell values of a key apart (`case`, `accents`,
    `blanks` at the end). `leaves` are promises for values at paths into JSON, the first that names one counts, `others`
    for all others in it, `unread` for cells that cannot be read.
    """

    name: str
    infotype: str
    method: str
    fate: str
    changes: bool = True
    space: float | None = None
    nulls_kept: bool = True
    unique: bool = False
    repeats: bool = False
    distinct: bool = False
    reads: tuple[str, ...] = ()
    shares: str = ""
    shift: int = 0
    stays: int = 0
    varies: int = 0
    keeps_length: bool = False
    keeps_prefix: int = 0
    ignores: tuple[str, ...] = ()
    mark: str = ""
    leaves: tuple[LeafPromise, ...] = ()
    others: LeafPromise | None = None
    unread: LeafPromise | None = None


@dataclass(frozen=True, slots=True)
class TablePromise:
    """What the copy promises of one table: the same rows in the same order, its columns, and keys that still join.

    `held` are keys inside of cells, `typed` those whose table another cell names; they join as before too. Rows that
    differed in the columns of a set in `unique` still do. Rows of a table count as rows of the one it is `part_of`.
    `made`: SOURCE has no rows of it, and those of the copy were made by its own triggers from rows of other tables.
    `at` says in JSON where in a document rows and cells stand: `rows` are the steps (null: any element, true: any
    member), `kinds` how far along them a word tells the kind, where, and which; `columns` the steps from a row on (0:
    its key). `more` are further files with rows of the table, which come behind those of `file`, in this order.
    """

    name: str
    file: str
    columns: tuple[ColumnPromise, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    held: tuple[HeldKey, ...] = ()
    typed: tuple[TypedKey, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    part_of: str = ""
    made: bool = False
    at: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promises:
    """The promises for every table of a copy; `file` in each: a POSIX path below its root ("" for a single file).

    `quoting` names the views, triggers, tables ... whose statements may quote originals: their owner decided so.
    """

    tables: tuple[TablePromise, ...]
    quoting: tuple[str, ...] = ()
