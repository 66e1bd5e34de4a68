"""A masked copy is masked again where that was asked for: what redaction left is no original."""

from pathlib import Path

import pytest

from masker import cli

TAG = ["--purpose", "test-patch", "--expires", "3d", "--quiet"]
ROWS = "".join(
    f"{n},anna{n}@firma.example,called about the thing with number {n},secret {n}\n" for n in range(100, 160)
)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / "config" / "ledger.db"))


def mask(folder: Path, source: str, dest: str, redact: str, *more: str) -> int:
    profile = folder / f"{dest}.yaml"
    profile.write_text(
        f"masker: 1\nname: t\ntables:\n  {source}:\n    columns: {{customer_id: permute, email: fake, note: {redact}, "
        "word: {method: fpe, infotype: other, unreadable: redact}}\n"
    )
    paths = [str(folder / f"{source}.csv"), "-o", str(folder / f"{dest}.csv"), "--profile", str(profile)]
    return cli.run(["mask", *paths, *TAG, *more])


WAYS = [
    "{method: redact, infotype: free_text}",
    "{method: redact, infotype: free_text, same_length: true}",
    "{method: redact, infotype: free_text, mark: '(left out by us, ask the owner)'}",
    "{method: constant, infotype: free_text, value: '(left out by us, ask the owner)'}",
]


@pytest.mark.parametrize("way", WAYS)
def test_a_redacted_column_can_be_masked_again(tmp_path: Path, way: str, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("customer_id,email,note,word\n" + ROWS)
    assert mask(tmp_path, "a", "b", way) == 0, capfd.readouterr().err
    assert mask(tmp_path, "b", "c", way) == 1
    assert "--allow-remask" in capfd.readouterr().err
    assert mask(tmp_path, "b", "c", way, "--allow-remask") == 0, capfd.readouterr().err
    cells = [[line.split(",", 2) for line in (tmp_path / f"{n}.csv").read_text().splitlines()[1:]] for n in "bc"]
    assert all(one[1] != other[1] for one, other in zip(*cells, strict=True))
    assert cli.run(["verify", str(tmp_path / "c.csv"), "--against", str(tmp_path / "b.csv")]) == 0


def test_a_text_beside_the_mark_is_still_a_leak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("customer_id,email,note,word\n" + ROWS + "9,x@y.example,[redacted] Anna,z\n")
    monkeypatch.setattr("masker.methods.redact.Redact.__call__", lambda method, keys, column, *more: column)
    assert mask(tmp_path, "a", "b", WAYS[0]) == 1
    assert not (tmp_path / "b.csv").exists()
