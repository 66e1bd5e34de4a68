"""What each recogniser takes and refuses, and the canonical text it gives."""

import re

import pyarrow as pa
import pytest

from masker.infotypes import INFOTYPES

# name: values that are of the infotype, values that are not (all synthetic, or from the norms and test number ranges)
VALUES = {
    "phone": (
        ["+49 30 901820", "(212) 555-0123", "030/1234567", "+1 800 555 0199 x12"],
        ["10.0.0.1", "2024-01-31", "n/a"],
    ),
    "birth_date": (["1980-02-29", "29.2.1980", "19800229"], ["born in May", "1980"]),
    "payment_card": (["4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"], ["4111111111111112", "12345"]),
    "iban": (["DE89 3704 0044 0532 0130 00", "gb29nwbk60161331926819"], ["DE88370400440532013000", "DE89"]),
    "ip_address": (["192.0.2.1", "2001:db8::8a2e:370:7334"], ["6.1.7601.23505", "300.1.1.1", "::", "12:30:45"]),
    "mac_address": (["00:00:5E:00:53:01", "00-00-5e-00-53-01"], ["00:00:5E:00:53", "2001:db8::1"]),
    "national_id": (
        ["219-09-9998", "12345678Z", "RCCMNL83S18D969H", "86095742719"],
        ["12345678A", "000-12-3456", "abc"],
    ),
    "tax_id": (["DE136695976", "ATU13585627"], ["DE136695977", "amount"]),
    "user_agent": (["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0"], ["and/or", "/index.html"]),
    "secret": (["$2b$12$" + "a" * 53, "eyJhbGciOi.eyJzdWIiOi.c2ln", "AKIA" + "A" * 16], ["secret", "$12.50"]),
    "url": (["https://example.org/users/7"], ["example", "c:/temp"]),
    "geo_point": (["52.5200", "-13.4050", "52.52, 13.40"], ["52", "n/a"]),
    "free_text": (["called on Monday, wants a refund"], ["open"]),
    "device_id": (["490154203237518", "6d92078a-8246-4ba4-ae5b-76104861e7dc"], ["490154203237519", "ios"]),
}

CANONICAL = {
    "phone": [("+49 (30) 12-34", "+49301234"), ("030 1234", "0301234"), ("call me", None), ("", None)],
    "birth_date": [("1980-04-03", "1980-04-03"), ("3.4.1980", "1980-04-03"), ("31.4.1980", None), ("3/4/1980", None)],
    "payment_card": [("4111 1111-1111 1111", "4111111111111111"), ("card", None)],
    "iban": [("de89 3704 0044 0532 0130 00", "DE89370400440532013000"), ("-", None)],
    "ip_address": [("192.0.2.1", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1"), ("localhost", None)],
    "mac_address": [("00-00-5E-00-53-01", "00005e005301"), ("?", None)],
    "national_id": [("219-09-9998", "219099998"), ("12345678z", "12345678Z"), ("none", None)],
    "tax_id": [("DE 136 695 976", "DE136695976"), ("unknown", None)],
    "person_key": [(" 123 ", "123"), ("K-7", "K-7")],
    "salary": [("€ 4,500.00", "4,500.00"), ("secret", None)],
}


def recognised(name: str, value: str) -> bool:
    infotype = INFOTYPES[name]
    assert infotype.pattern
    return bool(re.fullmatch(infotype.pattern, value)) and (infotype.validate is None or infotype.validate(value))


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, (good, _) in VALUES.items() for v in good])
def test_a_value_of_the_infotype_is_recognised(name: str, value: str) -> None:
    assert recognised(name, value)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, (_, bad) in VALUES.items() for v in bad])
def test_a_value_of_another_kind_is_refused(name: str, value: str) -> None:
    assert not recognised(name, value)


@pytest.mark.parametrize(("name", "value", "wanted"), [(n, v, w) for n, rows in CANONICAL.items() for v, w in rows])
def test_the_canonical_form_is_the_documented_one(name: str, value: str, wanted: str | None) -> None:
    column = pa.array([None, value, None], pa.string())
    assert INFOTYPES[name].canonical(column).to_pylist() == [None, wanted, None]


@pytest.mark.parametrize("name", sorted(INFOTYPES))
def test_canonical_form_is_the_same_for_a_slice(name: str) -> None:
    rows = [v for values in VALUES.values() for part in values for v in part] + ["", None, "Größe 1", "ａｂｃ"]
    column = pa.array(rows, pa.string())
    whole = INFOTYPES[name].canonical(column)
    assert whole.type == pa.string()
    assert INFOTYPES[name].canonical(column.slice(3, 20)).to_pylist() == whole.to_pylist()[3:23]


@pytest.mark.parametrize("name", sorted(INFOTYPES))
def test_no_odd_value_makes_a_check_raise(name: str) -> None:
    odd = [
        "",
        " ",
        "\x00",
        "٣٤٥",
        "²",
        "0" * 400,
        "-" * 40,
        "Ａ１",
        "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        "%s{}",
    ]
    check = INFOTYPES[name].validate
    if check is not None:
        assert all(check(value) in (True, False) for value in odd)


@pytest.mark.parametrize("name", sorted(INFOTYPES))
def test_header_words_are_lower_case_and_not_twice_in_a_language(name: str) -> None:
    for words in INFOTYPES[name].headers.values():
        assert all(word == word.lower() and word.strip() == word for word in words)
