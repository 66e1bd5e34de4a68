"""`verify_copy`: signature, signer, digests, no other files, expiry."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from masker.errors import GateError, InputError
from masker.verify.signed import verify_copy
from tests.verify.made import NOW, STRANGER, TRUSTED, put_copy


def refusal(copy: Path, now: datetime = NOW) -> str:
    with pytest.raises(GateError) as refused:
        verify_copy(copy, TRUSTED, now)
    return refused.value.code


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return put_copy(tmp_path / "copy", {"a.csv": b"x\n1\n", "sub/b.csv": b"y\n2\n"})


def test_an_untouched_copy_is_accepted(copy: Path) -> None:
    found, checks = verify_copy(copy, TRUSTED, NOW)
    assert (found.purpose, checks) == ("test-patch", 5)


def test_an_untouched_single_file_is_accepted(tmp_path: Path) -> None:
    verify_copy(put_copy(tmp_path / "out.csv", {"out.csv": b"x\n"}), TRUSTED, NOW)


def test_a_changed_file_is_refused(copy: Path) -> None:
    (copy / "sub/b.csv").write_bytes(b"y\n3\n")
    assert refusal(copy) == "digest"


def test_a_missing_file_is_refused(copy: Path) -> None:
    (copy / "a.csv").unlink()
    assert refusal(copy) == "digest"


def test_an_extra_file_is_refused(copy: Path) -> None:
    (copy / "sub/more.csv").write_bytes(b"")
    assert refusal(copy) == "digest"


def test_a_link_in_a_files_place_is_refused(copy: Path) -> None:
    (copy / "a.csv").rename(copy.parent / "elsewhere.csv")
    (copy / "a.csv").symlink_to(copy.parent / "elsewhere.csv")
    assert refusal(copy) == "digest"


def test_a_stranger_is_refused(tmp_path: Path) -> None:
    assert refusal(put_copy(tmp_path / "copy", {"a.csv": b"x"}, signer=STRANGER)) == "signer"


def test_the_manifest_of_another_copy_is_refused(tmp_path: Path) -> None:
    put_copy(tmp_path / "out.csv", {"out.csv": b"x\n"})
    for name in ("out.csv", "out.csv.masker.json"):
        (tmp_path / name).rename(tmp_path / name.replace("out", "other"))
    assert refusal(tmp_path / "other.csv") == "digest"


@pytest.mark.parametrize(("days", "expired"), [(22.9, False), (23, True), (400, True)])
def test_a_copy_expires_at_its_moment(copy: Path, days: float, expired: bool) -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(days=days)
    if expired:
        assert refusal(copy, now) == "expired"
    else:
        verify_copy(copy, TRUSTED, now)


def test_a_changed_expired_copy_is_refused_for_the_change(copy: Path) -> None:
    (copy / "a.csv").write_bytes(b"")
    assert refusal(copy, NOW + timedelta(days=90)) == "digest"


@pytest.mark.parametrize("name", ["nothing", "plain.csv"])
def test_what_is_no_copy_is_not_found(name: str, tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_bytes(b"x")
    with pytest.raises(InputError, match="not-found"):
        verify_copy(tmp_path / name, TRUSTED, NOW)
