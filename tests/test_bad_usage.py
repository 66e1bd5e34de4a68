"""Wrong options, keys, profiles and destinations end in one clear error; no value is shown and nothing is written."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from os import urandom
from pathlib import Path

import pytest
from desk import MARK, TAGGED, Desk, csv_bytes, desk

__all__ = ["desk"]

NEXT_YEAR = (datetime.now(UTC) + timedelta(days=365)).date().isoformat()
DECIDED = "customer_id: token\n      first_name: redact\n      email: redact\n      notes: redact"


def profile(columns: str = DECIDED, *, head: str = "", table: str = "customers") -> bytes:
    return f"masker: 1\nname: mine\n{head}tables:\n  {table}:\n    columns:\n      {columns}\n".encode()


@pytest.mark.parametrize(
    ("options", "exit_code", "code"),
    [
        (["--expires", "14d"], 2, "usage"),
        (["--purpose", "test-patch"], 2, "usage"),
        ([], 2, "usage"),
        (["--purpose", "test-patch", "--expires", "soon"], 2, "usage"),
        (["--purpose", "test-patch", "--expires", "14"], 2, "usage"),
        (["--purpose", "test-patch", "--expires", "2020-01-01"], 2, "usage"),
        (["--purpose", "test-patch", "--expires", "0d"], 2, "usage"),
        (["--purpose", "test-patches", "--expires", "14d"], 1, "agreement"),
        (["--purpose", "marketing", "--expires", "14d"], 1, "agreement"),
        (["--purpose", "test-patch", "--expires", "31d"], 1, "agreement"),
        (["--purpose", "test-patch", "--expires", NEXT_YEAR], 1, "agreement"),
        ([*TAGGED, "--recipient", "everybody"], 1, "agreement"),
        ([*TAGGED, "--no-such-option"], 2, "usage"),
        ([*TAGGED, "--engine", "warp"], 2, "unknown-name"),
        ([*TAGGED, "--profile", "test-emv"], 2, "profile"),
        ([*TAGGED, "--profile", "in"], 2, "profile"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_options_are_refused(desk: Desk, options: list[str], exit_code: int, code: str) -> None:
    source = desk.good()
    desk.refuses(lambda: desk.mask(source, *options, tagged=False), exit_code, code)


def test_mask_without_destination_is_refused(desk: Desk) -> None:
    source = desk.good()
    desk.refuses(lambda: desk.run("mask", source, *TAGGED), 2, "usage")


@pytest.mark.parametrize("words", [(), ("key",), ("ledger",)])
def test_no_command_is_refused(desk: Desk, words: tuple[str, ...]) -> None:
    told = desk.run(*words)
    assert (told.exit, told.code) == (2, "usage")
    assert "--help" in told.stderr


def test_a_missing_purpose_is_told_where_purposes_are_listed(desk: Desk) -> None:
    told = desk.run("mask", desk.put("a.csv", csv_bytes()), "-o", desk.out, "--expires", "14d")
    assert (told.exit, told.code) == (2, "usage")
    assert "masker show purposes" in told.stderr


def test_a_misspelled_key_of_a_rule_is_told_with_the_right_one(desk: Desk) -> None:
    (desk.folder / "p.yaml").write_bytes(profile("customer_id: {metod: token}"))
    told = desk.mask(desk.put("customers.csv", csv_bytes()), "--profile", desk.folder / "p.yaml")
    assert (told.exit, told.code) == (2, "profile")
    assert "did you mean `method`?" in told.stderr


def test_unknown_command_is_refused(desk: Desk) -> None:
    desk.refuses(lambda: desk.run("maks"), 2, "usage")


@pytest.mark.parametrize(
    ("text", "exit_code", "codes"),
    [
        (profile(DECIDED.replace("token", "tokem")), 2, ["unknown-name", "profile"]),
        (profile(DECIDED.replace("token", "{method: token, colour: red}")), 2, ["unknown-name", "profile"]),
        (profile(DECIDED.replace("token", "{method: generalize, to: fortnight}")), 2, ["profile", "usage"]),
        (profile(DECIDED + "\n      fax: redact"), 1, ["drift"]),
        (profile(table="clients"), 1, ["drift"]),
        (profile(DECIDED.rpartition("\n")[0]), 1, ["undecided-column"]),
        (profile(DECIDED + "\n      email: keep"), 2, ["profile"]),
        (profile(head="undecided: keep\n"), 2, ["profile"]),
        (profile(head="colour: red\n"), 2, ["profile"]),
        (profile(head="extends: nobody\n"), 2, ["profile"]),
        (profile(head="locale: &a de_DE\nowner: *a\n"), 2, ["profile"]),
        (profile(head="owner: !!python/name:os.system\n"), 2, ["profile"]),
        (b"masker: 1\n", 2, ["profile"]),
        (b"", 2, ["profile"]),
        (b"[1, 2", 2, ["profile"]),
        (b"\xff\xfe", 2, ["profile"]),
        (b"[" * 500, 2, ["profile"]),
    ],
    ids=[
        *(
            "unknown method",
            "unknown parameter",
            "bad parameter",
            "missing column",
            "missing table",
            "undecided column",
        ),
        *("key twice", "undecided keep", "unknown key", "unknown base", "alias", "tag", "no name", "empty", "no YAML"),
        *("no text", "too deep"),
    ],
)
def test_wrong_profile_is_refused(desk: Desk, text: bytes, exit_code: int, codes: list[str]) -> None:
    source, path = desk.good(), desk.put("profiles/mine.yaml", text)
    desk.refuses(lambda: desk.mask(source, "--profile", path), exit_code, *codes)


def test_the_good_profile_that_all_cases_start_from_is_accepted(desk: Desk) -> None:
    outcome = desk.mask(desk.good(), "--profile", desk.put("profiles/mine.yaml", profile()))
    assert outcome.exit == 0, outcome.stderr


def test_profile_error_names_line_and_character(desk: Desk) -> None:
    source, path = desk.good(), desk.put("profiles/mine.yaml", profile(DECIDED.replace("token", "tokem")))
    assert "mine.yaml:6:" in desk.mask(source, "--profile", path).stderr


@pytest.mark.parametrize(
    ("data", "mode"),
    [
        (f"{MARK}: no key at all".encode(), 0o600),
        (b64encode(bytes(range(31))), 0o600),
        (b64encode(bytes(32)), 0o600),
        (b"", 0o600),
        (b64encode(urandom(32)), 0o644),
        (b64encode(urandom(32)), 0o660),
    ],
    ids=["garbage", "too short", "all zero", "empty", "others may read", "group may write"],
)
def test_unusable_key_file_is_refused(desk: Desk, data: bytes, mode: int) -> None:
    source, key = desk.good(), desk.put("keys/root.key", data)
    key.chmod(mode)
    desk.refuses(lambda: desk.mask(source, "--key-file", key), 4, "key")


@pytest.mark.parametrize("name", ["none.key", "folder.key"])
def test_key_file_that_is_none_is_refused(desk: Desk, name: str) -> None:
    source = desk.good()
    (desk.folder / "folder.key").mkdir()
    desk.refuses(lambda: desk.mask(source, "--key-file", desk.folder / name), 4, "key")


@pytest.mark.parametrize("value", [f"{MARK}!!", "c2hvcnQ=", ""], ids=["not base64", "too short", "empty"])
def test_unusable_key_in_the_environment_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MASKER_KEY", value)
    source = desk.good()
    desk.refuses(lambda: desk.mask(source), 4, "key")


def test_existing_destination_is_left_alone(desk: Desk) -> None:
    source = desk.good()
    desk.out.write_bytes(b"somebody's work")
    desk.refuses(lambda: desk.mask(source), 5, "exists")


def test_existing_folder_as_destination_is_left_alone(desk: Desk) -> None:
    desk.good()
    desk.out.mkdir()
    desk.refuses(lambda: desk.mask(desk.folder / "in"), 5, "exists")


def test_replace_does_not_touch_what_is_no_copy(desk: Desk) -> None:
    source = desk.good()
    desk.out.write_bytes(b"somebody's work")
    before = desk.tree()
    outcome = desk.mask(source, "--replace")
    assert outcome.exit in (1, 2, 5)
    assert desk.tree() == before


def test_link_as_destination_is_left_alone(desk: Desk) -> None:
    source = desk.good()
    desk.out.symlink_to(desk.folder / "elsewhere")
    desk.refuses(lambda: desk.mask(source), 5, "exists")


@pytest.mark.parametrize("below", ["", "copy", "deep/copy", "../in/copy", "./x/../copy"])
def test_destination_inside_the_source_is_refused(desk: Desk, below: str) -> None:
    desk.good()
    desk.refuses(lambda: desk.mask(desk.folder / "in", dest=desk.folder / "in" / below), 2, "usage")


def test_destination_inside_another_copy_is_refused(desk: Desk) -> None:
    """That copy would hold a file that its manifest does not list."""
    desk.good()
    copy = desk.folder / "copy"
    desk.mask(desk.folder / "in", dest=copy)
    desk.refuses(lambda: desk.mask(desk.folder / "in", dest=copy / "next"), 2, "usage")
    assert desk.run("verify", copy).exit == 0


def test_destination_inside_the_source_through_a_link_is_refused(desk: Desk) -> None:
    desk.good()
    (desk.folder / "way").symlink_to(desk.folder / "in", target_is_directory=True)
    desk.refuses(lambda: desk.mask(desk.folder / "in", dest=desk.folder / "way" / "copy"), 2, "usage")


def test_source_as_destination_is_refused(desk: Desk) -> None:
    source = desk.good()
    desk.refuses(lambda: desk.mask(source, dest=source), 2, "usage")


def test_destination_below_a_file_is_refused(desk: Desk) -> None:
    source = desk.good()
    wall: Path = desk.put("wall", b"a file")
    desk.refuses(lambda: desk.mask(source, dest=wall / "out.csv"), 5, "output", "exists", "permission")
