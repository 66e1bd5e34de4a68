"""`find_copies` and `purge`: what expired goes, whole and with a receipt; nothing else is ever touched."""

import json
import subprocess
import sys
from base64 import b64decode
from datetime import timedelta
from pathlib import Path

from masker.copies import FoundCopy, find_copies, purge
from masker.deletion import Purged
from masker.manifest import manifest_path
from tests.verify.made import NOW, SIGNER, STRANGER, TRUSTED, put_copy

LATER = NOW + timedelta(days=60)
FILES = {"a.csv": b"x\n1\n", "sub/deep/b.csv": b"y\n2\n"}


def run(folder: Path, *, dry_run: bool = False) -> list[Purged]:
    return list(purge([folder], LATER, trusted=TRUSTED, signer=SIGNER, dry_run=dry_run))


def tree(folder: Path) -> dict[str, bytes | str | None]:
    return {
        str(path.relative_to(folder)): (
            str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        )
        for path in sorted(folder.rglob("*"))
    }


def test_an_expired_folder_goes_whole_and_leaves_a_receipt(tmp_path: Path) -> None:
    put_copy(tmp_path / "copy", FILES)
    (done,) = run(tmp_path)
    assert done.complete
    assert list(tree(tmp_path)) == ["copy.a1b2c3d4.purged.json"]


def test_an_expired_single_file_goes_with_its_sidecar(tmp_path: Path) -> None:
    put_copy(tmp_path / "out.csv", {"out.csv": b"x\n"})
    run(tmp_path)
    assert list(tree(tmp_path)) == ["out.csv.a1b2c3d4.purged.json"]


def test_the_receipt_is_signed_and_lists_what_was_deleted(tmp_path: Path) -> None:
    put_copy(tmp_path / "copy", FILES)
    (done,) = run(tmp_path)
    assert done.receipt is not None
    envelope = json.loads(done.receipt.read_bytes())
    receipt = json.loads(b64decode(envelope["payload"]))
    assert envelope["signatures"][0]["keyid"] == SIGNER.id
    assert {file["path"]: file["outcome"] for file in receipt["files"]} == dict.fromkeys(FILES, "deleted")
    assert (receipt["purpose"], receipt["complete"]) == ("test-patch", True)


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    put_copy(tmp_path / "copy", FILES)
    before = tree(tmp_path)
    (plan,) = run(tmp_path, dry_run=True)
    assert [file.outcome for file in plan.files] == ["due", "due"]
    assert tree(tmp_path) == before


def test_a_copy_that_is_not_expired_stays(tmp_path: Path) -> None:
    put_copy(tmp_path / "copy", FILES)
    before = tree(tmp_path)
    assert list(purge([tmp_path], NOW, trusted=TRUSTED, signer=SIGNER)) == []
    assert tree(tmp_path) == before


def test_a_strangers_or_edited_manifest_deletes_nothing(tmp_path: Path) -> None:
    put_copy(tmp_path / "strange", FILES, signer=STRANGER)
    put_copy(tmp_path / "edited", FILES)
    sidecar = manifest_path(tmp_path / "edited")
    sidecar.write_bytes(sidecar.read_bytes().replace(b"A", b"B", 1))
    before = tree(tmp_path)
    assert run(tmp_path) == []
    assert tree(tmp_path) == before


def test_files_that_the_manifest_does_not_list_stay(tmp_path: Path) -> None:
    put_copy(tmp_path / "copy", FILES)
    (tmp_path / "copy/sub/mine.txt").write_text("mine")
    (tmp_path / "beside.csv").write_text("beside")
    run(tmp_path)
    assert set(tree(tmp_path)) == {"beside.csv", "copy", "copy/sub", "copy/sub/mine.txt", "copy.a1b2c3d4.purged.json"}


def test_a_changed_file_stays_with_its_manifest(tmp_path: Path) -> None:
    put_copy(tmp_path / "copy", FILES)
    (tmp_path / "copy/a.csv").write_bytes(b"work of somebody")
    (done,) = run(tmp_path)
    assert not done.complete
    assert (tmp_path / "copy/a.csv").read_bytes() == b"work of somebody"
    assert manifest_path(tmp_path / "copy").exists()
    assert not (tmp_path / "copy/sub/deep/b.csv").exists()


def test_no_link_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    for name, content in FILES.items():
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_bytes(content)
    copies = tmp_path / "copies"
    put_copy(copies / "copy", FILES)
    (copies / "copy/a.csv").unlink()
    (copies / "copy/a.csv").symlink_to(outside / "a.csv")
    (copies / "copy/sub/deep/b.csv").unlink()
    (copies / "copy/sub/deep").rmdir()
    (copies / "copy/sub/deep").symlink_to(outside / "sub/deep")
    before = tree(outside)
    (done,) = run(copies)
    assert tree(outside) == before
    assert [file.outcome for file in done.files] == ["changed", "changed"]
    assert (copies / "copy/a.csv").is_symlink()


def test_a_linked_folder_is_not_searched(tmp_path: Path) -> None:
    put_copy(tmp_path / "outside/copy", FILES)
    (tmp_path / "here").mkdir()
    (tmp_path / "here/link").symlink_to(tmp_path / "outside")
    assert run(tmp_path / "here") == []
    assert (tmp_path / "outside/copy/a.csv").exists()


def test_a_later_copy_of_the_same_name_stays(tmp_path: Path) -> None:
    put_copy(tmp_path / "old", FILES)
    put_copy(tmp_path / "new", FILES, expires="2028-01-01T00:00:00Z")
    run(tmp_path)
    assert (tmp_path / "new/a.csv").exists()
    assert not (tmp_path / "old").exists()


def test_copies_are_listed_with_days_left_or_their_problem(tmp_path: Path) -> None:
    put_copy(tmp_path / "good", FILES)
    put_copy(tmp_path / "out.csv", {"out.csv": b"x"}, signer=STRANGER)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/masker.json").write_bytes(b"{}")
    listed = [(found.path.name, found.problem, found.days_left) for found in find_copies([tmp_path], TRUSTED, NOW)]
    assert listed == [("empty", "signature", None), ("good", "", 23.0), ("out.csv", "signer", None)]


def test_a_lone_sidecar_of_nobody_known_is_no_copy(tmp_path: Path) -> None:
    put_copy(tmp_path / "out.csv", {"out.csv": b"x"}, signer=STRANGER)
    (tmp_path / "out.csv").unlink()
    assert find_copies([tmp_path], TRUSTED, NOW) == []


def test_a_lone_sidecar_left_by_a_killed_purge_is_purged(tmp_path: Path) -> None:
    put_copy(tmp_path / "out.csv", {"out.csv": b"x"})
    (tmp_path / "out.csv").unlink()
    (found,) = find_copies([tmp_path], TRUSTED, LATER)
    assert isinstance(found, FoundCopy)
    assert not found.present
    run(tmp_path)
    assert list(tree(tmp_path)) == ["out.csv.a1b2c3d4.purged.json"]


KILLED = """
import os, sys
from pathlib import Path
from masker import copies
from tests.verify.made import NOW, SIGNER, TRUSTED
from datetime import timedelta
LATER = NOW + timedelta(days=60)
root = Path(sys.argv[1])
for folder in sorted(root.iterdir()):
    if os.fork() == 0:
        steps = int(folder.name)
        def deadly(function):
            def counted(*args, **kwargs):
                global steps
                steps -= 1
                if steps < 0:
                    os.kill(os.getpid(), 9)
                return function(*args, **kwargs)
            return counted
        for name in ("unlink", "rename", "replace", "rmdir", "fsync", "write", "open"):
            setattr(os, name, deadly(getattr(os, name)))
        list(copies.purge([folder], LATER, trusted=TRUSTED, signer=SIGNER))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_purge_that_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    for steps in range(36):
        put_copy(tmp_path / f"{steps:02d}" / "copy", FILES | {"more.csv": b"z"})
    command = [sys.executable, "-W", "ignore", "-c", KILLED, str(tmp_path)]
    ends = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert len(ends) == 36
    assert ends.count("-9") > 25
    for folder in sorted(tmp_path.iterdir()):
        run(folder)
        left = tree(folder)
        assert set(left) - {"copy"} == {"copy.a1b2c3d4.purged.json"}
        receipt = json.loads(b64decode(json.loads(left["copy.a1b2c3d4.purged.json"] or b"")["payload"]))
        assert (receipt["complete"], len(receipt["files"])) == (True, 3)
