"""What a profile says of keys: `references:` of a column, of several together, and keys whose table a cell names."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str | dict) else given


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Inside(_Model):
    """Keys inside of a cell: `path` (`$[*]`, `$.buyer.id`) into an array or JSON, `to` the column they refer to."""

    path: str = Field(pattern=r"\$", description="where in the cell the keys stand: `$[*]`, `$.name`, `$.list[*].id`")
    to: str = Field(description="the column that they refer to: `customers.id`")


References = Annotated[
    tuple[str | Inside, ...],
    BeforeValidator(_listed, json_schema_input_type=str | Inside | tuple[str | Inside, ...]),
]
"""One `table.column` or several, short form without a list."""


class Reference(_Model):
    """A key of several columns: `columns` here refer to `to`, in the same order (`[regions.country, regions.code]`)."""

    columns: tuple[str, ...] = Field(min_length=1)
    to: tuple[str, ...] = Field(min_length=1, description="as many `table.column`, all of one table")


class Polymorphic(_Model):
    """A key whose table another cell of the row names: `tables` maps the words in `type` to `table.column`.

    `other` says what happens where that cell has another word: `refuse`, or the id column's `own` rule.
    """

    type: str = Field(description="the column that names the table; it must be kept")
    id: str = Field(description="the column that holds the key")
    tables: Mapping[str, str] = Field(min_length=1)
    other: Literal["refuse", "own"] = "refuse"


class TableKeys(_Model):
    """The keys of one table that no single column's rule can tell; one, or a list of them."""

    references: Annotated[
        tuple[Reference, ...],
        BeforeValidator(_listed, json_schema_input_type=Reference | tuple[Reference, ...]),
    ] = Field(default=(), description="keys of several columns")
    polymorphic: Annotated[
        tuple[Polymorphic, ...],
        BeforeValidator(_listed, json_schema_input_type=Polymorphic | tuple[Polymorphic, ...]),
    ] = Field(default=(), description="keys whose table another cell names")
