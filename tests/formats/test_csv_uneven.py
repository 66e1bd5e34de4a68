"""Rows with more or fewer cells than the header: a scan reads and tells them, a copy is refused."""

import json
from pathlib import Path

import pytest

from masker.api import mask, scan
from masker.errors import InputError
from masker.formats import FORMATS, ReadOptions
from masker.scan import findings_json
from masker.snapshot import Rows
from masker.streams import InputFile

UNEVEN = 'id,email,note\n1,anna@firma.example,x\n2\n3,bob@firma.example,"a, b",more,still\n4,c@firma.example,\n'


def rows_of(path: Path) -> list[dict[str, object]]:
    source = FORMATS["csv"].open(InputFile(path), ReadOptions(uneven=True))
    return [row for part in source.parts() if isinstance(part, Rows) for row in part.batch.to_pylist()]


def put(folder: Path, text: str = UNEVEN) -> Path:
    path = folder / "people.csv"
    path.write_text(text)
    return path


def test_a_row_is_read_as_far_as_it_goes(tmp_path: Path):
    rows = rows_of(put(tmp_path))
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[1] == {"id": "2", "email": None, "note": None}
    assert rows[3] == {"id": "4", "email": "c@firma.example", "note": None}


def test_what_is_too_much_is_looked_at_too(tmp_path: Path):
    assert "still" in str(rows_of(put(tmp_path))[2]["note"])


def test_a_scan_tells_of_them(tmp_path: Path):
    found = scan(put(tmp_path))
    assert found.tables[0].rows == 4
    assert found.notices == ("people: 2 rows have more or fewer cells than the header, which `masker mask` refuses",)
    assert json.loads(json.dumps(findings_json(found)))["notices"] == list(found.notices)


def test_a_scan_of_even_rows_has_nothing_to_tell(tmp_path: Path):
    assert scan(put(tmp_path, "id,email\n1,a@firma.example\n")).notices == ()


def test_a_copy_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    with pytest.raises(InputError, match="a row has 1 cells where the first one has 3"):
        mask(put(tmp_path), tmp_path / "out.csv", purpose="test-patch", expires="14d")
    assert not (tmp_path / "out.csv").exists()
