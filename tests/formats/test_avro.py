"""Avro files: types and codecs of copies, what their headers lack, and what is refused."""

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import fastavro
import pytest
from desk import MARK, Desk, desk

from masker.errors import Place
from masker.formats.avro.container import header_bytes, long
from masker.verify.avro_container import avro_problems
from masker.verify.avro_reader import AvroReader

__all__ = ["desk"]
ID: dict[str, object] = {"name": "id", "type": "long"}
SCHEMA: dict[str, object] = {
    "type": "record",
    "name": "Person",
    "namespace": "example.crm",
    "doc": MARK,
    "fields": [
        ID,
        {"name": "mail", "type": ["null", "string"], "doc": MARK, "default": None},
        {"name": "name", "type": ["string", "null"], "default": MARK, "aliases": [MARK]},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": [f"{MARK}0", f"{MARK}1"]}},
        {"name": "born", "type": {"type": "int", "logicalType": "date"}},
        {"name": "seen", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "paid", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "uuid", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "code", "type": {"type": "fixed", "name": "Code", "size": 3}},
        {"name": "rate", "type": ["float", "null"]},
        {"name": "flag", "type": "boolean"},
    ],
}
KEPT = ("id", "seen", "paid", "uuid", "code", "rate", "flag")
PROFILE = "masker: 1\nname: p\ntables:\n  t:\n    columns:\n" + "".join(
    f"      {name}: {way}\n"
    for name, way in {
        **dict.fromkeys(KEPT, "{method: keep, infotype: none}"),
        "mail": "{method: token, infotype: email}",
        "name": "{method: fake, infotype: person_name}",
        "kind": "{method: token, infotype: username}",
        "born": "{method: shift_date, within: 90d, infotype: birth_date}",
    }.items()
)


def record(n: int) -> dict[str, object]:
    return {
        "id": n,
        "mail": f"{MARK}{n}@mail.example" if n % 5 else None,
        "name": f"{MARK.title()}{n} Meier",
        "kind": f"{MARK}{n % 2}",
        "born": date(1950 + n % 50, 1 + n % 12, 3),
        "seen": datetime(2024, 1, 1, n % 24, tzinfo=UTC),
        "paid": Decimal(n) / 4 if n % 4 else Decimal("1.00"),
        "uuid": UUID(int=n),
        "code": b"%03d" % n,
        "rate": None if n % 7 else 0.5,
        "flag": n % 2 == 0,
    }


def written(records: list[dict[str, object]], schema: object = SCHEMA, codec: str = "null", **more: str) -> bytes:
    out = io.BytesIO()
    fastavro.writer(out, schema, records, codec, sync_interval=1000, metadata=more)  # type: ignore[arg-type]
    return out.getvalue()


def good(codec: str = "null") -> bytes:
    return written([record(n) for n in range(60)], codec=codec, client=MARK)


def copied(desk: Desk, data: bytes, *more: object) -> fastavro.reader:
    source, dest = desk.put("t.avro", data), desk.folder / "c.avro"
    seen = desk.mask(source, "--profile", desk.put("../p.yaml", PROFILE.encode()), *more, dest=dest)
    assert seen.exit == 0, seen.stderr
    assert desk.run("verify", dest, "--against", source, *more).exit == 0
    return fastavro.reader(io.BytesIO(dest.read_bytes()))


@pytest.mark.promise("P1")
@pytest.mark.parametrize("codec", ["null", "deflate"])
def test_kept_values_stay_and_nothing_of_the_rest_does(desk: Desk, codec: str) -> None:
    reader = copied(desk, good(codec))
    rows = [*reader]
    assert [[row[name] for name in KEPT] for row in rows] == [[record(n)[name] for name in KEPT] for n in range(60)]
    assert [row["mail"] is None for row in rows] == [record(n)["mail"] is None for n in range(60)]
    assert all(isinstance(row["born"], date) for row in rows)
    assert reader.codec == codec
    assert set(reader.metadata) == {"avro.schema", "avro.codec", "masker_tag"}
    assert MARK not in str([reader.metadata, rows]).lower()


def test_an_enumeration_that_is_masked_becomes_text(desk: Desk) -> None:
    reader = copied(desk, good())
    types = {field["name"]: field["type"] for field in json.loads(reader.metadata["avro.schema"])["fields"]}
    assert types["kind"] == "string"
    assert types["born"] == {"type": "int", "logicalType": "date"}


def test_rows_that_stay_out_are_gone(desk: Desk) -> None:
    assert [row["id"] for row in copied(desk, good(), "--where", "t: id < 13")] == [*range(13)]


def test_a_copy_is_not_masked_again(desk: Desk) -> None:
    copied(desk, good())
    alone = desk.put("alone.avro", (desk.folder / "c.avro").read_bytes())
    desk.refuses(lambda: desk.mask(alone, dest=desk.folder / "d.avro"), 1, "already-masked")


def block(count: int, data: bytes, **metadata: bytes) -> bytes:
    schema = json.dumps({"type": "record", "name": "r", "fields": [ID, {"name": "t", "type": "string"}]}).encode()
    head = header_bytes({"avro.schema": schema, **{f"avro.{k}": v for k, v in metadata.items()}}, bytes(16))
    return head + long(count) + long(len(data)) + data + bytes(16)


def flat(type_: object) -> bytes:
    return written([], {"type": "record", "name": "r", "fields": [ID, {"name": "x", "type": type_}]})


BOMB = b"\x80\x80\x80\x80\x04" + bytes(90)  # says that it inflates to a gibibyte
BAD = {
    "cut": (good()[:-30], "truncated"),
    "cut in the header": (good()[:90], "truncated"),
    "another mark": (good()[:-1] + b"x", "malformed"),
    "no schema": (header_bytes({}, bytes(16)), "malformed"),
    "nested": (flat({"type": "array", "items": "string"}), "unsupported"),
    "several types": (flat(["string", "long"]), "unsupported"),
    "no record": (written([], "string"), "unsupported"),
    "a codec that is not read": (block(0, b"", codec=b"lzo"), "unsupported"),
    "more records than bytes": (block(1 << 40, b"\x02\x02a"), "malformed"),
    "more bytes than records": (block(1, b"\x02\x02a\x02\x02b"), "malformed"),
    "a text that is not UTF-8": (block(1, b"\x02\x02\xff"), "encoding"),
    "a length beyond the block": (block(1, b"\x02\xfe\xff\xff\xff\x0f"), "malformed"),
    "a bomb": (block(1, BOMB, codec=b"snappy"), "limit"),
    "damaged snappy": (block(1, b"\x10" + bytes(90), codec=b"snappy"), "malformed"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_and_shows_nothing(desk: Desk, name: str) -> None:
    data, code = BAD[name]
    source = desk.put("t.avro", data)
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.avro"), 3, code)


TAGGED = {"masker_tag": "label"}
CLEAN = {**SCHEMA, "fields": [ID]}
del CLEAN["doc"]
PLANTED = {
    "no label": written([], CLEAN),
    "other metadata": written([], CLEAN, **TAGGED, client=MARK),
    "documentation": written([], {**CLEAN, "doc": MARK}, **TAGGED),
    "a default": written([], {**CLEAN, "fields": [{**ID, "default": 7}]}, **TAGGED),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_in_a_header_is_found(tmp_path: Path, name: str) -> None:
    path = tmp_path / "c.avro"
    path.write_bytes(written([], CLEAN, **TAGGED))
    assert [*avro_problems(path, Place(), "label")] == []
    path.write_bytes(PLANTED[name])
    assert [*avro_problems(path, Place(), "label")]


def test_the_verifier_counts_rows_without_inflating_them(tmp_path: Path) -> None:
    path = tmp_path / "c.avro"
    path.write_bytes(good("deflate"))
    names = tuple(str(field["name"]) for field in SCHEMA["fields"])  # type: ignore[attr-defined]
    reader = AvroReader(path, names)
    assert reader.records() == sum(batch.num_rows for batch in reader.batches()) == 60
