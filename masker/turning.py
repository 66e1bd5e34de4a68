"""Turns one masked column back: by its method, or by the way that unreadable values went, never by a guess."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, booleans, flags, is_text, like, once_per_value, validity
from masker.crypto.keys import Keyring, Keys
from masker.errors import GateError, InputError, MaskerError, Place
from masker.manifest import CopyColumn
from masker.methods import METHODS, Reversible

_UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Turning:
    """The method of one column and its keys; called with masked cells it gives originals, and how many it left.

    A masked cell may have come two ways: through the method, or, where the method could not read the original,
    through the `unreadable:` way. Each way gives at most one original that masks to the very cell. Where exactly one
    does, that is the original; where none or both do, the cell stays as it is and is counted.
    """

    method: Reversible
    other: Reversible | None
    keys: Keys
    place: Place

    @classmethod
    def of(cls, column: CopyColumn, keyring: Keyring, table: str) -> "Turning":
        """The turning of a manifest's column; raises `InputError` where a parameter is not of this version."""
        parameters = dict(column.parameters)
        way = parameters.pop(_UNREADABLE, {})
        place = Place(table=table, column=column.name)
        other = None
        # Without unreadable values nothing went the other way, and nothing is to be told apart.
        if column.unreadable and isinstance(way, Mapping) and "parameters" in way:
            other = _method(str(way.get("method")), way["parameters"], place)
        return cls(_method(column.method, parameters, place), other, keyring.keys(column.domain), place)

    def __call__(self, masked: pa.Array) -> tuple[pa.Array, int]:
        """Turn n masked cells back: n cells of the same type, and the number of those that stay masked."""
        plain = as_text(masked) if is_text(masked.type) else masked
        try:
            found = once_per_value(self._originals, plain) if is_text(plain.type) else self._originals(plain)
        except GateError as error:
            raise GateError(error.code, error.message, error.hint, self.place) from None
        lost = validity(plain) & ~validity(found)
        if lost.any():
            found = pc.if_else(booleans(lost), plain, found)
        return like(found, masked.type), int(lost.sum())

    def _originals(self, masked: pa.Array) -> pa.Array:
        """The originals, NULL where they cannot be told."""
        first = self.method.unmask(self.keys, masked)
        if self.other is None:
            return first
        text = self.other.unmask(self.keys, as_text(masked))
        second = _cast(text, masked.type)
        unread = flags(self.method(self.keys, second).is_null()) & validity(second)
        nothing = pa.nulls(len(masked), masked.type)
        # Either way alone: one that both lead to would be a guess.
        only_first = booleans(validity(first) & ~unread)
        only_second = booleans(unread & ~validity(first))
        return pc.if_else(only_first, first, pc.if_else(only_second, second, nothing))


def _method(name: str, parameters: object, place: Place) -> Reversible:
    wrong = InputError("malformed", "the manifest says in no known way how the column was masked", place=place)
    if name not in METHODS or not isinstance(parameters, Mapping):
        raise wrong
    try:
        method = METHODS[name](**parameters)
    except (TypeError, ValueError, MaskerError):
        raise wrong from None
    if not isinstance(method, Reversible):
        raise wrong
    return method


def _cast(text: pa.Array, type_: pa.DataType) -> pa.Array:
    """Text as a column of a type, NULL throughout where some of it has no place there."""
    try:
        return like(text, type_)
    except pa.ArrowInvalid:
        return pa.nulls(len(text), type_)
