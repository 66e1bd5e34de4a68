"""The fields of an Avro schema as Arrow columns, and the schema of a copy: types and names, and nothing else.

Documentation, aliases, defaults and properties of tools stay behind: they may quote values.
"""

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa

from masker.errors import InputError, Place

_PLAIN = {
    "boolean": pa.bool_(), "int": pa.int32(), "long": pa.int64(), "float": pa.float32(), "double": pa.float64(),
    "string": pa.string(), "bytes": pa.binary(),
}  # fmt: skip
_LOGICAL = {
    ("int", "date"): pa.date32(),
    ("int", "time-millis"): pa.time32("ms"),
    ("long", "time-micros"): pa.time64("us"),
    ("long", "timestamp-millis"): pa.timestamp("ms", "UTC"),
    ("long", "timestamp-micros"): pa.timestamp("us", "UTC"),
    ("long", "local-timestamp-millis"): pa.timestamp("ms"),
    ("long", "local-timestamp-micros"): pa.timestamp("us"),
}
Json = object


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its column, its bare type as JSON, whether it may be null and whether null comes first in its union."""

    name: str
    column: pa.DataType
    type: Json
    nullable: bool
    null_first: bool
    is_enum: bool

    def written(self, *, changed: bool) -> dict[str, Json]:
        """The field in the schema of a copy; words of an enumeration that was masked would tell of originals."""
        type_ = "string" if self.is_enum and changed else self.type
        union = ["null", type_] if self.null_first else [type_, "null"]
        return {"name": self.name, "type": union if self.nullable else type_}


def fields_of(schema: Json, place: Place) -> tuple[Field, ...]:
    """The fields of a record of plain values; raises `InputError` (`unsupported`, `malformed`)."""
    if not isinstance(schema, dict) or schema.get("type") != "record" or not isinstance(schema.get("fields"), list):
        raise InputError("unsupported", "the schema is no record", place=place)
    found = []
    for each in schema["fields"]:
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str):
            raise InputError("malformed", "a field without a name", place=place)
        found.append(_field(name, each.get("type"), Place(place.file, place.table, name)))
    if len({field.name for field in found}) < len(found):
        raise InputError("malformed", "two fields have the same name", place=place)
    return tuple(found)


def schema_of_copy(schema: Json, fields: Collection[Field], changed: Collection[str]) -> Json:
    """The schema of a copy with these fields."""
    name = schema.get("name") if isinstance(schema, dict) else None
    space = schema.get("namespace") if isinstance(schema, dict) else None
    spaced = {"namespace": space} if isinstance(space, str) else {}
    written = [field.written(changed=field.name in changed) for field in fields]
    return {"type": "record", "name": name if isinstance(name, str) else "record", **spaced, "fields": written}


def _field(name: str, type_: Json, place: Place) -> Field:
    nullable = null_first = False
    if isinstance(type_, list):
        plain = [each for each in type_ if each != "null"]
        if len(plain) != 1 or len(type_) > 2:
            raise InputError("unsupported", "a field that may hold values of several types", place=place)
        nullable, null_first, type_ = len(type_) == 2, type_[0] == "null", plain[0]
    column, bare = _column(type_, place)
    return Field(name, column, bare, nullable, null_first, isinstance(bare, dict) and bare["type"] == "enum")


def _column(type_: Json, place: Place) -> tuple[pa.DataType, Json]:
    said = type_ if isinstance(type_, dict) else {"type": type_}
    base, logical = said.get("type"), said.get("logicalType")
    if isinstance(base, str) and (base, logical) in _LOGICAL:
        return _LOGICAL[base, str(logical)], {"type": base, "logicalType": logical}
    if base == "string" and logical == "uuid":
        return pa.string(), {"type": "string", "logicalType": "uuid"}
    named = {key: said[key] for key in ("name", "namespace", "symbols", "size") if key in said}
    if logical == "decimal" and base in ("bytes", "fixed"):
        precision, scale = said.get("precision"), said.get("scale", 0)
        if isinstance(precision, int) and isinstance(scale, int) and 0 <= scale <= precision <= 76 and precision:
            type_of = pa.decimal128 if precision <= 38 else pa.decimal256
            return type_of(precision, scale), {
                "type": base, **named, "logicalType": "decimal", "precision": precision, "scale": scale
            }  # fmt: skip
    if base in _PLAIN and not logical:
        return _PLAIN[str(base)], base
    if base == "enum" and isinstance(said.get("symbols"), list):
        return pa.string(), {"type": "enum", **named}
    if base == "fixed" and isinstance(said.get("size"), int) and not logical:
        return pa.binary(said["size"]), {"type": "fixed", **named}
    raise InputError("unsupported", "a field of a type that is not read", "leave it out or make it flat", place)
