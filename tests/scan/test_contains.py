"""What stands inside texts: found in every wrapping, not cried over where nothing is, in bounded time."""

import base64
import json
import random
import time

import pyarrow as pa
import pytest
from scan_tables import scanned, table

from masker.infotypes.payment_card.pan import luhn
from masker.scan.excerpts import CUT, GAP, WHOLE, excerpt, read_at
from masker.scan.inside import INSIDE
from masker.scan.look_alikes import folded_signs
from masker.scan.named import names_people
from masker.scan.unwrapped import unwrapped

FILLER = [f"the weather was fine on day {n} and we went home" for n in range(40)]


def inside(*texts: str, filler: list[str] = FILLER) -> tuple[str, ...]:
    data = table({"remark_x": [*filler, *texts]})
    return scanned({"things": data}).table("things").column("remark_x").contains


@pytest.mark.parametrize(
    ("text", "infotype"),
    [
        ("write to anna@firma.example please", "email"),
        ('{"contact": {"mail": "anna@firma.example"}}', "email"),
        (json.dumps({"mail": "anna@firma.example"}).replace("@", "\\u0040"), "email"),
        ("see /unsubscribe?mail=anna%40firma.example&x=1 for it", "email"),
        ("payload " + base64.b64encode(b'{"mail":"anna@firma.example"}').decode(), "email"),
        ("mailto&#58;anna&#64;firma.example is what it says", "email"),
        ("invoice_anna@firma.example_2024.pdf", "email"),
        ("zero\u200bwidth: an\u200bna@firma\u00ad.example", "email"),
        ("look-alike: \u0430nn\u0430@firma.ex\u0430mple", "email"),
        ("wide: ａｎｎａ＠ｆｉｒｍａ．ｅｘａｍｐｌｅ", "email"),
        ("ring +49 30 901820 after six", "phone"),
        ("ring (212) 555-0123 after six", "phone"),
        ("Tel.: 030 / 901820 after six", "phone"),
        ("paid with 4111 1111 1111 1111 yesterday", "payment_card"),
        ("paid with 4111\u20111111\u20111111\u20111111 yesterday", "payment_card"),
        ("to DE89 3704 0044 0532 0130 00 by Friday", "iban"),
        ("his SSN is 219-09-9998, he says", "national_id"),
        ("her codice RCCMNL83S18D969H was given", "national_id"),
        ("login from 192.0.2.17 failed", "ip_address"),
        ("login from 2001:db8::8a2e:370:7334 failed", "ip_address"),
        ("device 00:00:5E:00:53:01 joined", "mac_address"),
        ("token eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl was sent", "secret"),
        ("key AKIA" + "Q7" * 8 + " was leaked", "secret"),
        ("password: hunter22x he wrote", "secret"),
        ('{"api_key": "9f8e7d6c5b4a"}', "secret"),
        ("db at postgres://app:s3cret@db.example/main", "secret"),
        ("Dear Anna, thank you for calling", "person_name"),
        ("sprach mit Frau Schmidt über alles", "person_name"),
        ("my name is Peter and I need help", "person_name"),
        ("see https://example.org/users/7 for it", "url"),
    ],
)  # fmt: skip
def test_a_single_hit_in_any_wrapping_is_reported(text: str, infotype: str) -> None:
    assert infotype in inside(text)


@pytest.mark.parametrize(
    "text",
    [
        "build 6.1.7601.23505 was installed on the box",
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.0.0 Safari/537.36",
        "started at 12:30:45 and ended at 13:30:45",
        "std::vector and ns::name were used :: often",
        "order 4111111111111112 was shipped on 2024-01-31",
        "ratio 3.14159265358979 and epoch 1718000000 seen",
        "the password is required and must be changed",
        "password: please choose one",
        "academic year 2023-2024, room 12-34-56",
        "id f81d4fae-7dec-11d0-a765-00a0c91e6bf6 was used",
        "Dear customer, Dear Sir or Madam, Hi all",
        "the Calvin Klein store on Madison Avenue",
        "sha 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "user@localhost and @handle and a @ b",
        "flight LH 4402, gate B12, seat 34A, FULL_TIME",
        "ISBN 978-3-16-148410-0 and EAN 4006381333931",
        "versions 1.2.3 and v10.0.19045.3803",
        "price 1,299.00 EUR for 12 x 500 g",
    ],
)
def test_a_false_friend_is_not_reported(text: str) -> None:
    assert set(inside(text)) - {"url"} == set()


def test_products_that_are_called_after_people_name_nobody() -> None:
    assert inside("the new Emma Brown-Edition tee is in", "wear the David Martin Leather Boot with it") == ()


def test_two_different_people_are_named_without_a_cue() -> None:
    assert inside("we met Emma Brown yesterday", "then David Martin, who left early") == ("person_name",)


def test_order_numbers_that_pass_luhn_by_accident_are_no_cards() -> None:
    dice = random.Random(5)
    numbers = [str(dice.randrange(4 * 10**15, 5 * 10**15)) for _ in range(200)]
    assert any(map(luhn, numbers))
    assert inside(*(f"order {number} was shipped" for number in numbers)) == ()


def test_a_hit_in_the_middle_of_a_cell_of_a_million_letters_is_found() -> None:
    text = "lorem ipsum " * 40_000 + "anna@firma.example" + " dolor sit" * 40_000
    assert "email" in inside(text, filler=["lorem ipsum dolor sit amet"] * 5)


def test_a_cell_over_one_mebibyte_is_read_in_windows_from_start_to_end() -> None:
    text = "start@firma.example " + "lorem ipsum " * 200_000 + " dolor"
    assert "email" in inside(text, filler=["lorem ipsum dolor sit amet"])
    cut = excerpt("a" * WHOLE + "b" * WHOLE)
    assert len(cut) <= CUT
    assert cut.split(GAP)[0].startswith("a")
    assert cut.split(GAP)[-1].endswith("b")
    assert len(read_at(0, "x" * (WHOLE + 1))) <= CUT


def test_findings_of_long_cells_do_not_depend_on_batches() -> None:
    cells = ["lorem ipsum " * (9000 * (n % 3)) + f"n{n}@firma.example" + " dolor" * 5000 for n in range(24)]
    data = table({"remark_x": cells})
    one, many = (scanned({"t": data}, batch=size) for size in (1000, 3))
    assert one == many


def test_what_is_contained_is_told_without_values() -> None:
    data = table({"remark_x": [*FILLER, "write to quixotewhq@firma.example, password: zyxwv98765"]})
    told = str(scanned({"things": data}))
    assert "quixotewhq" not in told
    assert "zyxwv98765" not in told


@pytest.mark.parametrize("way", INSIDE, ids=lambda way: f"{way.infotype}: {way.pattern.pattern[:24]}")
def test_every_search_takes_linear_time(way) -> None:
    pieces = [
        "a",
        "1",
        " ",
        "1 ",
        "1-",
        "a.",
        "a@",
        "@",
        "+1",
        "A1",
        ":",
        "a:",
        "a://",
        "eyJ",
        "eyJa.",
        "$2a$",
        "<",
        "tel ",
        "A<",
    ]
    pieces += ["password", "password:", "secret is ", "(1", "-----BEGIN ", "AB12 ", "a-", "\u00e9"]
    for piece in pieces:
        hostile = piece * (60_000 // len(piece)) + "\x00"
        start = time.process_time()
        for _ in way.pattern.finditer(hostile):
            pass
        # Linear takes milliseconds, quadratic minutes.
        assert time.process_time() - start < 1.5, piece


@pytest.mark.parametrize("piece", ["Anna ", "Anna_", "Dear ", "A", "Aa", "Mr ", "Anna-", "Je m'appelle "])
def test_the_search_for_names_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    names_people([piece * (60_000 // len(piece))])
    assert time.process_time() - start < 1.5


@pytest.mark.parametrize("piece", ["%4", "\\u00", "&a", "QUJD", "Q=", "%40", "\\u0040"])
def test_unwrapping_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    list(unwrapped(piece * (200_000 // len(piece))))
    assert time.process_time() - start < 1.5


@pytest.mark.parametrize(
    "text", ["", "%", "\\u12", "&#xzz;", "=" * 30, "A" * 21, "%ff%fe" * 9, "\x00" * 30, "Q" * 23 + "-_"]
)
def test_what_does_not_decode_is_nothing(text: str) -> None:
    assert all(isinstance(found, str) for found in unwrapped(text))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("D\u0415\u203189", "D\u0415\u203189".replace("\u0415", "E")),
        ("4111\u2013\u00ad1111", "4111-1111"),
        ("\u202e123\u202c", "123"),
        ("\uff11\uff12", "12"),
        ("a\u00a0b", "a b"),
        ("Москва, дом 5", "Москва, дом 5"),
        ("Αθήνα", "Αθήνα"),
        ("\u0421\u041212345", "CB12345"),
        (" plain ", "plain"),
    ],
)
def test_signs_that_look_alike_are_one(written: str, read: str) -> None:
    assert folded_signs(written) == read


def test_folding_twice_changes_nothing() -> None:
    for text in ("ｊаne＠ex.com", "4111‑1111", "Москва", "\u200b", "ﬁrma"):
        assert folded_signs(folded_signs(text)) == folded_signs(text)


def test_null_and_binary_columns_contain_nothing() -> None:
    data = pa.table({"a": pa.nulls(3, pa.string()), "b": pa.array([b"a@b.example", None, b"x"])})
    assert [column.contains for column in scanned({"t": data}).table("t").columns] == [(), ()]
