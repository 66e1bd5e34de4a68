"""Runs the tests that stand in a profile: one invented row each, masked as a run would, and held to what is expected.

The key is drawn anew every time, so that a test can only say what holds under any key. No message holds a value.
"""

import os
import re
from collections.abc import Iterator, Mapping

import pyarrow as pa

from masker.crypto.keys import Keyring
from masker.errors import GateError, MaskerError, UsageError
from masker.plan.bind import Masking
from masker.plan.build import make_plan
from masker.plan.narrow import for_table
from masker.profile import Expectation, ProfileTest, Scalar
from masker.profile.load import LoadedProfile
from masker.snapshot import Rows, Table

_GIVEN = "given"
_TYPES: Mapping[type, pa.DataType] = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}


def run_tests(loaded: LoadedProfile) -> Iterator[GateError]:
    """What fails, by test: an error (`profile-test`, not raised) for each expectation that does not hold."""
    for number, test in enumerate(loaded.profile.tests):
        place = loaded.place("tests", str(number))
        told = f"test {number + 1}" + (f" ({test.name})" if test.name else "")
        try:
            masked = _masked(loaded, test)
        except MaskerError as error:
            yield GateError("profile-test", f"{told} cannot run: {error.message}", error.hint, place)
            continue
        for column, expected in test.expect.items():
            if column not in masked:
                yield GateError("profile-test", f"{told}: `{column}` is not in the copy", place=place)
                continue
            if broken := _broken(expected, masked, column, test.given.get(column)):
                yield GateError("profile-test", f"{told}: `{column}` {broken}", place=place)


def _masked(loaded: LoadedProfile, test: ProfileTest) -> dict[str, Scalar]:
    """The row after masking, by column; what is dropped is not in it."""
    narrowed = for_table(loaded, test.table)
    if test.table not in narrowed.profile.tables:
        raise UsageError("profile", "the profile has no table of that name")
    rules = narrowed.profile.tables[test.table]
    names = [*rules.columns, *([rules.subject.key] if rules.subject and rules.subject.key else [])]
    if unknown := set(test.given) - set(names):
        raise UsageError("profile", f"{len(unknown)} columns are given that the profile does not name")
    row = {name: test.given.get(name) for name in dict.fromkeys(names)}
    schema = pa.schema([(name, _TYPES.get(type(value), pa.string())) for name, value in row.items()])
    table = Table(test.table, schema)
    plan = make_plan([table], narrowed, None, customer="", purpose="", recipient="")
    masking = Masking(plan, Keyring(os.urandom(32), customer="", purpose="", ephemeral=True))
    rows, _ = masking(Rows(table.name, pa.RecordBatch.from_pylist([row], schema=schema)))
    return dict(rows.batch.to_pylist()[0])


def _broken(expected: Expectation, masked: Mapping[str, Scalar], column: str, given: Scalar) -> str:
    """What of an expectation does not hold, in words; "" where all does."""
    value, said = masked[column], expected.model_fields_set
    text = "" if value is None else str(value)
    if expected.is_null is not None and expected.is_null != (value is None):
        return "is NULL" if value is None else "is not NULL"
    if expected.matches is not None and (value is None or not re.fullmatch(expected.matches, text)):
        return "does not match"
    if "equals" in said and value != (given if expected.equals == _GIVEN else expected.equals):
        return "is another value than expected"
    if "not_" in said and value == (given if expected.not_ == _GIVEN else expected.not_):
        return "is the value that it must not be"
    if expected.length is not None:
        wanted = len(str(given)) if expected.length == _GIVEN else expected.length
        if value is None or len(text) != wanted:
            return "has another length"
    if expected.differs is not None and value == masked.get(expected.differs):
        return f"is the same as `{expected.differs}`"
    return ""
