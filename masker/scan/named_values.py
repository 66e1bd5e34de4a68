"""Which cells of a table are the names of others: `meta_key` beside `meta_value`, and what stands there.

No value is kept, and of names at most 4,096.
"""

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, is_text, text_array
from masker.scan.headers import fold, tokens

_VALUE = frozenset("value val data content wert valor valeur valore waarde wartosc varde verdi значение 值".split())
_NAME = frozenset(
    "name key code path option attribute property parameter param setting field label type kind identifier"
    " schlussel merkmal bezeichnung clave nombre cle nom chiave nome sleutel naam nazwa klucz ключ имя 键 名".split()
)
_SAYS_NOTHING = frozenset("true false yes no on off null none default auto enabled disabled ja nein".split())
_LONG_ENOUGH = r"(?s)^\s*\S.{2}"  # three characters of a value could tell of somebody
_MOST_NAMES = 4096
_LONGEST_NAME = 200


@dataclass
class Neighbours:
    """The names in one column that stand beside values of another one; at most 4,096, and no value."""

    name: int
    value: int
    names: dict[str, None] = field(default_factory=dict, repr=False)

    def add(self, names: pa.Array, values: pa.Array) -> None:
        """See n rows: names count where the value could be somebody's."""
        if len(self.names) >= _MOST_NAMES:
            return
        text = as_text(values)
        telling = pc.match_substring_regex(text, pattern=_LONG_ENOUGH)
        nothing = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(text)), value_set=text_array(sorted(_SAYS_NOTHING)))
        for name in pc.unique(as_text(names).filter(pc.and_(telling, pc.invert(nothing)))).to_pylist():
            if name and len(self.names) < _MOST_NAMES:
                self.names.setdefault(name[:_LONGEST_NAME])


def neighbours(schema: pa.Schema) -> list[Neighbours]:
    """The pairs of columns that are name and value: `meta_key` and `meta_value`, `name` and `config_value`."""
    texts = [(place, _cut(column.name)) for place, column in enumerate(schema) if is_text(_plain(column.type))]
    return [
        Neighbours(name, value)
        for value, (its, last) in texts
        if last in _VALUE
        for name, (other, what) in texts
        if what in _NAME and name != value and (its == other or not its or not other)
    ]


def _cut(header: str) -> tuple[tuple[str, ...], str]:
    """The words of a header but the last, and the last."""
    words = [word for word in tokens(header) if not word.isdigit()]
    last = words[-1] if words else fold(header)
    return tuple(words[:-1]), last


def _plain(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_
