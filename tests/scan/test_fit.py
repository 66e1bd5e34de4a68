"""Fitting the weights: log-odds are linear in them, what is fitted answers better, and held-out figures are honest."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.scan.weights import as_weights, using, weights
from tools import fit_scan
from tools.scan_fit.figures import Row, called_clean, direct_recall, f1_by_kind, false_alarms, interval
from tools.scan_fit.fitting import fit
from tools.scan_fit.judging import Example, examples
from tools.scan_fit.labelled import read_sets
from tools.scan_fit.linear import Linear, numbers, parts_of, remembering, with_numbers

RAW = tomllib.loads(fit_scan.WEIGHTS.read_text(encoding="utf-8"))
NAMES = ["Anna", "Ben", "Carla", "David", "Emma", "Felix", "Greta", "Hans", "Ida", "Jonas"]


def corpus(folder: Path) -> Path:
    """Two small sets of invented people, and one file that cannot be read."""
    (folder / "truth").mkdir()
    for name, column in (("one", "mail"), ("two", "e_mail")):
        (folder / name).mkdir()
        rows = [f"{n},{first},{first.lower()}.{n}@firma.example,{n % 3}" for n, first in enumerate(NAMES * 4)]
        text = f"id,first_name,{column},grade\n" + "\n".join(rows) + "\n"
        (folder / name / "customers.csv").write_text(text)
        (folder / "truth" / f"{name}.yaml").write_text(
            f"name: {name}\nfiles: ['{name}/*']\ntables:\n  customers:\n    subject: customer\n    columns:\n"
            f"      id: {{label: none, doubt: true}}\n      first_name: {{label: first_name}}\n"
            f"      {column}: {{label: email}}\n      grade: {{label: none}}\n      phone: {{label: phone}}\n"
        )
    (folder / "two" / "other.csv").write_bytes(b"a,b\n1,\xff\n")
    return folder


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=5))
def test_a_linear_number_is_its_parts(pairs: list[tuple[float, float]]) -> None:
    total: float = 0.0
    for i, (value, factor) in enumerate(pairs):
        total = total + factor * Linear(value, {f"w{i}": 1.0})
    assert parts_of(total) == {f"w{i}": factor for i, (_, factor) in enumerate(pairs)}
    assert float(total) == pytest.approx(sum(value * factor for value, factor in pairs))


def test_log_odds_are_sums_of_weights(tmp_path: Path) -> None:
    chosen = numbers(RAW)
    found = [
        (example.parts, odds)
        for source in read_sets(corpus(tmp_path), tmp_path / "truth")
        for example, odds in zip(
            examples(source, as_weights(remembering(RAW)), {}, named=True),
            (sum(chosen[name] * amount for name, amount in e.parts.items())
             for e in examples(source, as_weights(remembering(RAW)), {}, named=True)),
            strict=True,
        )
    ]  # fmt: skip
    assert len(found) > 4
    assert all(parts and odds == odds for parts, odds in found)


def test_fitting_moves_weights_towards_the_answers_and_not_far() -> None:
    told = [Example(("s", "t", f"c{n}"), {"a": 1.0, "b": float(n % 2)}, bool(n % 2)) for n in range(40)]
    found = fit(told, {"a": 0.0, "b": 0.0})
    assert found["a"] < 0 < found["b"]
    near = fit(told, {"a": 0.0, "b": 0.0}, spread=0.01)
    assert max(abs(value) for value in near.values()) < 0.01


def test_other_weights_count_only_while_they_are_used() -> None:
    other = as_weights(with_numbers(RAW, {"header.whole": 99.0}))
    before = weights().header["whole"]
    with using(other):
        assert weights().header["whole"] == 99.0
    assert weights().header["whole"] == before != 99.0


def test_the_tool_tells_what_it_has_not_seen_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "weights.toml"
    copy.write_bytes(fit_scan.WEIGHTS.read_bytes())
    (tmp_path / "corpus").mkdir()
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(fit_scan, "WEIGHTS", copy)
    monkeypatch.setattr(fit_scan, "ROOT", tmp_path)
    assert fit_scan.main([str(corpus(tmp_path / "corpus")), "--write", "--fit"]) == 0
    out = capsys.readouterr().out
    for way in ("in use", "held out"):
        # no file has the phone
        assert f"{way}, with names: direct identifiers found as the right kind: 0.667" in out
        assert f"{way}, with names: the same, of files that can be read: 1.000" in out
    assert "files that could not be read: 1" in out
    assert "firma.example" not in out
    before, after = RAW, tomllib.loads(copy.read_text(encoding="utf-8"))
    assert after != before
    assert after["words"] == before["words"]
    assert numbers(after).keys() == numbers(before).keys()
    page = (tmp_path / "docs" / "detection.md").read_text(encoding="utf-8")
    assert "| one |" in page
    kept = (tmp_path / "docs" / "detection.json").read_text(encoding="utf-8")
    assert not any(word in page + kept for word in ("firma.example", "e_mail", "grade"))


def test_a_page_that_was_edited_or_weights_that_were_not_measured_are_drift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = tmp_path / "scan"
    scan.mkdir()
    (scan / "weights.toml").write_bytes(fit_scan.WEIGHTS.read_bytes())
    (tmp_path / "corpus").mkdir()
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(fit_scan, "WEIGHTS", scan / "weights.toml")
    monkeypatch.setattr(fit_scan, "ROOT", tmp_path)
    assert fit_scan.main([str(corpus(tmp_path / "corpus")), "--write"]) == 0
    assert fit_scan.main(["--check"]) == 0
    page = tmp_path / "docs" / "detection.md"
    page.write_text(page.read_text(encoding="utf-8").replace("0.667", "0.967"), encoding="utf-8")
    assert fit_scan.main(["--check"]) == 1
    assert "detection.md is not what" in capsys.readouterr().out
    with (scan / "weights.toml").open("a") as weights:
        weights.write("# changed\n")
    assert fit_scan.main(["--check"]) == 1
    assert "measure anew" in capsys.readouterr().out


def test_the_page_in_the_repository_is_what_was_measured() -> None:
    assert fit_scan.check() == 0


def test_figures_count_a_column_of_several_files_once() -> None:
    rows = [Row("s", "t", "a", "email", "email", "personal"), Row("s", "t", "b", "phone", "none", "clean")]
    rows += [Row("s", "t", "b", "phone", "phone", "personal"), Row("s", "t", "c", "none", "city", "personal")]
    assert direct_recall(rows) == 0.75
    assert called_clean(rows) == 0.25
    assert false_alarms(rows) == 1.0
    three = [Row("s", "t", str(n), "email", "email" if n else "none") for n in range(3)]
    assert f1_by_kind(three) == {"email": pytest.approx(0.8)}
    low, high = interval(rows, direct_recall)  # type: ignore[arg-type]
    assert low == high == 0.75
