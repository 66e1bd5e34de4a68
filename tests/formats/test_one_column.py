"""A file of one column has no separator: its name says that it is CSV, and every byte but the masked ones stays."""

import csv
import json
from pathlib import Path

import pytest
from desk import Desk, desk

__all__ = ["desk"]

MAILS = [f"user{number}@mail.example" for number in range(40)]
FILES = {
    "one row": "a\n1\n",
    "plain": "email\n" + "\n".join(MAILS) + "\n",
    "no end": "email\r\n" + "\r\n".join(MAILS),
    "blank lines are no records": "\n\nemail\n\n" + "\n\n".join(MAILS) + "\n\n\n",
    "quotes": '"email"\n' + "".join(f'"{mail}"\n' for mail in MAILS) + '""\n',
    "lines in quotes": '"the\nheader"\n' + "".join(f'"{mail}"\n' for mail in MAILS) + '"two\r\n\r\nlines"\n',
    "a mark": "\ufeffemail\n" + "\n".join(MAILS) + "\n",
    "no rows": "email\n",
    "spaces": "an email\n" + "\n".join(f" {mail} " for mail in MAILS) + "\n",
}


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [row for row in csv.reader(file) if row]


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_one_column_is_masked(desk: Desk, name: str) -> None:
    source = desk.put("people.csv", FILES[name].encode())
    outcome = desk.mask(source)
    assert outcome.exit == 0, outcome.stderr
    assert desk.run("verify", desk.out, "--against", source).exit == 0
    before, after = rows(source), rows(desk.out)
    assert after[:1] == before[:1]
    assert [len(row) for row in after] == [len(row) for row in before]
    assert not {mail for mail in MAILS if mail in desk.out.read_text()}


@pytest.mark.parametrize("name", FILES)
def test_a_kept_column_keeps_every_byte(desk: Desk, name: str) -> None:
    source = desk.put("people.csv", FILES[name].encode())
    columns = json.dumps({rows(source)[0][0]: {"method": "keep", "infotype": "email"}})
    text = f"masker: 1\nname: own\ntables: {{people: {{columns: {columns}}}}}\n"
    profile = desk.put("own.yaml", text.encode())
    outcome = desk.mask(source, "--profile", profile)
    assert outcome.exit == 0, outcome.stderr
    assert desk.out.read_bytes() == source.read_bytes()


def test_the_format_that_is_said_counts_where_the_name_says_none(desk: Desk) -> None:
    source = desk.put("people.list", FILES["plain"].encode())
    desk.refuses(lambda: desk.mask(source), 3, "unsupported")
    assert desk.mask(source, "--input-format", "csv").exit == 0
    assert desk.run("verify", desk.out, "--against", source).exit == 0


@pytest.mark.parametrize("ending", ["tsv", "tab", "psv", "txt", "CSV"])
def test_every_ending_of_the_format_is_read(desk: Desk, ending: str) -> None:
    assert desk.mask(desk.put(f"people.{ending}", FILES["plain"].encode())).exit == 0


@pytest.mark.parametrize("data", [b'{"a": 1}\n', b"[1]\n", b"PAR1\x15\x04\x15", b"\x1f\x8b\x08\x01\xff\n", b"a\0b\n"])
def test_what_looks_like_something_else_is_still_refused(desk: Desk, data: bytes) -> None:
    source = desk.put("people.csv", data)
    desk.refuses(lambda: desk.mask(source), 3, "malformed")
