"""Canonical forms, patterns and validators of names, addresses and contacts."""

import re

import pyarrow as pa
import pytest

from masker.infotypes import INFOTYPES


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("email", ["Anna@Firma.Example", " anna@firma.example ", "ANNA@FIRMA.EXAMPLE"]),
        ("first_name", ["José", "Jose\u0301", "JOSÉ ", "josé"]),
        ("last_name", ["Groß", "GROSS", "gross"]),
        ("person_name", ["Anna Muster", "ANNA  MUSTER", "anna\u00a0muster", "Anna\tMuster"]),
        ("postal_code", ["SW1A 1AA", "sw1a1aa"]),
        ("city", ["KÖLN", "Ko\u0308ln", "köln"]),
    ],
)
def test_spellings_of_one_value_agree(name: str, spellings: list[str]) -> None:
    assert len(set(INFOTYPES[name].canonical(pa.array(spellings)).to_pylist())) == 1


@pytest.mark.parametrize("value", ["n/a", "anna@", "@firma.example", "anna muster@firma.example", "a@b@c", ""])
def test_unreadable_email_has_no_canonical_form(value: str) -> None:
    assert INFOTYPES["email"].canonical(pa.array([value])).to_pylist() == [None]


def test_postal_code_without_a_digit_is_unreadable() -> None:
    assert INFOTYPES["postal_code"].canonical(pa.array(["n/a", "Berlin", "10115"])).to_pylist() == [None, None, "10115"]


@pytest.mark.parametrize(
    ("name", "value", "yes"),
    [
        ("first_name", "anna", True),
        ("first_name", "Quarterly", False),
        ("last_name", "SMITH", True),
        ("person_name", "Anna Schmidt", True),
        ("person_name", "Full Time", False),
        ("gender", "weiblich", True),
        ("gender", "blue", False),
        ("country", "Allemagne", True),
        ("country", "Gondor", False),
        ("email", "anna.muster@firma.example", True),
        ("email", "anna@localhost", False),
    ],
)
def test_validator_tells(name: str, value: str, yes: bool) -> None:
    validate = INFOTYPES[name].validate
    assert validate is not None
    assert validate(value) is yes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_name", "Anna-Lena"),
        ("last_name", "O'Neil"),
        ("last_name", "van der Berg"),
        ("person_name", "Muster, Anna"),
        ("person_name", "Dr. Ada Lovelace-King"),
        ("street_address", "12 Main St"),
        ("street_address", "Hauptstraße 12"),
        ("postal_code", "SW1A 1AA"),
        ("postal_code", "10115"),
        ("city", "Frankfurt (Oder)"),
        ("country", "Côte d'Ivoire"),
        ("username", "anna.muster"),
        ("email", "anna.muster@firma.example"),
        ("company_name", "Müller & Söhne GmbH"),
    ],
)
def test_pattern_takes_the_usual_shapes(name: str, value: str) -> None:
    assert re.match(INFOTYPES[name].pattern or "$.", value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_name", "a1"),
        ("person_name", "Anna"),
        ("street_address", "12345"),
        ("postal_code", "Berlin"),
        ("email", "a b@c"),
    ],
)
def test_pattern_leaves_other_shapes(name: str, value: str) -> None:
    assert not re.match(INFOTYPES[name].pattern or "", value)
