"""Faults that let originals through: untouched, or changed so little that they are the same."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from masker.formats.parquet import ParquetSink
from masker.label import KEY
from masker.methods.fake import Fake
from masker.methods.fpe import METHOD as FPE
from masker.methods.ip import METHOD as IP
from masker.methods.permute import Permute
from masker.methods.redact import METHOD as REDACT
from masker.methods.shift_date import ShiftDate
from masker.methods.token import METHOD as TOKEN
from tests.verify.seeded.bench import Bench, Values
from tests.verify.seeded.registry import fault

SAME, NEARLY, HIDDEN = "masked as itself", "hardly changed", "originals in another place"


def _as_it_is(method: type, bench: Bench, wanted: Callable[[object], bool] = lambda method: True) -> None:
    real = method.__call__  # type: ignore[operator]

    def call(self: object, keys: object, column: pa.Array, by: object = None, given: object = None) -> pa.Array:
        return column if wanted(self) else real(self, keys, column, by, given)

    bench.patch.setattr(method, "__call__", call)


@fault(SAME)
def fakes_of_one_infotype_are_the_originals(bench: Bench) -> None:
    """`fake` gives user names back as they are."""
    _as_it_is(Fake, bench, lambda method: getattr(method, "infotype", "") == "username")


@fault(SAME)
def fakes_of_names_are_the_originals(bench: Bench) -> None:
    """`fake` gives last names back as they are."""
    _as_it_is(Fake, bench, lambda method: getattr(method, "infotype", "") == "last_name")


@fault(SAME)
def encryption_gives_the_plain_text(bench: Bench) -> None:
    """`fpe` gives everything back as it is."""
    _as_it_is(FPE, bench)


@fault(SAME)
def encryption_with_a_check_gives_the_plain_text(bench: Bench) -> None:
    """`fpe` gives account numbers with a check digit back as they are."""
    _as_it_is(FPE, bench, lambda method: getattr(method, "check", "") == "iban")


@fault(SAME)
def tokens_are_the_originals(bench: Bench) -> None:
    """`token` gives everything back as it is."""
    _as_it_is(TOKEN, bench)


@fault(SAME)
def addresses_of_machines_are_the_originals(bench: Bench) -> None:
    """`ip` gives everything back as it is."""
    _as_it_is(IP, bench)


@fault(SAME)
def permuted_numbers_are_the_originals(bench: Bench) -> None:
    """`permute` gives everything back as it is."""
    _as_it_is(Permute, bench)


@fault(SAME)
def shifted_dates_are_the_originals(bench: Bench) -> None:
    """`shift_date` moves every date by no day."""
    _as_it_is(ShiftDate, bench)


@fault(SAME)
def redacted_text_is_the_original(bench: Bench) -> None:
    """`redact` gives everything back as it is."""
    _as_it_is(REDACT, bench)


@fault(SAME)
def what_is_unreadable_passes(bench: Bench) -> None:
    """Values that their method cannot read are filled in as they are."""
    from masker.plan.bind import Masking

    real = Fake.__call__

    def call(self: Fake, keys: object, column: pa.Array, by: object = None, given: object = None) -> pa.Array:
        masked = real(self, keys, column, by, given)  # type: ignore[arg-type]
        if self.infotype != "email":
            return masked
        return pa.array([None if old and "WERK" in old else new
                         for old, new in zip(column.to_pylist(), masked.to_pylist(), strict=True)])  # fmt: skip

    def fill(masking: Masking, column: object, keys: object, text: pa.Array, masked: pa.Array) -> pa.Array:
        return pa.array([new if new is not None else old
                         for old, new in zip(text.to_pylist(), masked.to_pylist(), strict=True)])  # fmt: skip

    bench.patch.setattr(Fake, "__call__", call)
    bench.patch.setattr(Masking, "_fill_unreadable", fill)


def _where(table: str, column: str, bench: Bench, wanted: Callable[[int, str], bool]) -> None:
    """Let those originals pass that `wanted` (row in its batch, original) names."""

    def pass_(old: Values, new: Values, number: int) -> Values:
        return [a if a and wanted(i, str(a)) else b for i, (a, b) in enumerate(zip(old, new, strict=True))]

    bench.values(table, column, pass_)


@fault(SAME)
def every_tenth_row_passes(bench: Bench) -> None:
    """Every tenth value of a column passes as it is."""
    _where("customers", "code", bench, lambda row, value: row % 10 == 9)


@fault(SAME)
def long_values_pass(bench: Bench) -> None:
    """Values over 22 characters pass as they are."""
    _where("customers", "email", bench, lambda row, value: len(value) > 22)


@fault(SAME)
def short_values_pass(bench: Bench) -> None:
    """Values under ten characters pass as they are."""
    _where("customers", "city", bench, lambda row, value: len(value) < 6)


@fault(SAME)
def values_in_other_alphabets_pass(bench: Bench) -> None:
    """Values with letters outside of ASCII pass as they are."""
    _where("customers", "nickname", bench, lambda row, value: not value.isascii())


@fault(SAME)
def values_in_capitals_pass(bench: Bench) -> None:
    """Values in capitals pass as they are."""
    _where("customers", "email", bench, lambda row, value: value.isupper())


@fault(SAME)
def values_with_blanks_pass(bench: Bench) -> None:
    """Values with a blank in them pass as they are."""
    _where("customers", "nickname", bench, lambda row, value: value.startswith("nick name"))


@fault(SAME)
def cells_in_quotes_pass(bench: Bench) -> None:
    """Cells that stand in quotes in the CSV pass as they are."""
    _where("customers", "city", bench, lambda row, value: bool(set(value) & set(',"')))


@fault(SAME)
def repeated_values_pass(bench: Bench) -> None:
    """The second and later occurrences of a value in a batch pass as they are."""

    def again(old: Values, new: Values, number: int) -> Values:
        return [a if a in old[:i] else b for i, (a, b) in enumerate(zip(old, new, strict=True))]

    bench.values("customers", "last_name", again)


def _changed(table: str, column: str, bench: Bench, change: Callable[[str], str]) -> None:
    """Put originals, changed by `change`, in the place of pseudonyms."""
    bench.values(table, column, lambda old, new, number: [change(a) if a else a for a in old])


@fault(NEARLY)
def values_are_upper_case_only(bench: Bench) -> None:
    """A masked value is its original in capitals."""
    _changed("orders", "email", bench, lambda value: value.swapcase())


@fault(NEARLY)
def values_are_trimmed_only(bench: Bench) -> None:
    """A masked value is its original without its first and last blank, and with one in front where it had none."""
    _changed("customers", "code", bench, lambda value: value.strip() if value != value.strip() else " " + value)


@fault(NEARLY)
def a_blank_is_appended(bench: Bench) -> None:
    """A masked value is its original and a blank."""
    _changed("customers", "nickname", bench, lambda value: value + " ")


@fault(NEARLY)
def a_word_is_put_in_front(bench: Bench) -> None:
    """A masked value is its original with a word in front of it."""
    _changed("customers", "email", bench, lambda value: f"masked {value}")


@fault(NEARLY)
def values_are_base64(bench: Bench) -> None:
    """A masked value is its original in base64."""
    _changed("customers", "email", bench, lambda value: base64.b64encode(value.encode()).decode())


@fault(NEARLY)
def values_are_url_encoded(bench: Bench) -> None:
    """A masked value is its original, URL-encoded."""
    _changed("customers", "phone", bench, lambda value: quote(value, safe=""))


@fault(NEARLY)
def values_are_json_escaped(bench: Bench) -> None:
    """A masked value is its original with every character as a JSON escape."""
    _changed("customers", "email", bench, lambda value: "".join(f"\\u{ord(c):04x}" for c in value))


@fault(NEARLY)
def values_are_hexadecimal(bench: Bench) -> None:
    """A masked value is its original in hexadecimal digits."""
    _changed("customers", "email", bench, lambda value: value.encode().hex())


@fault(NEARLY)
def separators_are_changed_only(bench: Bench) -> None:
    """A masked telephone number has the digits of its original, with other separators."""
    _changed("customers", "phone", bench, lambda value: value.replace(" ", "-"))


@fault(NEARLY)
def accounts_are_regrouped_only(bench: Bench) -> None:
    """A masked account number has the characters of its original in groups of four."""
    _changed("customers", "iban", bench, lambda value: re.sub(r"(.{4})", r"\1 ", value))


def _into(table: str, column: str, source: str, bench: Bench, change: Callable[[str], str] = str) -> None:
    """Put originals of `source` into another masked `column` of the same table."""

    def put(old: pa.RecordBatch, new: pa.RecordBatch, number: int) -> pa.RecordBatch:
        from tests.verify.seeded.bench import with_column

        hidden = [
            new_ if new_ is None or not old_ else change(str(old_))
            for old_, new_ in zip(old[source].to_pylist(), new[column].to_pylist(), strict=True)
        ]
        return with_column(new, column, pa.array(hidden, new[column].type))

    bench.rows(table, put)


@fault(HIDDEN)
def originals_stand_in_another_column(bench: Bench) -> None:
    """A masked column holds the originals of another one."""
    _into("customers", "nickname", "email", bench)


@fault(HIDDEN)
def originals_stand_in_free_text(bench: Bench) -> None:
    """Redacted text ends with the originals of another column."""
    _into("customers", "note", "email", bench, lambda value: f"[redacted] {value}")


@fault(HIDDEN)
def originals_stand_in_free_text_as_base64(bench: Bench) -> None:
    """Redacted text ends with the originals of another column in base64."""
    _into("customers", "note", "iban", bench, lambda value: "ref " + base64.b64encode(value.encode()).decode())


@fault(HIDDEN)
def a_dropped_column_shows_elsewhere(bench: Bench) -> None:
    """Originals of the dropped column stand in a masked one."""
    _into("customers", "code", "secret", bench)


@fault(HIDDEN)
def originals_stand_in_a_url(bench: Bench) -> None:
    """Originals stand, URL-encoded, in the query of an address in redacted text."""
    _into(
        "customers", "note", "email", bench, lambda value: f"https://portal.example/?user={quote(value, safe='')}&x=1"
    )


@fault(HIDDEN)
def one_original_stands_in_another_table(bench: Bench) -> None:
    """One single original of one table stands in a masked cell of another one."""
    bench.values(
        "tickets",
        "body",
        lambda old, new, number: ["mail person.77@haus.example now", *new[1:]] if number == 1 else new,
    )


@fault(HIDDEN)
def a_row_is_logged_into_a_cell(bench: Bench) -> None:
    """A redacted cell holds the whole original row as JSON, as from a debugging aid."""

    def log(old: pa.RecordBatch, new: pa.RecordBatch, number: int) -> pa.RecordBatch:
        from tests.verify.seeded.bench import with_column

        rows = new["note"].to_pylist()
        if number == 0:
            rows[3] = json.dumps(old.to_pylist()[3])
        return with_column(new, "note", pa.array(rows, pa.string()))

    bench.rows("customers", log)


@fault(HIDDEN)
def an_original_is_a_column_name(bench: Bench) -> None:
    """A CSV header cell is replaced by the first value below it."""
    bench.bytes_of("csv", lambda data: data.replace(b",nickname,", b",nick-00002,", 1))


@fault(HIDDEN)
def an_original_is_an_extra_key(bench: Bench) -> None:
    """A JSON record has one more member, with an original in it."""
    bench.bytes_of("jsonl", lambda data: data.replace(b'"paid"', b'"by": "person.5@haus.example", "paid"', 1))


@fault(HIDDEN)
def an_original_stands_behind_a_duplicate_key(bench: Bench) -> None:
    """A JSON record has the same key twice, first with an original."""
    bench.bytes_of(
        "jsonl", lambda data: data.replace(b'"email": "', b'"email": "person.5@haus.example", "email": "', 1)
    )


@fault(HIDDEN)
def an_original_stands_in_the_label(bench: Bench) -> None:
    """The label inside the copy names an original instead of a recipient."""
    real = ParquetSink._schema

    def schema(sink: ParquetSink, names: list[str]) -> pa.Schema:
        label = sink._label.as_text() if sink._label else ""
        return real(sink, names).with_metadata({KEY: label.replace("staff", "person.5@haus.example")})

    bench.patch.setattr(ParquetSink, "_schema", schema)


@fault(HIDDEN)
def an_extra_file_holds_originals(bench: Bench) -> None:
    """A log of the run lies in the copy's folder."""
    bench.before_verifying = lambda root: Path(root, "masking.log").write_text("person.5@haus.example\n") and None
