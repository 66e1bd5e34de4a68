"""`masker reveal`: what the key made comes back byte for byte, and for nobody and nothing else."""

import base64
import contextlib
import json
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk import Desk, desk

from masker import clock
from masker.api import trusted_signers
from masker.crypto.root import KeySource, new_root_file
from masker.errors import GateError, KeyUnusable
from masker.manifest import manifest_path
from masker.reveal import Intent, RevealRequest, reveal

__all__ = ["desk"]

COLUMNS = "customer_id,email,phone,iban,card,note"
PROFILE = """\
masker: 1
name: mine
tables:
  people:
    columns:
      customer_id: permute
      email: encrypt
      phone: {method: fpe, check: phone}
      iban: {method: fpe, check: iban}
      card: {method: fpe, check: luhn, keep_prefix: 6}
      note: fpe
      vip: keep
      name: redact
"""
HEAD = "customer_id,email,phone,iban,card,note,vip,name"


def person(number: int) -> list[str]:
    return [
        str(1000 + number * 7),
        f"anna.{number}@firma.example",
        f"+49 (30) 901{number:04d}",
        "DE89 3704 0044 0532 0130 00" if number % 3 else "n/a",
        "4111 1111 1111 1111" if number % 2 else "5500-0055-5555-5559",
        ["Ünal, Çelik", 'said "no"', "K-4711/b", "", "00123"][number % 5],
        "yes" if number % 2 else "no",
        "",
    ]


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\n') else cell


def people_csv(rows: int = 60, newline: str = "\n") -> bytes:
    lines = [HEAD, *(",".join(map(quoted, person(number))) for number in range(rows))]
    return (newline.join(lines) + newline).encode()


def people_jsonl(rows: int = 60) -> bytes:
    names = HEAD.split(",")
    lines = (
        json.dumps(dict(zip(names, [int(person(n)[0]), *person(n)[1:]], strict=True)), ensure_ascii=False)
        for n in range(rows)
    )
    return ("\n".join(lines) + "\n").encode()


def people_parquet(path: Path, rows: int = 60) -> bytes:
    names = HEAD.split(",")
    columns = {name: [person(number)[at] or None for number in range(rows)] for at, name in enumerate(names)}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    table = table.set_column(0, "customer_id", table["customer_id"].cast(pa.int32()))
    pq.write_table(table, path)
    return path.read_bytes()


class Office(Desk):
    """A desk with a key and a profile whose columns can be turned back."""

    def prepare(self) -> None:
        self.key = self.folder / "keys/a.key"
        self.key.parent.mkdir()
        new_root_file(self.key)
        (self.folder / "profile.yaml").write_text(PROFILE)

    def copy(self, file: str, data: bytes, *more: object) -> Path:
        dest = self.folder / f"copy-{file}"
        made = self.mask(
            self.put(file, data), "--profile", self.folder / "profile.yaml", "--key-file", self.key, *more, dest=dest
        )
        assert made.exit == 0, made.stderr
        return dest

    def reveal(self, copy: Path, *more: object, columns: str = COLUMNS, out: object = None) -> object:
        key = () if "--key-command" in more or "--key-file" in more else ("--key-file", self.key)
        return self.run("reveal", copy, "--columns", columns, "-o", out or self.folder / "back", *key, *more)


@pytest.fixture
def office(desk: Desk) -> Office:
    made = Office.__new__(Office)
    made.__dict__.update(desk.__dict__)
    made.prepare()
    return made


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("people.csv", people_csv()),
        ("people.csv", people_csv(newline="\r\n")),
        ("people.csv", b"\xef\xbb\xbf" + people_csv()),
        ("people.jsonl", people_jsonl()),
        ("people.json", b"[\n" + b",\n".join(people_jsonl().splitlines()) + b"\n]\n"),
    ],
)
def test_everything_turned_back_is_the_source_byte_for_byte(office: Office, file: str, data: bytes) -> None:
    copy = office.copy(file, data)
    assert b"firma.example" not in copy.read_bytes()
    told = office.reveal(copy)
    assert told.exit == 0, told.stderr
    assert (office.folder / "back").read_bytes() == data
    assert (office.folder / "back").stat().st_mode & 0o777 == 0o600


def test_parquet_values_and_types_come_back_and_no_label_stays(office: Office, tmp_path: Path) -> None:
    data = people_parquet(tmp_path / "made.parquet")
    copy = office.copy("people.parquet", data)
    assert office.reveal(copy).exit == 0
    back, source = pq.read_table(office.folder / "back"), pq.read_table(pa.BufferReader(data))
    assert back.equals(source)
    assert not back.schema.metadata


def test_compressed_files_come_back_compressed(office: Office) -> None:
    import gzip

    data = people_csv()
    copy = office.copy("people.csv.gz", gzip.compress(data))
    assert office.reveal(copy).exit == 0
    assert gzip.decompress((office.folder / "back").read_bytes()) == data


def test_only_the_columns_named_are_turned_back(office: Office) -> None:
    copy = office.copy("people.csv", people_csv())
    assert office.reveal(copy, columns="email").exit == 0
    source, masked, back = (
        [line.split(",") for line in data.decode().splitlines()]
        for data in (people_csv(), copy.read_bytes(), (office.folder / "back").read_bytes())
    )
    assert [row[1] for row in back] == [row[1] for row in source]
    assert [[*row[:1], *row[2:]] for row in back] == [[*row[:1], *row[2:]] for row in masked]


def test_stdout_is_data_and_talk_holds_no_value(office: Office) -> None:
    copy = office.copy("people.csv", people_csv())
    told = office.reveal(copy, out="-")
    assert told.stdout.encode() == people_csv()
    assert "firma" not in told.stderr
    assert told.stderr.splitlines()[1] == "masker: email: 60 values turned back"


def test_what_cannot_be_told_stays_and_is_counted(office: Office) -> None:
    lines = people_csv(12).decode().splitlines()
    lines[3] = lines[3].replace("K-4711/b", "a note that is much too long for any permutation")
    copy = office.copy("people.csv", ("\n".join(lines) + "\n").encode())
    told = office.reveal(copy, columns="note")
    assert "1 left as they are" in told.stderr
    masked, back = copy.read_text().splitlines()[3], (office.folder / "back").read_text().splitlines()[3]
    assert masked.split(",")[5] == back.split(",")[5]


def test_a_file_of_a_folder_copy_is_found_by_its_name_or_by_its_table(office: Office) -> None:
    office.put("people.csv", people_csv())
    office.put("more/towns.csv", b"email,town\nanna@firma.example,Bonn\n")
    profile = (office.folder / "profile.yaml").read_text()
    towns = "  towns:\n    columns: {email: encrypt, town: redact}\n"
    (office.folder / "profile.yaml").write_text(profile + towns)
    key = ("--profile", office.folder / "profile.yaml", "--key-file", office.key)
    made = office.mask(office.folder / "in", *key)
    assert made.exit == 0, made.stderr
    out = office.folder / "back"
    assert office.reveal(office.out / "more/towns.csv", columns="email").exit == 0
    assert out.read_text().startswith("email,town\nanna@firma.example,")
    ambiguous = office.reveal(office.out, columns="email", out=office.folder / "no")
    assert (ambiguous.exit, ambiguous.code) == (2, "usage")
    told = office.reveal(office.out, "--table", "people", columns="email", out=office.folder / "two")
    assert told.exit == 0, told.stderr
    assert b"anna.7@firma.example" in (office.folder / "two").read_bytes()


def refused(office: Office, copy: Path, *more: object, **named: object) -> tuple[int, str]:
    before = office.tree()
    told = office.reveal(copy, *more, **named)  # type: ignore[arg-type]
    assert office.tree() == before
    assert "firma" not in told.stdout + told.stderr
    return told.exit, told.code


def test_what_is_refused(office: Office) -> None:
    copy = office.copy("people.csv", people_csv())
    other = office.folder / "keys/b.key"
    new_root_file(other)
    assert refused(office, copy, "--key-file", other) == (4, "key")
    assert refused(office, copy, "--key-command", "false") == (4, "key")
    assert refused(office, copy, "--key-file", office.folder / "none") == (4, "key")
    assert refused(office, copy, columns="name") == (1, "does-not-fit")
    assert refused(office, copy, columns="vip") == (1, "does-not-fit")
    assert refused(office, copy, columns="nothing") == (2, "unknown-name")
    assert refused(office, copy, columns="email,email") == (2, "usage")
    assert refused(office, copy, columns=" , ") == (2, "usage")
    assert refused(office, copy, "--table", "other") == (2, "unknown-name")
    assert refused(office, copy, out=copy) == (2, "usage")
    assert refused(office, copy, out=office.key) == (4, "key")
    assert refused(office, copy, out=manifest_path(copy)) == (5, "exists")
    assert refused(office, office.folder / "in/people.csv") == (3, "not-found")


def test_no_key_at_all_is_told(office: Office) -> None:
    copy = office.copy("people.csv", people_csv())
    told = office.run("reveal", copy, "--columns", "email", "-o", office.folder / "back")
    assert (told.exit, told.code) == (4, "key")


def test_an_edited_copy_is_refused(office: Office) -> None:
    copy = office.copy("people.csv", people_csv())
    copy.write_bytes(copy.read_bytes() + b"\n")
    assert refused(office, copy) == (1, "digest")
    manifest_path(copy).write_bytes(manifest_path(copy).read_bytes().replace(b"payload", b"Payload"))
    assert refused(office, copy)[0] in (1, 3)


def test_out_inside_a_folder_copy_is_refused(office: Office) -> None:
    office.put("people.csv", people_csv())
    key = ("--profile", office.folder / "profile.yaml", "--key-file", office.key)
    assert office.mask(office.folder / "in", *key).exit == 0
    assert refused(office, office.out, out=office.out / "back") == (2, "usage")
    inside = office.out / "a.key"
    os.link(office.key, inside)
    assert office.reveal(office.out).code == "digest"


def request(office: Office, copy: Path) -> RevealRequest:
    return RevealRequest(copy, ("email",), office.folder / "back", reason="CHG-1", key=KeySource(office.key))


def test_an_expired_copy_is_refused(office: Office) -> None:
    copy = office.copy("people.csv", people_csv())
    later = clock.now() + timedelta(days=15)
    with pytest.raises(GateError, match="expired"):
        reveal(request(office, copy), trusted=trusted_signers(), now=later, announce=lambda _: None)


def test_it_is_announced_before_a_value_is_written_and_not_done_where_that_fails(office: Office) -> None:
    copy = office.copy("people.csv", people_csv())
    heard: list[Intent] = []

    def announce(intent: Intent) -> None:
        assert not (office.folder / "back").exists()
        assert not [path for path in office.folder.rglob("back") if path.stat().st_size]
        heard.append(intent)
        if len(heard) == 1:
            raise GateError("audit", "the log cannot be written")

    with pytest.raises(GateError, match="audit"):
        reveal(request(office, copy), trusted=trusted_signers(), now=clock.now(), announce=announce)
    assert not (office.folder / "back").exists()
    assert not list(office.folder.glob(".masker-tmp-*"))
    reveal(request(office, copy), trusted=trusted_signers(), now=clock.now(), announce=announce)
    event = heard[1].as_event()
    assert (event["columns"], event["count"], event["reason"], event["table"]) == ("email", 1, "CHG-1", "people")


def test_an_ephemeral_copy_says_that_its_key_is_gone(office: Office) -> None:
    made = office.mask(office.put("people.csv", people_csv()), "--profile", office.folder / "profile.yaml")
    assert made.exit == 0
    told = office.reveal(office.out)
    assert (told.exit, told.code) == (1, "does-not-fit")
    assert "is gone" in told.stderr


def test_ids_that_an_owner_listed_are_not_in_the_manifest(office: Office) -> None:
    path = office.folder / "profile.yaml"
    path.write_text(
        path.read_text().replace("customer_id: permute", "customer_id: {method: permute, stay: [87654321]}")
    )
    copy = office.copy("people.csv", people_csv())
    envelope = json.loads(manifest_path(copy).read_bytes())
    assert b"87654321" not in base64.b64decode(envelope["payload"])
    assert refused(office, copy, columns="customer_id") == (1, "does-not-fit")


def test_an_irreversible_way_for_unreadable_values_leaves_those_as_they_are(office: Office) -> None:
    path = office.folder / "profile.yaml"
    path.write_text(path.read_text().replace("check: iban}", "check: iban, unreadable: redact}"))
    copy = office.copy("people.csv", people_csv())
    told = office.reveal(copy, columns="iban")
    assert told.exit == 0
    assert "40 values turned back, 20 left as they are" in told.stderr


def test_a_wrong_key_never_reaches_a_value(office: Office) -> None:
    copy = office.copy("people.csv", people_csv())
    other = office.folder / "keys/b.key"
    new_root_file(other)
    asked = RevealRequest(copy, ("email",), office.folder / "back", key=KeySource(other))
    with pytest.raises(KeyUnusable):
        reveal(asked, trusted=trusted_signers(), now=clock.now(), announce=lambda _: pytest.fail("not yet"))


def test_without_out_the_originals_go_to_stdout_and_nothing_else_does(office: Office) -> None:
    data = people_csv()
    copy = office.copy("people.csv", data)
    told = office.run("reveal", copy, "--columns", COLUMNS, "--key-file", office.key)
    assert told.exit == 0, told.stderr
    assert told.stdout.encode() == data


DUMP = """\
-- PostgreSQL database dump
SET standard_conforming_strings = on;
CREATE TABLE public.people (customer_id integer PRIMARY KEY, email text, phone text);
CREATE TABLE public.calls (customer_id integer REFERENCES public.people (customer_id), phone text);
COPY public.people (customer_id, email, phone) FROM stdin;
1007\tanna@firma.example\t+49 30 9010001
1014\tbert@firma.example\t\\N
\\.
INSERT INTO public.calls VALUES (1007, '+49 30 9010001'), (1014, '+49 30 9010002');
"""
DUMP_PROFILE = """\
masker: 1
name: mine
tables:
  people: {columns: {customer_id: permute, email: encrypt, phone: fpe}}
  calls: {columns: {customer_id: permute, phone: fpe}}
"""


def test_one_table_of_a_dump_is_turned_back_and_all_else_stays(office: Office) -> None:
    (office.folder / "profile.yaml").write_text(DUMP_PROFILE)
    copy = office.copy("crm.sql", DUMP.encode())
    told = office.reveal(copy, "--table", "people", columns="customer_id,email,phone")
    assert told.exit == 0, told.stderr
    back, source = (office.folder / "back").read_text().splitlines(), DUMP.splitlines()
    assert back[:-1] == source[:-1]
    assert back[-1] == copy.read_text().splitlines()[-1] != source[-1]
    assert office.reveal(copy, "--table", "calls", columns="phone", out=office.folder / "calls").exit == 0
    assert "9010002" in (office.folder / "calls").read_text()


def sqlite_people(path: Path) -> bytes:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """CREATE TABLE people (customer_id INTEGER PRIMARY KEY, email TEXT, phone TEXT);
            CREATE TABLE calls (customer_id INTEGER REFERENCES people, phone TEXT);
            INSERT INTO people VALUES (1007, 'anna@firma.example', '+49 30 9010001');
            INSERT INTO calls VALUES (1007, '+49 30 9010001');"""
        )
    return path.read_bytes()


def test_a_table_of_an_sqlite_file_is_turned_back_and_no_tag_stays(office: Office, tmp_path: Path) -> None:
    (office.folder / "profile.yaml").write_text(DUMP_PROFILE)
    copy = office.copy("crm.db", sqlite_people(tmp_path / "made.db"))
    told = office.reveal(copy, "--table", "people", columns="email,phone")
    assert told.exit == 0, told.stderr
    with contextlib.closing(sqlite3.connect(office.folder / "back")) as connection:
        assert connection.execute("select email, phone from people").fetchall() == [
            ("anna@firma.example", "+49 30 9010001")
        ]
        assert connection.execute("select phone from calls").fetchone() != ("+49 30 9010001",)
        assert connection.execute("select count(*) from sqlite_schema where name = 'masker_tag'").fetchone() == (0,)


def test_an_sqlite_file_with_one_end_of_a_key_turned_back_is_refused(office: Office, tmp_path: Path) -> None:
    (office.folder / "profile.yaml").write_text(DUMP_PROFILE)
    copy = office.copy("crm.db", sqlite_people(tmp_path / "made.db"))
    assert refused(office, copy, "--table", "people", columns="customer_id") == (1, "orphans")


def test_a_database_is_told_to_be_no_file(office: Office) -> None:
    told = office.reveal("postgresql://nobody@localhost/crm", columns="email")
    assert (told.exit, told.code) == (2, "usage")
