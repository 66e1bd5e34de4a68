"""However many threads mask a dump, its copy has the same bytes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from masker.crypto.root import new_root_file
from masker.formats import ReadOptions
from masker.request import Request
from masker.run import mask

EXPIRES = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
COPY = "CREATE TABLE public.people (id integer, email text);\nCOPY public.people (id, email) FROM stdin;\n{}\\.\n"
INSERTS = "CREATE TABLE `people` (`id` int, `email` varchar(60));\n{}"
DUMPS = {
    "COPY": "--\n-- PostgreSQL database dump\n--\n"
    + COPY.format("".join(f"{n}\tanna{n}@firma.example\n" for n in range(900))),
    "INSERT": "-- MySQL dump 10.13\n"
    + INSERTS.format("".join(f"INSERT INTO `people` VALUES ({n},'anna{n}@firma.example');\n" for n in range(900))),
}


@pytest.mark.parametrize("kind", DUMPS)
def test_jobs_do_not_change_a_byte(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    (tmp_path / "dump.sql").write_text(DUMPS[kind])
    (tmp_path / "p.yaml").write_text("masker: 1\nname: t\ntables: {people: {columns: {id: permute, email: fake}}}\n")
    new_root_file(tmp_path / "key")
    copies = []
    for engine, jobs in (("inline", 1), ("threads", 1), ("threads", 2), ("threads", 5)):
        monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / f"{engine}{jobs}" / "ledger.db"))
        dest = tmp_path / f"{engine}{jobs}" / "copy.sql"
        dest.parent.mkdir()
        request = Request(
            source=tmp_path / "dump.sql",
            dest=dest,
            purpose="test-patch",
            expires=EXPIRES,
            profile=str(tmp_path / "p.yaml"),
            key_file=tmp_path / "key",
            engine=engine,
            jobs=jobs,
            options=ReadOptions(block_bytes=2048),
        )
        mask(request)
        copies.append(dest.read_bytes())
    assert len(set(copies)) == 1
    assert b"firma" not in copies[0]
