"""What users and systems hand in ends in manifests, logs and messages: one line that prints, or a clear refusal."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk import TAGGED, Desk, csv_bytes, desk

__all__ = ["desk"]

ODD = ["CHG-1\nmasker: verified", "CHG\x1b[31m", os.fsdecode(b"CHG-\xff"), "7" * 501]


@pytest.mark.parametrize("text", ODD)
def test_a_reference_that_is_no_line_of_text_is_refused(desk: Desk, text: str) -> None:
    source = desk.good()
    desk.refuses(lambda: desk.mask(source, "--reference", text), 2, "usage")
    desk.refuses(lambda: desk.run("track", source, *TAGGED, "--reference", text), 2, "usage")


@pytest.mark.parametrize("text", ODD)
def test_a_reason_that_is_no_line_of_text_is_refused(desk: Desk, text: str) -> None:
    desk.mask(desk.good(), "--expires", "2d")
    kept = (desk.out.with_name("out.masker.json")).read_bytes()
    extended = desk.run("extend", desk.out, "--expires", "9d", "--reason", text)
    shown = desk.run("reveal", desk.out, "--columns", "email", "-o", desk.folder / "o", "--reason", text)
    assert [(each.exit, each.code) for each in (extended, shown)] == [(2, "usage")] * 2
    assert desk.out.with_name("out.masker.json").read_bytes() == kept


@pytest.mark.parametrize("name", [os.fsdecode(b"\xff"), "anna\nmasker: verified", "a\x1b[31m"])
def test_a_user_name_of_any_bytes_keeps_no_copy_from_being_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("LOGNAME", name)
    assert desk.mask(desk.good()).exit == 0
    verified = desk.run("verify", desk.out)
    assert (verified.exit, verified.stderr) == (0, "")


def test_a_user_that_the_system_does_not_know_can_mask(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    def unknown(_: int) -> None:
        raise KeyError

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert desk.mask(desk.good()).exit == 0
    assert desk.run("verify", desk.out).exit == 0


def test_a_file_name_that_is_no_utf8_is_refused(desk: Desk) -> None:
    source = desk.put(os.fsdecode(b"a\xff.csv"), csv_bytes())
    desk.refuses(lambda: desk.mask(source), 3, "unsupported")
    desk.refuses(lambda: desk.mask(source.parent), 3, "unsupported")
    assert desk.run("scan", source).code == "unsupported"


def test_a_folder_name_that_is_no_utf8_is_as_good_as_any(desk: Desk) -> None:
    source = desk.put(os.fsdecode(b"sub-\xff/customers.csv"), csv_bytes())
    assert desk.mask(source.parent).exit == 0
    assert desk.run("verify", desk.out, "--against", source.parent).exit == 0


@pytest.mark.parametrize("name", [b"out\xff", b"out\xff.csv"])
def test_a_destination_that_no_manifest_could_name_is_refused(desk: Desk, name: bytes) -> None:
    source = desk.good()
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / os.fsdecode(name)), 2, "usage")


def test_field_names_of_nested_types_are_not_told(desk: Desk) -> None:
    mark = "anna@firma.example"
    path = desk.folder / "in" / "nested.parquet"
    pq.write_table(pa.table({"id": range(9), "about": [{mark: "x@y.example"}] * 9}), path)
    masked = desk.mask(path)
    assert mark not in masked.stderr + masked.stdout
    assert masked.code in ("does-not-fit", "undecided-column")
    assert "column" in masked.stderr


def test_what_is_missing_is_told_before_its_ending(desk: Desk) -> None:
    assert desk.mask(desk.folder / "in" / "nothing").code == "not-found"


def test_a_folder_in_the_place_of_a_manifest_is_no_manifest(desk: Desk) -> None:
    source = desk.good()
    source.with_name(source.name + ".masker.json").mkdir()
    assert desk.run("verify", source).code == "malformed"


@pytest.mark.parametrize("what", ["settings", "key"])
def test_an_export_with_a_key_in_it_is_not_tracked(desk: Desk, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """A purge would delete the key with the export."""
    source = desk.good().parent
    if what == "settings":
        monkeypatch.setenv("MASKER_CONFIG_DIR", str(source / "settings"))
        assert desk.run("copies").exit == 0
        (source / "settings").mkdir(exist_ok=True)
        assert desk.run("mask", "x", *TAGGED, "-o", "y").exit != 0
        from masker.trust import own_signer

        own_signer()
    else:
        desk.run("key", "new", source / "root.key")
        monkeypatch.setenv("MASKER_KEY_FILE", str(source / "root.key"))
    assert desk.run("track", source, *TAGGED).code == "key"
    listed = desk.run("copies", source)
    assert (listed.exit, listed.stdout) == (0, "no copies\n")


def test_a_manifest_that_could_not_be_read_is_not_made(desk: Desk, tmp_path: Path) -> None:
    from dataclasses import replace

    from masker.errors import InputError
    from masker.manifest import manifest_path, read_manifest, to_envelope
    from masker.trust import own_signer, trusted_signers

    desk.mask(desk.good())
    manifest = read_manifest(manifest_path(desk.out), trusted_signers())
    with pytest.raises(InputError):
        to_envelope(replace(manifest, reference="\udcff"), own_signer())
