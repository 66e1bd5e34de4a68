"""`map`: what the owner's table says and nothing else, inline or from a file beside the profile."""

from pathlib import Path

import pytest

from masker.errors import GateError, Place, UsageError
from masker.methods.map import Entries, Map
from masker.plan.explain import told
from masker.plan.ways import method_of
from masker.profile.load import load_profile
from tests.methods.support import keys_of, text

KEYS = keys_of("a")
HEAD = "masker: 1\nname: t\nextends: test-env\nundecided: refuse\ntables:\n  people:\n    columns:\n"


def test_a_value_that_is_missing_stops_the_run_and_is_not_shown() -> None:
    with pytest.raises(GateError) as caught:
        Map({"Anna": "Berta"})(KEYS, text(["Anna", "Xaver", None, ""]))  # type: ignore[arg-type]
    assert "1 of the values" in str(caught.value)
    assert "Xaver" not in str(caught.value)


def test_nothing_tells_the_table_s_values() -> None:
    method = Map(Entries((("Anna", "Berta"),)))
    assert "Anna" not in repr(method) + told(method)
    assert "1 entry" in told(method)


@pytest.mark.parametrize(
    "values",
    [
        {},
        (),
        {"a": ""},
        {"": "b"},
        {"a": 1.5},
        {"a": None},
        (("a", "b"), ("a", "c")),
        (("a",),),
        "a",
        {"1": "x", 1: "y"},
    ],
    ids=str,
)
def test_a_bad_table_is_refused(values: object) -> None:
    with pytest.raises(UsageError):
        Map(values)  # type: ignore[arg-type]


def rule_of(folder: Path, line: str) -> Map:
    (folder / "p.yaml").write_text(HEAD + f"      name: {line}\n")
    rule = load_profile(str(folder / "p.yaml")).profile.tables["people"].columns["name"]
    method = method_of(rule, infotype="other", locale="en_US", place=Place())
    assert isinstance(method, Map)
    return method


def test_a_profile_holds_a_table(tmp_path: Path) -> None:
    method = rule_of(tmp_path, "{method: map, values: {Anna: Berta, 7: 8}}")
    assert method(KEYS, text(["Anna", "7"])).to_pylist() == ["Berta", "8"]


def test_a_profile_names_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes('\ufeffAnna,Berta\r\n"Muster, Max","O""Neil"\r\n\r\n'.encode())
    method = rule_of(tmp_path, "{method: map, values: {file: t.csv}}")
    assert method(KEYS, text(["Muster, Max", "Anna"])).to_pylist() == ['O"Neil', "Berta"]


def test_the_digest_of_a_profile_covers_the_file(tmp_path: Path) -> None:
    digests = set()
    for line in ("Anna,Berta\n", "Anna,Clara\n"):
        (tmp_path / "t.csv").write_text(line)
        rule_of(tmp_path, "{method: map, values: {file: t.csv}}")
        digests.add(load_profile(str(tmp_path / "p.yaml")).digest)
    assert len(digests) == 2


@pytest.mark.parametrize("content", [None, b"", b"a\n", b"a,b\nc\n", b"a,b,c\n", b"\xff\xfe,b\n", b'"a,b\n'], ids=str)
def test_a_file_that_is_no_table_is_refused_with_the_line_of_the_rule(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        rule_of(tmp_path, "{method: map, values: {file: t.csv}}")
    assert caught.value.place is not None
    assert caught.value.place.line == 8
