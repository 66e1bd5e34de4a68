"""The data owner's profile: which column gets which method. Frozen models; `load.py` reads them from YAML."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from masker.profile.keys import References, TableKeys
from masker.requirement import Require
from masker.yaml_text import wrong

RESERVED = ("method", "infotype", "domain", "by", "unreadable", "references", "ignore", "paths")
"""Keys of a column's rule that are not parameters of its method."""

SAME = "same"
"""In the place of a method: the way of the column that this one refers to."""

SubjectName = Literal["employee", "customer", "partner", "supplier", "user", "patient", "none"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Model):
    """The way for a column: a method with its parameters, short form `fake` or long form `{method: fake, locale: …}`.

    `infotype` says what the column holds (else its name must say so), `domain` which columns share pseudonyms
    (default: the infotype), `by` the column that says whose value it is (`none`: go by value), `unreadable` the way
    for values that the method cannot read. `references` names the column (`customers.id`), or several, whose values
    stand here or inside of the cells; without a method, the column goes the way of that one. `ignore` says what does
    not tell two values apart. `paths` says of a column with JSON in its cells what becomes of the values at a path
    (`$.buyer.email`, `$.tags[*]`, `$.people.*.name`); all other texts and numbers in it go the method's way.
    """

    method: str = Field(description="a masking method: `masker show methods`")
    infotype: str | None = Field(default=None, description="what the column holds: `masker show infotypes`")
    domain: str | None = Field(
        default=None, description="columns of one domain share pseudonyms; default: the infotype"
    )
    by: str | None = Field(default=None, description="the column whose value says whose it is, or `none`")
    unreadable: "Rule | None" = Field(default=None, description="the way for values that the method cannot read")
    references: References = Field(default=(), description="the column whose values stand here: `customers.id`")
    ignore: tuple[Literal["case", "accents", "blanks"], ...] = Field(
        default=(), description="what does not tell two values apart, as in the database; `blanks`: those at the end"
    )
    paths: "Mapping[str, Rule]" = Field(default_factory=dict, description="the ways for values inside of JSON, by path")
    parameters: Mapping[str, Any] = Field(default_factory=dict, description="the method's own parameters")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: object) -> object:
        if isinstance(given, str):
            return {"method": given}
        if not isinstance(given, dict) or "parameters" in given:
            return given
        known = {key: value for key, value in given.items() if key in RESERVED}
        refers = known.get("references")
        if isinstance(refers, str) or (isinstance(refers, list) and refers and isinstance(refers[0], str)):
            known.setdefault("method", SAME)
        return {**known, "parameters": {key: value for key, value in given.items() if key not in RESERVED}}


class Subject(_Model):
    """Whose data a table holds and the column that tells one person from another."""

    is_: SubjectName = Field(alias="is", description="whose data it is")
    key: str = Field(default="", description="the column that identifies the person; empty: rows go by value")


class RequireRules(_Model):
    """What the rows of a copy must keep to, together: nothing is published of a table that does not."""

    k: int = Field(default=0, ge=0, description="the fewest rows that agree in all quasi-identifiers")
    l: int = Field(  # noqa: E741 - its name in the literature
        default=0, ge=0, description="the fewest different sensitive values among such rows"
    )
    unique: float = Field(default=1.0, ge=0, le=1, description="the largest share of rows that agree with no other")
    quasi: tuple[str, ...] | None = Field(default=None, description="columns; default: those whose infotype says so")
    sensitive: tuple[str, ...] | None = Field(
        default=None, description="columns; default: health, ethnicity, religion and salary"
    )

    @property
    def limits(self) -> Require:
        """The same as a plain value."""
        return Require(self.k, self.l, self.unique, self.quasi, self.sensitive)


class TableRules(TableKeys):
    """The decisions for one table: every column of it must be named."""

    subject: Subject | None = None
    require: RequireRules | None = Field(default=None, description="for this table; the stricter of both holds")
    columns: Mapping[str, Rule] = Field(default_factory=dict)


Scalar = str | int | float | bool | None


class Expectation(_Model):
    """What a masked value must be; all that is said must hold. `given` means the value that was given."""

    matches: str | None = Field(default=None, description="a regular expression that the whole value matches")
    equals: Scalar = Field(default=None, description="this very value, or `given`")
    not_: Scalar = Field(default=None, alias="not", description="any value but this one, or but `given`")
    is_null: bool | None = Field(default=None, description="whether it is NULL")
    length: int | Literal["given"] | None = Field(default=None, description="so many characters, or as many as `given`")
    differs: str | None = Field(default=None, description="another value than this column of the row")

    @model_validator(mode="after")
    def _says_something(self) -> "Expectation":
        if not self.model_fields_set:
            raise wrong("the test expects nothing", "say `matches`, `equals`, `not`, `is_null`, `length` or `differs`")
        try:
            re.compile(self.matches or "")
        except re.error:
            raise wrong("`matches` is no regular expression") from None
        return self


class ProfileTest(_Model):
    """A test of the profile: one row of a table as it is given, and what its masked values must be.

    Values are the owner's inventions, never those of anybody. Columns that are not given are NULL.
    """

    table: str
    name: str = Field(default="", description="what the test says, in a few words")
    given: Mapping[str, Scalar] = Field(min_length=1, description="the row: values by column")
    expect: Mapping[str, Expectation] = Field(min_length=1, description="what must hold of masked values, by column")


class StatementRules(_Model):
    """What of a source's statements may stay, where rows are not all that it holds (SQL dumps, databases)."""

    keep: tuple[str, ...] = Field(
        default=(), description="tables, views, functions, … whose statements may quote values of masked columns"
    )
    comments: Literal["drop", "keep"] = Field(
        default="drop", description="comments that no dump tool wrote, in copies in which anything is masked"
    )


class CleanRules(_Model):
    """The ways for columns that a scan finds clean, and that say when something was or which thing it was."""

    dates: Rule | None = Field(default=None, description="for dates and times of events; default: kept")
    ids: Rule | None = Field(default=None, description="for columns whose values are all different; default: kept")


Undecided = Literal["refuse", "pseudonymize", "redact", "drop"]


class Profile(_Model):
    """A whole profile, with what it extends already merged in: `infotypes` is complete, `tables` is the owner's own."""

    masker: Literal[1]
    name: str
    owner: str = ""
    summary: str = ""
    keeps: str = ""
    loses: str = ""
    agreement: str | None = Field(default=None, min_length=1, description="an agreement file, relative to this one")
    extends: str | None = None
    locale: str = "en_US"
    undecided: Undecided = Field(default="refuse", description="for columns that nobody decided; never inherited")
    unreadable: Rule = Field(default_factory=lambda: Rule(method="fpe"))
    infotypes: Mapping[str, Rule] = Field(default_factory=dict, description="the way for columns of an infotype")
    clean: CleanRules = Field(default_factory=CleanRules, description="for drafts: what of the clean columns changes")
    key: Literal["any", "ephemeral"] = Field(
        default="any", description="`ephemeral`: no pseudonym is made by a key that anybody keeps"
    )
    require: RequireRules | None = Field(default=None, description="for every table with quasi-identifiers")
    statements: StatementRules = Field(default_factory=StatementRules, description="what stands between the rows")
    tables: Mapping[str, TableRules] = Field(default_factory=dict)
    tests: tuple[ProfileTest, ...] = Field(default=(), description="tests of this profile: `masker profile test`")
