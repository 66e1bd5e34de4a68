"""The form of an agreement file, key by key: frozen models, from which `masker show agreement-schema` is made."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from masker.agreement import Answer
from masker.clock import duration
from masker.yaml_text import wrong

_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_PURPOSE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_RECIPIENT = re.compile(r"(staff|subcontractor:[a-z0-9][a-z0-9._-]*)\Z")
_LONGEST_LINE = 200
_LONGEST_LIFE = timedelta(days=3650)


def _line(text: str) -> str:
    if not 0 < len(text.strip()) <= len(text) <= _LONGEST_LINE or not text.isprintable():
        raise wrong(f"this is not one line of 1 to {_LONGEST_LINE} printable characters")
    return text


def _version(given: object) -> object:
    if isinstance(given, float):
        raise wrong("a version is text: `2.10` as a number would be `2.1`", "put it in quotes")
    return str(given) if type(given) is int else given


def _day(given: object) -> date:
    try:
        if isinstance(given, str) and _DAY.match(given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise wrong("this is no day of the calendar", "write it as 2026-12-24")


def _days(given: object) -> timedelta:
    length = duration(given) if isinstance(given, str) else None
    if length is None or length % timedelta(days=1) or not timedelta() < length <= _LONGEST_LIFE:
        raise wrong("a lifetime is a number of whole days, at most ten years", "write 14d, 2w or P14D")
    return length


def _purpose_id(name: str) -> str:
    if not _PURPOSE.match(name) or len(name) > _LONGEST_LINE:
        raise wrong("a purpose's id is small letters, digits and hyphens", "such as `test-patch`")
    return name


def _recipient_id(name: str) -> str:
    if not _RECIPIENT.match(name) or len(name) > _LONGEST_LINE:
        raise wrong("a recipient is `staff` or `subcontractor:NAME`", "NAME: small letters, digits, dots, hyphens")
    return name


def _value(given: object) -> str:
    # `007` and `1e3` are numbers to YAML: as text they would be others than those that the column holds.
    if type(given) is int:
        return str(given)
    if not isinstance(given, str) or not given:
        raise wrong("a value is text, or a number without leading zeros", "put it in quotes")
    if given != given.strip() or not given.isprintable():
        raise wrong("a value has blanks around it or characters that do not print", "rows compare without such blanks")
    return given


def _nothing(given: object) -> object:
    return {} if given is None else given


Line = Annotated[str, AfterValidator(_line), Field(min_length=1, max_length=_LONGEST_LINE)]
Version = Annotated[Line, BeforeValidator(_version), WithJsonSchema({"type": ["string", "integer"]})]
Day = Annotated[date, BeforeValidator(_day)]
Days = Annotated[
    timedelta,
    BeforeValidator(_days),
    WithJsonSchema({"type": "string", "pattern": "^([0-9]+[dw]|P[0-9]+[DW])$", "examples": ["14d", "2w", "P30D"]}),
]
PurposeId = Annotated[str, AfterValidator(_purpose_id)]
RecipientId = Annotated[str, AfterValidator(_recipient_id)]
Value = Annotated[str, BeforeValidator(_value), WithJsonSchema({"type": ["string", "integer"], "minLength": 1})]
Values = Annotated[tuple[Value, ...], Field(strict=False, min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Policy(_Model):
    """The policy on customer data that the agreement goes by."""

    name: Line = Field(description="what the policy is called")
    version: Version = Field(description="its version; a profile's owner must have accepted it")


class Valid(_Model):
    """The days on which the agreement holds, in UTC."""

    from_: Day = Field(alias="from", description="the first day")
    until: Day | None = Field(default=None, description="the last day; no copy lives beyond it; absent: open")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.from_:
            raise wrong("the agreement would end before it begins")
        return self


class PurposeRule(_Model):
    """One agreed use. Short form: its longest life alone, for a purpose that masker knows (`test-patch: 14d`)."""

    text: Line | None = Field(default=None, description="what the use is; known purposes have a text of their own")
    longest: Days | None = Field(
        default=None, description="the longest life of a copy, in whole days; known purposes: 30d"
    )
    dpv: Line | None = Field(default=None, description="the nearest term of https://w3id.org/dpv, such as `dpv:…`")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: object) -> object:
        return {"longest": given} if isinstance(given, str) else _nothing(given)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"type": ["string", "null"]}]}


class Require(_Model):
    """Limits to the risk of finding a person's row, asked of every table before a copy is published."""

    k: Annotated[int, Field(ge=2, le=1_000_000)] | None = Field(
        default=None, description="rows that agree in all quasi-identifiers, at least"
    )
    l: Annotated[int, Field(ge=2, le=1_000_000)] | None = Field(  # noqa: E741 - its name in the literature
        default=None, description="different sensitive values among rows that agree, at least"
    )
    unique: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="share (0..1) of rows that agree with no other row, at most"
    )


class RecipientRule(_Model):
    """What one recipient may get."""

    reversible: bool | None = Field(
        default=None, description="methods that the key turns back; default: staff true, subcontractors false"
    )
    require: Require = Field(default_factory=Require, description="limits to the risk of every table")
    never_keep: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(), description="infotypes whose columns are never kept: `masker show infotypes`"
    )
    own_pseudonyms: bool = Field(
        default=False, description="pseudonyms that no other recipient's copies share, so that copies do not join"
    )
    purposes: Annotated[tuple[str, ...], Field(strict=False)] | None = Field(
        default=None, description="the purposes that it may get copies for; default: all"
    )

    @model_validator(mode="before")
    @classmethod
    def _empty(cls, given: object) -> object:
        return _nothing(given)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"type": "null"}]}


class NoticeRule(_Model):
    """A change that the customer was told of. Roles are enough: names need not stand here."""

    date: Day = Field(description="when the customer was told")
    about: Line = Field(description="what changed")
    told: Line = Field(description="who was told: a role")
    answer: Answer = Field(description="what the customer said; `declined` stops runs under that policy version")
    by: Line | None = Field(default=None, description="who answered: a role")
    policy_version: Version | None = Field(default=None, description="the policy version that the notice is about")


class ExcludeRule(_Model):
    """Rows that are left out of every copy: exactly one of `values`, `values_file` and `only`."""

    table: Line = Field(description="the table")
    column: Line = Field(description="its column that tells the rows")
    values: Values | None = Field(default=None, repr=False, description="rows with one of these values are left out")
    values_file: Line | None = Field(
        default=None, description="the same from a UTF-8 file, one value a line, relative to this file"
    )
    only: Values | None = Field(
        default=None, repr=False, description="rows with none of these values are left out (NULL too)"
    )
    reason: Line = Field(description="why, without a name: `declined`, `other customer`")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.values, self.values_file, self.only)) != 1:
            raise wrong("one of `values`, `values_file` and `only` says which rows, not none and not two")
        return self


class AgreementFile(_Model):
    """An agreement on the use of a customer's data."""

    version: Literal[1] = Field(alias="masker-agreement", description="the version of this form")
    customer: Line = Field(description="the customer's id; it separates pseudonyms: changing it changes them all")
    reference: Line = Field(description="the agreement's own reference")
    order_forms: Annotated[tuple[Line, ...], Field(strict=False)] = Field(default=(), description="their references")
    statements_of_work: Annotated[tuple[Line, ...], Field(strict=False)] = Field(
        default=(), description="their references"
    )
    policy: Policy
    valid: Valid
    purposes: Annotated[Mapping[PurposeId, PurposeRule], Field(min_length=1)] = Field(
        description="what copies may be made for: `masker show purposes` lists those that masker knows"
    )
    recipients: Annotated[Mapping[RecipientId, RecipientRule], Field(min_length=1)] = Field(
        description="who may get copies: `staff`, `subcontractor:NAME`"
    )
    notices: Annotated[tuple[NoticeRule, ...], Field(strict=False)] = Field(
        default=(), description="changes that the customer was told of"
    )
    exclude: Annotated[tuple[ExcludeRule, ...], Field(strict=False)] = Field(
        default=(), description="rows that are left out of every copy, with what hangs on them"
    )


def agreement_schema() -> dict[str, Any]:
    """The JSON schema of agreement files, for editors."""
    return AgreementFile.model_json_schema(by_alias=True)
