"""Tracking exports and extending lives: the limit counts from the first creation, whatever is done later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from masker import clock
from masker.agreement import BUILT_IN
from masker.clock import rfc3339
from masker.errors import GateError, InputError, MaskerError, UsageError
from masker.ledger import book
from masker.ledger.book import Ledger
from masker.ledger.entry import Entry
from masker.ledger.sound import audit_path
from masker.lifetime import extend, track
from masker.manifest import manifest_path, read_manifest
from masker.verify.signed import verify_copy
from tests.ledger.book import opened
from tests.verify.made import SIGNER, STRANGER, TRUSTED, put_copy

MADE = datetime(2028, 2, 20, tzinfo=UTC)
FILES = {"a.csv": b"x\n1\n", "sub/b.csv": b"y\n"}


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger whose events all happen at `MADE`."""
    monkeypatch.setattr(book, "now", lambda: MADE)
    with opened(tmp_path / "ledger") as made:
        yield made


def days(number: float) -> datetime:
    return MADE + timedelta(days=number)


def export(folder: Path) -> Path:
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def put(folder: Path, created: datetime = MADE, **more: object) -> Path:
    return put_copy(folder, FILES, expires=rfc3339(created + timedelta(days=5)), created=rfc3339(created), **more)  # type: ignore[arg-type]


def tracked(source: Path, ledger: Ledger, expires: str = "5d", now: datetime = MADE) -> Entry:
    return track(source, ledger, BUILT_IN, now, purpose="test-patch", expires=expires, operator="ops")


def extended(copy: Path, ledger: Ledger, expires: str, now: datetime = MADE, **more: object) -> tuple[str, str]:
    asked: dict[str, object] = {"reason": "the test goes on", "trusted": TRUSTED, "signer": SIGNER, "operator": "ops"}
    return extend(copy, ledger, now, expires=expires, **{**asked, **more})  # type: ignore[arg-type]


def as_it_is(folder: Path) -> dict[Path, tuple[int, int, int, int]]:
    states = {path: path.stat() for path in sorted(folder.rglob("*"))}
    return {path: (state.st_ino, state.st_mode, state.st_size, state.st_mtime_ns) for path, state in states.items()}


def code_of(failure: pytest.ExceptionInfo[MaskerError]) -> str:
    return failure.value.code


def test_a_tracked_export_is_left_as_it_is(tmp_path: Path, ledger: Ledger) -> None:
    source = export(tmp_path / "raw")
    before = as_it_is(source)
    entry = tracked(source, ledger)
    assert [file.path for file in entry.files] == ["a.csv", "sub/b.csv"]
    assert (entry.kind, entry.purpose, entry.expires) == ("export", "test-patch", rfc3339(days(5)))
    assert as_it_is(source) == before
    assert ledger.entries()[entry.key] == entry


def test_no_plain_hash_of_a_source_is_kept(tmp_path: Path, ledger: Ledger) -> None:
    import hashlib

    tracked(export(tmp_path / "raw"), ledger)
    kept = audit_path(tmp_path / "ledger" / "ledger.db").read_text() + str(
        (tmp_path / "ledger" / "ledger.db").read_bytes()
    )
    for content in FILES.values():
        for name in ("md5", "sha1", "sha256", "blake2b"):
            assert hashlib.new(name, content).hexdigest() not in kept


def test_two_trackings_of_one_content_have_different_digests(tmp_path: Path, ledger: Ledger) -> None:
    one, two = (tracked(export(tmp_path / name), ledger) for name in ("one", "two"))
    assert one.files[0].digest != two.files[0].digest


def test_links_are_not_tracked(tmp_path: Path, ledger: Ledger) -> None:
    export(tmp_path / "outside")
    source = export(tmp_path / "raw")
    (source / "file").symlink_to(tmp_path / "outside" / "a.csv")
    (source / "folder").symlink_to(tmp_path / "outside")
    (source / "loop").symlink_to(source)
    assert len(tracked(source, ledger).files) == 2
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(InputError) as failure:
        tracked(tmp_path / "link", ledger)
    assert code_of(failure) == "unsupported"


def test_tracking_holds_to_the_agreement(tmp_path: Path, ledger: Ledger) -> None:
    source = export(tmp_path / "raw")
    for asked in ({"expires": "31d"}, {"purpose": "curiosity"}, {"recipient": "subcontractor:x"}):
        with pytest.raises(GateError) as failure:
            track(source, ledger, BUILT_IN, MADE, **{"purpose": "test-patch", "expires": "5d", **asked})
        assert code_of(failure) == "agreement"
    with pytest.raises(UsageError):
        tracked(source, ledger, "2020-02-29")
    assert ledger.entries() == {}


def test_tracking_again_does_not_start_the_limit_anew(tmp_path: Path, ledger: Ledger) -> None:
    source = export(tmp_path / "raw")
    first = tracked(source, ledger)
    again = tracked(source, ledger, "20d", days(4))
    assert (again.copy_id, again.created) == (first.copy_id, first.created)
    (source / "more.csv").write_bytes(b"z")
    with pytest.raises(GateError) as failure:
        tracked(source, ledger, "20d", days(11))
    assert code_of(failure) == "agreement"
    assert len(ledger.entries()) == 1


def test_a_new_export_at_an_old_place_is_a_new_one(tmp_path: Path, ledger: Ledger) -> None:
    source = export(tmp_path / "raw")
    first = tracked(source, ledger)
    for name in FILES:
        (source / name).write_bytes(b"of another night\n")
    second = tracked(source, ledger, "20d", days(11))
    assert second.copy_id != first.copy_id
    assert ledger.entries()[first.key].state == "replaced"


def test_an_extended_copy_verifies_with_its_chain(tmp_path: Path, ledger: Ledger) -> None:
    copy = put(tmp_path / "out")
    before = {path: path.read_bytes() for path in copy.rglob("*.csv")}
    assert extended(copy, ledger, "20d") == (rfc3339(days(5)), rfc3339(days(20)))
    extended(copy, ledger, "25d", days(1))
    manifest, _ = verify_copy(copy, TRUSTED, days(24))
    assert [(e.before, e.operator, e.reason) for e in manifest.extensions] == [
        (rfc3339(days(5)), "ops", "the test goes on"),
        (rfc3339(days(20)), "ops", "the test goes on"),
    ]
    assert manifest.expires == rfc3339(days(26))
    assert {path: path.read_bytes() for path in copy.rglob("*.csv")} == before


def test_a_single_file_is_extended_too(tmp_path: Path, ledger: Ledger) -> None:
    copy = put_copy(tmp_path / "out.csv", {"out.csv": b"x"}, expires=rfc3339(days(5)), created=rfc3339(MADE))
    extended(copy, ledger, "20d")
    verify_copy(copy, TRUSTED, days(19))


@pytest.mark.promise("P14")
def test_no_extension_passes_the_limit_from_the_first_creation(tmp_path: Path, ledger: Ledger) -> None:
    copy = put(tmp_path / "out")
    extended(copy, ledger, "30d")
    sidecar = manifest_path(copy).read_bytes()
    for now, expires in ((MADE, "31d"), (days(1), "30d"), (days(29), "2d")):
        with pytest.raises(GateError) as failure:
            extended(copy, ledger, expires, now)
        assert code_of(failure) == "agreement"
    assert manifest_path(copy).read_bytes() == sidecar


def test_the_ledgers_real_time_counts_not_the_stamped_one(tmp_path: Path, ledger: Ledger) -> None:
    """`SOURCE_DATE_EPOCH` in a manifest neither lengthens a life nor shortens what is known."""
    copy = put(tmp_path / "out", MADE + timedelta(days=100))
    with pytest.raises(GateError) as failure:
        extended(copy, ledger, "110d")
    assert code_of(failure) == "clock"
    known = read_manifest(manifest_path(copy), TRUSTED)
    from dataclasses import replace

    from tests.ledger.book import ENTRY

    made = replace(ENTRY, copy_id=known.copy_id, path=str(copy), created=rfc3339(MADE), expires=known.expires)
    ledger.record("run", made.copy_id, made.as_facts())
    with pytest.raises(GateError) as failure:
        extended(copy, ledger, "110d")
    assert code_of(failure) == "agreement"


def test_an_agreement_that_is_given_must_allow_it_too(tmp_path: Path, ledger: Ledger) -> None:
    from dataclasses import replace

    short = replace(BUILT_IN.purposes["test-patch"], longest=timedelta(days=7))
    agreement = replace(BUILT_IN, purposes={"test-patch": short})
    copy = put(tmp_path / "out")
    with pytest.raises(GateError) as failure:
        extended(copy, ledger, "8d", agreement=agreement)
    assert code_of(failure) == "agreement"
    extended(copy, ledger, "6d", agreement=agreement)


@pytest.mark.promise("P14")
def test_what_is_expired_is_not_renewed(tmp_path: Path, ledger: Ledger) -> None:
    copy, source = put(tmp_path / "out"), export(tmp_path / "raw")
    tracked(source, ledger)
    for place in (copy, source):
        with pytest.raises(GateError) as failure:
            extended(place, ledger, "10d", days(5))
        assert code_of(failure) == "expired"


@pytest.mark.parametrize(("expires", "reason"), [("4d", "x"), ("5d", "x"), ("10d", "  "), ("10d", "x" * 501)])
def test_an_earlier_expiry_or_no_reason_is_a_usage_error(
    tmp_path: Path, ledger: Ledger, expires: str, reason: str
) -> None:
    copy = put(tmp_path / "out")
    with pytest.raises(UsageError):
        extended(copy, ledger, expires, reason=reason)


def test_a_strangers_edited_or_cut_manifest_is_not_extended(tmp_path: Path, ledger: Ledger) -> None:
    strange, edited, cut = put(tmp_path / "s", signer=STRANGER), put(tmp_path / "e"), put(tmp_path / "c")
    for place, content in ((edited, lambda raw: raw.replace(b"A", b"B", 1)), (cut, lambda raw: raw[:-20])):
        manifest_path(place).write_bytes(content(manifest_path(place).read_bytes()))
    for place, codes in ((strange, {"signer"}), (edited, {"signature"}), (cut, {"malformed", "signature"})):
        before = manifest_path(place).read_bytes()
        with pytest.raises(MaskerError) as failure:
            extended(place, ledger, "10d")
        assert code_of(failure) in codes
        assert manifest_path(place).read_bytes() == before
    with pytest.raises(InputError):
        extended(tmp_path / "nothing", ledger, "10d")


def test_an_export_is_extended_in_the_ledger(tmp_path: Path, ledger: Ledger) -> None:
    entry = tracked(export(tmp_path / "raw"), ledger)
    extended(tmp_path / "raw", ledger, "30d")
    assert ledger.entries()[entry.key].expires == rfc3339(days(30))
    with pytest.raises(GateError) as failure:
        extended(tmp_path / "raw", ledger, "30d", days(1))
    assert code_of(failure) == "agreement"


def test_a_clock_set_back_tracks_and_extends_nothing(tmp_path: Path, ledger: Ledger) -> None:
    copy, source = put(tmp_path / "out"), export(tmp_path / "raw")
    ledger.record("reveal")
    for attempt in (lambda: tracked(source, ledger, now=days(-1)), lambda: extended(copy, ledger, "10d", days(-1))):
        with pytest.raises(GateError) as failure:
            attempt()
        assert code_of(failure) == "clock"


def test_a_leap_day_is_a_day_like_others() -> None:
    made = datetime(2028, 2, 15, tzinfo=UTC)
    assert clock.expiry("14d", made) == datetime(2028, 2, 29, tzinfo=UTC)
    assert clock.expiry("2028-02-29", made) == datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(UsageError):
        clock.expiry("2027-02-29", made)
