"""Random trees of copies and tracked exports among decoys, and the claim that a purge takes what is due, no more."""

import hashlib
import os
import random
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path

from masker.exports import read_export
from masker.ledger.book import Ledger
from masker.ledger.entry import Entry, placed
from masker.manifest import manifest_path
from tests.ledger.book import ENTRY
from tests.verify.made import SIGNER, STRANGER, put_copy

PAST, FUTURE = "2026-12-24T00:00:00Z", "2099-01-01T00:00:00Z"
NAMES = (
    "a.csv", "Ä ö.csv", "x\ny.csv", "'quoted'", "тест.jsonl", "a;b", "日本.csv", "..data", "masker.json.csv", "%s",
    "-rf",
)  # fmt: skip
State = dict[str, tuple[str, bytes]]


@dataclass
class Tree:
    """A random tree at `root`: `due` are the files that a purge has to delete, `free` those that it may take too."""

    root: Path
    random: random.Random
    due: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    number: int = 0

    def grow(self, ledger: Ledger) -> None:
        """Copies, exports, what happened to their files since, and decoys."""
        (self.root / "outside").mkdir(parents=True)
        for _ in range(self.random.randint(1, 3)):
            (self.copy if self.random.random() < 0.5 else self.export)(ledger)
        for _ in range(self.random.randint(0, 4)):
            self.decoy()

    def content(self) -> bytes:
        self.number += 1
        return f"{self.number},{self.random.random()}\n".encode()

    def names(self) -> dict[str, bytes]:
        folders = ("", "sub/", "sub/deep/", "Ünter ordner/")
        picked = self.random.sample(NAMES, self.random.randint(1, 4))
        return {self.random.choice(folders) + name: self.content() for name in picked}

    def place(self, suffix: str = "") -> Path:
        self.number += 1
        parent = self.root / self.random.choice(("", "team", "team/old"))
        parent.mkdir(parents=True, exist_ok=True)
        return parent / f"{self.random.choice(('out', 'größe', 'a b', '-x'))}{self.number}{suffix}"

    def copy(self, ledger: Ledger) -> None:
        """A masked copy: of ours or of a stranger's, expired or not, known to the ledger or not."""
        single = self.random.random() < 0.3
        place = self.place(".csv" if single else "")
        files = {place.name: self.content()} if single else self.names()
        signer = STRANGER if self.random.random() < 0.2 else SIGNER
        expires = FUTURE if self.random.random() < 0.2 else PAST
        copy_id = f"{self.random.getrandbits(64):016x}"
        put_copy(place, files, signer=signer, expires=expires, copy_id=copy_id)
        if self.random.random() < 0.5:
            entry = replace(ENTRY, copy_id=copy_id, path=placed(place), expires=expires)
            ledger.record("run", copy_id, entry.as_facts())
        is_due = signer is SIGNER and expires == PAST
        if is_due:
            self.free.add(self.name(manifest_path(place)))
        self.age(place if not single else place.parent, files, is_due=is_due)

    def export(self, ledger: Ledger) -> None:
        """A raw export in the ledger, expired or not."""
        single = self.random.random() < 0.3
        place = self.place(".csv" if single else "")
        files = {place.name: self.content()} if single else self.names()
        root = place.parent if single else place
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        expires = FUTURE if self.random.random() < 0.2 else PAST
        salt = f"{self.random.getrandbits(256):064x}"
        entry = Entry(**{
            **{name: getattr(ENTRY, name) for name in Entry.__slots__},
            "copy_id": f"{self.random.getrandbits(64):016x}", "path": placed(place), "kind": "export",
            "expires": expires, "salt": salt, "is_folder": not single, "files": read_export(place, salt),
        })  # fmt: skip
        ledger.record("track", entry.copy_id, entry.as_facts())
        self.age(root, files, is_due=expires == PAST)

    def age(self, root: Path, files: dict[str, bytes], *, is_due: bool) -> None:
        """Let things happen to listed files; those that stay as they were are due."""
        linked = self.random.random() < 0.15 and any(name.startswith("sub/") for name in files)
        for name, content in files.items():
            path = root / name
            fate = self.random.choices(
                ("kept", "changed", "same size", "gone", "link", "folder", "hard link", "beside"),
                (60, 6, 6, 6, 6, 4, 6, 6),
            )[0]
            elsewhere = self.root / "outside" / f"{self.number}-{self.random.getrandbits(32)}"
            if fate == "changed":
                path.write_bytes(content + b"work of somebody")
            elif fate == "same size":
                path.write_bytes(content[::-1])
            elif fate == "gone":
                path.unlink()
            elif fate == "link":
                path.unlink()
                elsewhere.write_bytes(content)
                path.symlink_to(elsewhere)
            elif fate == "folder":
                path.unlink()
                path.mkdir()
                (path / "mine").write_bytes(content)
            elif fate == "hard link":
                elsewhere.hardlink_to(path)
            elif fate == "beside":
                path.with_name(path.name + ".bak").write_bytes(content)
            through_link = linked and name.startswith("sub/")
            if is_due and fate in ("kept", "hard link", "beside") and not through_link:
                self.due.add(self.name(path))
        if linked:
            # The folder was moved away, and a link stands where it was: its files are no longer reached.
            moved = self.root / "outside" / f"moved{self.random.getrandbits(32)}"
            (root / "sub").rename(moved)
            (root / "sub").symlink_to(moved)

    def decoy(self) -> None:
        """Something that looks as if it might go too."""
        folders = [path for path in self.root.rglob("*") if path.is_dir() and not path.is_symlink()]
        folder = self.random.choice(sorted(folders))
        name = folder / f"decoy{self.random.getrandbits(32)}"
        kind = self.random.choice(("file", "link", "loop", "manifest", "lone", "receipt", "empty", "fifo", "dangling"))
        if kind == "file":
            name.write_bytes(self.content())
        elif kind == "link":
            name.symlink_to(self.root / "outside")
        elif kind == "loop":
            name.symlink_to(self.root)
        elif kind == "manifest":
            name.mkdir()
            (name / "masker.json").write_bytes(b'{"payloadType":"application/vnd.in-toto+json"}\n')
            (name / "a.csv").write_bytes(self.content())
        elif kind == "lone":
            name.with_name(name.name + ".masker.json").write_bytes(b"{}")
        elif kind == "receipt":
            for sidecar in sorted(self.root.rglob("masker.json"))[:1]:
                taken = sidecar.parent.with_name(f"{sidecar.parent.name}.0.purged.json")
                taken.write_bytes(self.content())
        elif kind == "empty":
            name.mkdir()
        elif kind == "fifo":
            os.mkfifo(name)
        else:
            name.symlink_to("nowhere")

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def state_of(root: Path) -> State:
    """Everything below `root`: what it is, and a digest or target; links are not followed."""
    found: State = {}
    for folder, folders, names in os.walk(root):
        for name in (*folders, *names):
            path = Path(folder) / name
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                known = "link", os.fsencode(path.readlink())
            elif stat.S_ISREG(mode):
                known = "file", hashlib.sha256(path.read_bytes()).digest()
            else:
                known = ("folder" if stat.S_ISDIR(mode) else "other"), b""
            found[path.relative_to(root).as_posix()] = known
    return found


def claim_only_due_is_gone(tree: Tree, before: State, after: State) -> None:
    """All that was due is gone, all else is as it was; new are receipts alone."""
    lost = {path for path, known in before.items() if after.get(path) != known}
    assert tree.due <= lost, tree.due - lost
    files = {path for path in lost if before[path][0] != "folder"}
    assert files <= tree.due | tree.free, files - tree.due - tree.free
    for folder in lost - files:
        held = {path for path in before if path.startswith(folder + "/")}
        assert held <= lost, (folder, held - lost)
    new = set(after) - set(before)
    assert all(path.endswith(".purged.json") for path in new), new
