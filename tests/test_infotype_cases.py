"""The cases of every infotype (`tests/cases/<infotype>.yaml`): headers and values of it, and that only look so."""

import functools
import re
from pathlib import Path

import pyarrow as pa
import pytest
from ruamel.yaml import YAML
from scan_tables import people, scanned

from masker.infotypes import INFOTYPES

CASES = Path(__file__).parent / "cases"
LEAST = 10
NAMES = sorted(INFOTYPES)
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@functools.cache
def cases(name: str) -> dict[str, dict[str, list[str]]]:
    read: dict[str, dict[str, list[str]]] = YAML(typ="safe").load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def recognised(name: str, value: str) -> bool:
    infotype = INFOTYPES[name]
    assert infotype.pattern
    return bool(re.fullmatch(infotype.pattern, value)) and (infotype.validate is None or infotype.validate(value))


@functools.cache
def found(name: str, sign: str) -> dict[str, str]:
    """What a table of customers with the case's headers is found to hold, by header: with values of it, or empty."""
    headers, values = cases(name)["headers"][sign], cases(name)["values"]["positive"]
    rows = 3 * len(values)
    data = people(rows)
    data = data.select([c for c in data.column_names if c not in headers])
    column = pa.array(values * 3, pa.string()) if sign == "positive" else pa.nulls(rows, pa.string())
    for header in headers:
        data = data.append_column(header, column)
    findings = scanned({"customers": data}).table("customers")
    return {header: findings.column(header).infotype for header in headers}


@pytest.mark.parametrize("name", NAMES)
def test_every_infotype_has_ten_headers_and_ten_values_of_either_sign(name: str) -> None:
    few = {
        f"{part} {sign}": len(set(cases(name)[part][sign]))
        for part in ("headers", "values")
        for sign in ("positive", "negative")
    }
    assert {what: count for what, count in few.items() if count < LEAST} == {}


def test_there_are_no_cases_of_infotypes_that_are_not_there() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_case_is_both(name: str) -> None:
    for part in ("headers", "values"):
        assert set(cases(name)[part]["positive"]) & set(cases(name)[part]["negative"]) == set()


@pytest.mark.parametrize("name", NAMES)
def test_headers_are_of_many_languages(name: str) -> None:
    headers = cases(name)["headers"]["positive"]
    assert any(WIDE.search(header) for header in headers)
    assert any(not WIDE.search(header) for header in headers)


@pytest.mark.parametrize("name", NAMES)
def test_every_infotype_is_known_by_header_in_every_language(name: str) -> None:
    languages = {"en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "zh", "ja"}
    assert languages - {language for language, words in INFOTYPES[name].headers.items() if words} == set()


@pytest.mark.parametrize("name", NAMES)
def test_values_of_the_infotype_are_recognised(name: str) -> None:
    assert [value for value in cases(name)["values"]["positive"] if not recognised(name, value)] == []


@pytest.mark.parametrize("name", NAMES)
def test_values_that_only_look_like_it_are_refused(name: str) -> None:
    assert [value for value in cases(name)["values"]["negative"] if recognised(name, value)] == []


@pytest.mark.parametrize("name", NAMES)
def test_columns_with_its_headers_and_values_are_found(name: str) -> None:
    assert {header: what for header, what in found(name, "positive").items() if what != name} == {}


@pytest.mark.parametrize("name", NAMES)
def test_headers_that_only_look_like_it_are_not(name: str) -> None:
    assert [header for header, what in found(name, "negative").items() if what == name] == []
