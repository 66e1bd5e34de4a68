"""The exact search: an original is found wherever and however it stands, and what is none raises no alarm."""

import base64
import json
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pytest

from masker.promises import ColumnPromise, Promises, TablePromise
from masker.verify.cells import Cells
from masker.verify.problems import Problem
from masker.verify.search import Search
from masker.verify.spill import Spill

MAIL, CARD, PHONE, IBAN = (
    "anna.berg@firma.example",
    "4242 4242 4242 4242",
    "+49 30 901 820",
    "DE89 3704 0044 0532 0130 00",
)
ROWS = 50
COLUMNS = (
    ColumnPromise("mail", "email", "fake", "masked", space=2.0**60),
    ColumnPromise("card", "payment_card", "fpe", "masked", space=1e5, stays=7),
    ColumnPromise("phone", "phone", "fpe", "masked", space=1e4, varies=6),
    ColumnPromise("iban", "iban", "fpe", "masked", space=1e4, stays=2),
    ColumnPromise("secret", "secret", "drop", "dropped", changes=False),
    ColumnPromise("name", "first_name", "fake", "masked", space=100.0),
    ColumnPromise("notes", "other", "keep", "kept", changes=False),
)
OTHER = TablePromise("log", "", (ColumnPromise("line", "other", "keep", "kept", changes=False),))
PROMISES = Promises((TablePromise("people", "", COLUMNS), OTHER))


def originals() -> dict[str, list[str | None]]:
    return {
        "mail": [MAIL, None, "", *(f"p{n}@firma.example" for n in range(ROWS - 3))],
        "card": [CARD, *(f"4000 0000 0{n:03} 1234" for n in range(ROWS - 1))],
        "phone": [PHONE, *(f"+49 30 7{n:05}" for n in range(ROWS - 1))],
        "iban": [IBAN, *(f"DE12 5001 0517 0648 4{n:03} 90" for n in range(ROWS - 1))],
        "secret": ["hunter2-hunter2-xy", *(f"s3cret-value-{n}" for n in range(ROWS - 1))],
        "name": ["Maximiliane-Charlotte"] * ROWS,
        "notes": ["an ordinary note of some length, 2024-01-05 10:00"] * ROWS,
    }


def right() -> dict[str, list[str | None]]:
    masked: dict[str, list[str | None]] = {
        "mail": [value and f"tok{n:09}@example.com" for n, value in enumerate(originals()["mail"])],
        "card": [f"4242 4299 1{n:03} 0000" for n in range(ROWS)],
        "phone": [f"+49 30 3{n:05}" for n in range(ROWS)],
        "iban": [f"DE77 9999 0000 1111 2{n:03} 33" for n in range(ROWS)],
    }
    return {**originals(), **masked, "name": ["Maximiliane-Charlotte"] * ROWS}


def found(people: dict[str, list[str | None]], line: str = "nothing here", batch: int = ROWS) -> list[Problem]:
    with Spill() as spill:
        search = Search(PROMISES, spill)
        old, new = originals(), {name: values for name, values in people.items() if name != "secret"}
        for start in range(0, ROWS, batch):
            search.take("people", cells(old, start, batch), cells(new, start, batch))
        search.take("log", cells({"line": [line]}), cells({"line": [line]}))
        return list(search.finish())


def cells(columns: dict[str, list[str | None]], start: int = 0, batch: int = ROWS) -> dict[str, Cells]:
    return {name: Cells(pa.array(values[start : start + batch], pa.string())) for name, values in columns.items()}


FORMS = {
    "cell": MAIL,
    "upper case": MAIL.upper(),
    "blanks around": f"  {MAIL} ",
    "word": f"please write to {MAIL}, today",
    "in brackets": f'"Anna" <{MAIL}>; cc',
    "end of a sentence": f"write to {MAIL}.",
    "in German quotes": f"see „{MAIL}“",
    "in guillemets": f"see «{MAIL}»",
    "between no-break blanks": f"x\u00a0{MAIL}\u00a0y",
    "after a thin blank": f"m\u2009{MAIL}",
    "in a Chinese sentence": f"邮箱：{MAIL}。",
    "in full-width letters": "".join(chr(ord(letter) + 0xFEE0) for letter in MAIL),
    "key and value": f"mail={MAIL}&lang=de",
    "base64": base64.b64encode(MAIL.encode()).decode(),
    "base64 in a path": f"/x/{base64.b64encode(MAIL.encode()).decode()}/y",
    "base64 without padding": base64.urlsafe_b64encode(MAIL.encode()).decode().rstrip("="),
    "base64 of a sentence": base64.b64encode(f"to {MAIL} or so".encode()).decode(),
    "percent": f"https://x.example/?to={quote(MAIL, safe='')}",
    "json escapes": json.dumps({"to": MAIL}).replace("@", "\\u0040"),
    "json": json.dumps({"to": [MAIL]}),
    "card without blanks": CARD.replace(" ", ""),
    "card with dashes": "paid with " + CARD.replace(" ", "-") + " on Monday",
    "iban without blanks": IBAN.replace(" ", ""),
    "dropped": "her word is hunter2-hunter2-xy",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("where", ["kept column", "other table", "masked column"])
def test_one_original_is_found(form: str, where: str) -> None:
    people, line = right(), "nothing here"
    if where == "other table":
        line = FORMS[form]
    else:
        people["notes" if where == "kept column" else "name"][30] = FORMS[form]
    problems = found(people, line)
    place = {"kept column": ("people", "notes"), "other table": ("log", "line"), "masked column": ("people", "name")}
    assert [problem.code for problem in problems] == ["leak"]
    assert (problems[0].place.table, problems[0].place.column) == place[where]
    assert "`people`" in problems[0].message
    assert not any(text in repr(problems) for text in (MAIL, "4242", "3704", "hunter2"))


def test_an_original_in_another_row_of_its_own_column_is_found() -> None:
    people = right()
    people["mail"][40] = MAIL
    [problem] = found(people)
    assert (problem.code, problem.message) == ("leak", "the copy holds originals of this column")


@pytest.mark.parametrize("batch", [1, 7, ROWS])
def test_a_right_copy_holds_none_however_it_is_batched(batch: int) -> None:
    assert found(right(), batch=batch) == []


@pytest.mark.parametrize(
    "text",
    [
        "Maximiliane-Charlotte",
        "anna.berg@firma.example.org",
        "xanna.berg@firma.example",
        "firma.example",
        "2024-01-05 10:00:00.123456",
        "1704448800000",
        "4242424242424243",
        "6f1ed002-ab5d-4bd6-8a3b-2f1f1a1a1a1a",
        "%ZZ \\q broken == escapes",
        "PHPStorm2024IsNoBase64",
    ],
)
def test_what_is_no_original_raises_no_alarm(text: str) -> None:
    people = right()
    people["notes"][3] = text
    assert found(people, text) == []


def test_what_the_owner_keeps_under_the_same_infotype_may_stay() -> None:
    kept = ColumnPromise("contact", "email", "keep", "kept", changes=False)
    promises = Promises((TablePromise("t", "", (COLUMNS[0], kept)),))
    mails = originals()["mail"]
    with Spill() as spill:
        search = Search(promises, spill)
        search.take("t", cells({"mail": mails, "contact": mails}), cells({"mail": right()["mail"], "contact": mails}))
        assert list(search.finish()) == []


def test_a_set_phrase_may_be_shared_but_not_a_column_of_texts() -> None:
    masked = ColumnPromise("text", "free_text", "redact", "masked")
    kept = ColumnPromise("copy", "other", "keep", "kept", changes=False)
    promises = Promises((TablePromise("t", "", (masked, kept)),))
    own = [f"a sentence of its own, number {n}, over twenty" for n in range(ROWS)]
    for shared, leaks in ((1, 0), (ROWS, 1)):
        with Spill() as spill:
            search = Search(promises, spill)
            texts = [*own[:shared], *(f"another sentence altogether, {n}" for n in range(ROWS - shared))]
            search.take("t", cells({"text": own, "copy": texts}), cells({"text": ["[redacted]"] * ROWS, "copy": texts}))
            assert len(list(search.finish())) == leaks


def test_chance_is_allowed_its_share_and_counted() -> None:
    promise = ColumnPromise("card", "payment_card", "fpe", "masked", space=1e5, stays=7)
    rng = np.random.default_rng(3)
    old, new = ([f"424242{n:010}" for n in rng.integers(0, 10**9, 60_000)] for _ in "12")
    with Spill() as spill:
        search = Search(Promises((TablePromise("t", "", (promise,)),)), spill)
        sides = [{"card": Cells(pa.array(values))} for values in (old, new)]
        search.take("t", *sides)
        assert list(search.finish()) == []
        assert search.by_chance == len(set(old) & set(new)) > 0
        assert search.searched >= len(set(new))


def test_integers_and_nested_columns_are_searched() -> None:
    number = int(CARD.replace(" ", ""))
    for column in (
        pa.array([number, None, 1]),
        pa.array([[{"to": MAIL}], None, []], pa.list_(pa.struct([("to", pa.string())]))),
        pa.array([MAIL, None, "x"]).dictionary_encode(),
        pa.array([MAIL, None, "x"], pa.large_string()),
    ):
        with Spill() as spill:
            search = Search(PROMISES, spill)
            search.take("people", cells(originals()), cells({}))
            search.take("log", {}, {"line": Cells(column)})
            assert [problem.place.column for problem in search.finish()] == ["line"]


def test_counts_are_the_same_in_every_run_and_when_spilled() -> None:
    counts = set()
    for limit in (1 << 24, 3000, 3000):
        with Spill(limit=limit) as spill:
            search = Search(PROMISES, spill)
            search.take("people", cells(originals()), cells(right()))
            assert list(search.finish()) == []
            counts.add((search.searched, search.by_chance))
    assert len(counts) == 1
