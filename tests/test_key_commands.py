"""`masker key rotate` and `destroy` as a user sees them."""

from pathlib import Path

from desk import Desk, desk

__all__ = ["desk"]


def made(desk: Desk) -> tuple[Path, str]:
    key = desk.folder / "masker.key"
    assert desk.run("key", "new", key).exit == 0
    return key, desk.run("key", "id", key).stdout.strip()


def test_rotate_says_which_key_is_where(desk: Desk) -> None:
    key, old = made(desk)
    told = desk.run("key", "rotate", key)
    assert (told.exit, told.stdout) == (0, "")
    new = desk.run("key", "id", key).stdout.strip()
    assert new != old
    assert old in told.stderr
    assert new in told.stderr
    assert "do not join" in told.stderr
    assert "withheld" not in told.stderr
    assert desk.run("key", "id", f"{key}.{old}.retired").stdout.strip() == old


def test_no_key_byte_is_shown(desk: Desk) -> None:
    key, _ = made(desk)
    lines = [key.read_text().strip()]
    told = desk.run("key", "rotate", key)
    lines.append(key.read_text().strip())
    more = desk.run("key", "destroy", key, "--yes")
    assert not [line for line in lines if line[:8] in told.stderr + more.stderr + told.stdout + more.stdout]


def test_destroy_needs_a_yes_where_nobody_can_be_asked(desk: Desk) -> None:
    key, old = made(desk)
    desk.refuses(lambda: desk.run("key", "destroy", key), 2, "usage")
    told = desk.run("key", "destroy", key, "--yes")
    assert told.exit == 0
    assert old in told.stderr
    assert "backups" in told.stderr, "what it cannot do is said too"
    assert not key.exists()


def test_what_is_no_key_is_refused(desk: Desk) -> None:
    path = desk.folder / "notes"
    path.write_text("mine")
    path.chmod(0o600)
    desk.refuses(lambda: desk.run("key", "destroy", path, "--yes"), 4, "key")
    desk.refuses(lambda: desk.run("key", "rotate", path), 4, "key")
