import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from masker.agreement import BUILT_IN, Agreement
from masker.errors import GateError, OutputError, UsageError
from masker.profile.load import LoadedProfile, load_profile
from masker.profile.lock import Accepted, accept, lock_path, read_lock, require_accepted

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
THIRD = replace(BUILT_IN, customer="acme", policy="policy", policy_version="3")
FOURTH = replace(THIRD, policy_version="4")


def accepted(loaded: LoadedProfile, agreement: Agreement, *, by: str, moment: datetime) -> Accepted:
    return accept(loaded, agreement, by=by, moment=moment, record=lambda: None)


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedProfile:
    path = tmp_path / "crm.yaml"
    path.write_text("masker: 1\nname: crm\nowner: crm-data-owner\n")
    return load_profile(str(path))


def test_what_was_accepted_is_accepted(loaded: LoadedProfile) -> None:
    assert accepted(loaded, THIRD, by="owner", moment=NOW).new
    require_accepted(loaded, THIRD)


@pytest.mark.parametrize(
    "agreement", [FOURTH, replace(THIRD, customer="other"), replace(THIRD, policy="another policy")]
)
def test_another_version_policy_or_customer_is_not(loaded: LoadedProfile, agreement: object) -> None:
    accepted(loaded, THIRD, by="owner", moment=NOW)
    with pytest.raises(GateError) as caught:
        require_accepted(loaded, agreement)
    assert caught.value.code == "agreement"
    assert "masker profile accept" in caught.value.hint


def test_accepting_again_changes_nothing(loaded: LoadedProfile) -> None:
    first = accepted(loaded, THIRD, by="owner", moment=NOW)
    before = lock_path(loaded).read_bytes()
    again = accepted(loaded, THIRD, by="somebody", moment=datetime(2027, 1, 1, tzinfo=UTC))
    assert (again.acceptance, again.new) == (first.acceptance, False)
    assert lock_path(loaded).read_bytes() == before


def test_a_newer_version_joins_the_older_one(loaded: LoadedProfile) -> None:
    accepted(loaded, THIRD, by="owner", moment=NOW)
    lock_path(loaded).chmod(0o640)
    accepted(loaded, FOURTH, by="owner", moment=NOW)
    require_accepted(loaded, THIRD)
    require_accepted(loaded, FOURTH)
    assert [each.version for each in read_lock(loaded).policies] == ["3", "4"]
    assert lock_path(loaded).stat().st_mode & 0o777 == 0o640


def test_the_lock_stands_beside_the_profile_and_nothing_else_does(loaded: LoadedProfile) -> None:
    accepted(loaded, replace(THIRD, customer="Käse 🧀"), by="owner", moment=NOW)
    assert sorted(path.name for path in loaded.path.parent.iterdir()) == ["crm.lock", "crm.yaml"]
    assert json.loads(lock_path(loaded).read_text())["masker-lock"] == 1
    assert read_lock(loaded).policies[0].customer == "Käse 🧀"


def test_neither_the_built_in_agreement_nor_a_built_in_profile_needs_it(loaded: LoadedProfile) -> None:
    require_accepted(loaded, BUILT_IN)
    require_accepted(load_profile("test-env"), THIRD)
    with pytest.raises(UsageError):
        accepted(load_profile("test-env"), THIRD, by="owner", moment=NOW)


ENTRY = '{"customer": "acme", "policy": "policy", "version": "3", "agreement_digest": "", "by": "o", "at": ""}'


def test_the_lock_that_the_bad_ones_differ_from_is_read(loaded: LoadedProfile) -> None:
    lock_path(loaded).write_text(f'{{"masker-lock": 1, "profile": "crm", "policies": [{ENTRY}]}}')
    require_accepted(loaded, THIRD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"masker-lock": 2, "profile": "crm", "policies": []}',
        f'{{"masker-lock": 1, "profile": "crm", "polices": [{ENTRY}]}}',
        f'{{"masker-lock": 1, "profile": "crm", "policies": [{ENTRY}], "policies": []}}',
        f'{{"masker-lock": 1, "profile": "crm", "policies": [{ENTRY[:-1]}, "also": 1}}]}}',
        f'{{"masker-lock": 1, "profile": "crm", "policies": [{ENTRY}',
        '{"masker-lock": 1, "profile": "crm", "policies": [{"customer": "acme"}]}',
        '{"masker-lock": 1, "profile": "crm", "policies": [{}]}'.replace("{}", ENTRY.replace('"3"', "3")),
    ],
)
def test_a_broken_lock_accepts_nothing_and_is_left_alone(loaded: LoadedProfile, text: str) -> None:
    lock_path(loaded).write_text(text)
    with pytest.raises(UsageError) as caught:
        require_accepted(loaded, THIRD)
    assert caught.value.code == "profile"
    with pytest.raises(UsageError):
        accepted(loaded, THIRD, by="owner", moment=NOW)
    assert lock_path(loaded).read_text() == text


def test_a_folder_in_the_lock_s_place_is_refused(loaded: LoadedProfile) -> None:
    lock_path(loaded).mkdir()
    with pytest.raises((UsageError, OutputError)):
        accepted(loaded, THIRD, by="owner", moment=NOW)
    assert [path.name for path in lock_path(loaded).iterdir()] == []


def test_two_profiles_that_share_a_stem_share_no_lock(loaded: LoadedProfile) -> None:
    accepted(loaded, THIRD, by="owner", moment=NOW)
    other = loaded.path.with_name("crm.yml")
    other.write_text("masker: 1\nname: other\n")
    with pytest.raises(UsageError, match="another profile"):
        require_accepted(load_profile(str(other)), THIRD)


def test_what_cannot_be_recorded_is_not_accepted(loaded: LoadedProfile) -> None:
    def fails() -> None:
        raise OutputError("ledger", "the ledger is in use")

    accepted(loaded, THIRD, by="owner", moment=NOW)
    before = lock_path(loaded).read_bytes()
    with pytest.raises(OutputError):
        accept(loaded, FOURTH, by="owner", moment=NOW, record=fails)
    assert lock_path(loaded).read_bytes() == before
    assert not accept(loaded, THIRD, by="owner", moment=NOW, record=fails).new
