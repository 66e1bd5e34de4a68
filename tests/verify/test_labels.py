"""The label inside a file agrees with the manifest, or the copy is refused; alone it is told, and proves nothing."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from masker.api import mask, verify
from masker.errors import GateError, InputError
from masker.label import KEY, Label
from masker.manifest import CopyFile, Extension, manifest_path, to_envelope
from masker.verify.labels import label_of
from masker.verify.signed import verify_copy
from tests.verify.made import NOW, SIGNER, TRUSTED, manifest

RIGHT = Label("a1b2c3d4", "test-patch", "staff", "2026-12-24T00:00:00Z")


def copy(folder: Path, label: Label | str | None, **changes: object) -> Path:
    path = folder / "out.parquet"
    text = label.as_text() if isinstance(label, Label) else label
    pq.write_table(pa.table({"a": [1]}).replace_schema_metadata({KEY: text} if text is not None else None), path)
    listed = CopyFile("out.parquet", hashlib.sha256(path.read_bytes()).hexdigest(), 1, "parquet")
    made = manifest(files=(listed,), tables=(), is_folder=False, **changes)
    manifest_path(path).write_bytes(to_envelope(made, SIGNER))
    return path


def test_the_manifest_s_own_label_is_accepted(tmp_path: Path) -> None:
    assert verify_copy(copy(tmp_path, RIGHT), TRUSTED, NOW)[0].copy_id == "a1b2c3d4"


@pytest.mark.parametrize(
    "label",
    [
        None,
        "",
        "copy=a1b2c3d4",
        Label("another", "test-patch", "staff", RIGHT.expires),
        Label("a1b2c3d4", "test-fix", "staff", RIGHT.expires),
        Label("a1b2c3d4", "test-patch", "subcontractor:acme", RIGHT.expires),
        Label("a1b2c3d4", "test-patch", "staff", "2026-12-25T00:00:00Z"),
    ],
)
def test_any_other_label_is_refused(tmp_path: Path, label: Label | str | None) -> None:
    with pytest.raises(GateError) as caught:
        verify_copy(copy(tmp_path, label), TRUSTED, NOW)
    assert caught.value.code == "digest"


def test_a_renewed_copy_keeps_its_label(tmp_path: Path) -> None:
    renewed = (Extension("2026-12-01T00:00:00Z", "ops", "not done", RIGHT.expires),)
    verify_copy(copy(tmp_path, RIGHT, expires="2026-12-30T00:00:00Z", extensions=renewed), TRUSTED, NOW)
    with pytest.raises(GateError):
        verify_copy(copy(tmp_path, RIGHT, expires="2026-12-30T00:00:00Z"), TRUSTED, NOW)


def test_a_file_alone_tells_its_label_and_that_it_has_no_manifest(tmp_path: Path) -> None:
    path = copy(tmp_path, RIGHT)
    manifest_path(path).unlink()
    with pytest.raises(InputError) as caught:
        verify_copy(path, TRUSTED, NOW)
    assert (caught.value.code, caught.value.exit_code) == ("not-found", 3)
    for told in (RIGHT.copy_id, RIGHT.purpose, RIGHT.recipient, RIGHT.expires, "no manifest"):
        assert told in caught.value.message


@pytest.mark.parametrize(
    "label",
    [
        Label("anna@firma.example", "test-patch", "staff", RIGHT.expires),
        Label("a1b2", "Anna Muster 4711", "staff", RIGHT.expires),
        Label("a1b2", "test-patch", "anna@firma.example", RIGHT.expires),
        Label("a1b2", "test-patch", "staff", "whenever, says Anna"),
        "copy=ü; purpose=b; recipient=c; expires=2026-12-24T00:00:00Z",
    ],
)
def test_what_a_stranger_wrote_there_is_not_shown(tmp_path: Path, label: Label | str) -> None:
    path = copy(tmp_path, label)
    manifest_path(path).unlink()
    assert label_of(path) is None
    with pytest.raises(InputError, match="there is no manifest") as caught:
        verify_copy(path, TRUSTED, NOW)
    assert "Anna" not in str(caught.value)
    assert "anna" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"a,b\n1,2\n"])
def test_what_cannot_be_read_has_no_label(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.parquet").write_bytes(data)
    assert label_of(tmp_path / "x.parquet") is None
    assert label_of(tmp_path) is None
    assert label_of(tmp_path / "gone") is None


def test_a_real_copy_carries_its_label_in_every_file_that_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "in").mkdir()
    table = pa.table({"email": [f"anna{number}@firma.example" for number in range(20)]})
    pq.write_table(table, tmp_path / "in/people.parquet")
    mask(tmp_path / "in", tmp_path / "out", purpose="test-patch", expires="3d")
    found = verify(tmp_path / "out")
    label = label_of(tmp_path / "out/people.parquet")
    assert label == Label(found.copy_id, found.purpose, found.recipient, found.expires)
    with pytest.raises(InputError, match="the label inside says"):
        verify(tmp_path / "out/people.parquet")
