"""An edited label inside a Parquet copy, as `masker verify` sees it: refused, though the manifest fits the file.

The edits are signed anew by the user's own key, which is trusted: only the label gives them away.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk import Desk, desk

from masker.label import KEY, Label
from masker.manifest import manifest_path, read_manifest, to_envelope
from masker.trust import own_signer
from masker.verify.labels import label_of

__all__ = ["desk"]


def copy(desk: Desk) -> Path:
    table = pa.table({"email": [f"user{number}@mail.example" for number in range(30)]})
    pq.write_table(table, desk.folder / "in" / "people.parquet")
    out = desk.folder / "out.parquet"
    assert desk.mask(desk.folder / "in" / "people.parquet", dest=out).exit == 0
    return out


def with_label(out: Path, text: str | None) -> None:
    table = pq.ParquetFile(out).read()
    pq.write_table(table.replace_schema_metadata({KEY: text} if text is not None else None), out)
    signer = own_signer()
    known = read_manifest(manifest_path(out), {signer.id: signer.public})
    listed = replace(known.files[0], sha256=hashlib.sha256(out.read_bytes()).hexdigest())
    manifest_path(out).write_bytes(to_envelope(replace(known, files=(listed,)), signer))


EDITS: dict[str, Callable[[Label], str | None]] = {
    "copy id": lambda label: replace(label, copy_id="0" * 32).as_text(),
    "purpose": lambda label: replace(label, purpose="test-fix").as_text(),
    "recipient": lambda label: replace(label, recipient="subcontractor:north").as_text(),
    "a later expiry": lambda label: replace(label, expires="2099-01-01T00:00:00Z").as_text(),
    "an earlier expiry": lambda label: replace(label, expires="2020-01-01T00:00:00Z").as_text(),
    "no label": lambda label: "",
    "no place for one": lambda label: None,
    "free text": lambda label: "anything at all",
}


@pytest.mark.promise("P15")
@pytest.mark.parametrize("what", EDITS)
def test_an_edited_label_is_refused(desk: Desk, what: str) -> None:
    out = copy(desk)
    label = label_of(out)
    assert label is not None
    with_label(out, EDITS[what](label))
    desk.refuses(lambda: desk.run("verify", out), 1, "digest")
    # It is the label that is refused, not that the file was written anew.
    with_label(out, label.as_text())
    assert desk.run("verify", out).exit == 0


def test_a_copy_that_was_extended_may_tell_its_former_expiry_and_no_other(desk: Desk) -> None:
    out = copy(desk)
    label = label_of(out)
    assert desk.run("extend", out, "--expires", "20d", "--reason", "not done yet").exit == 0
    assert label_of(out) == label
    assert desk.run("verify", out).exit == 0
    assert label is not None
    with_label(out, replace(label, expires="2099-01-01T00:00:00Z").as_text())
    desk.refuses(lambda: desk.run("verify", out), 1, "digest")


def test_a_label_that_is_edited_without_the_key_is_refused_by_the_file_s_digest(desk: Desk) -> None:
    out = copy(desk)
    label = label_of(out)
    assert label is not None
    raw = out.read_bytes()
    assert raw.count(label.purpose.encode()) >= 1
    out.write_bytes(raw.replace(b"purpose=test-patch", b"purpose=test-catch"))
    desk.refuses(lambda: desk.run("verify", out), 1, "digest")
