"""A dump that was cut between two statements is still one: what its tool writes at its end tells."""

from pathlib import Path

import pytest
from small_dumps import opened

TABLE = "CREATE TABLE t (a int);\n"
PG, PG_END = "--\n-- PostgreSQL database dump\n--\n\n", "\n--\n-- PostgreSQL database dump complete\n--\n\n"
MY, MY_END = "-- MariaDB dump 10.19  Distrib 10.11\n\n", "\n-- Dump completed on 2026-01-05 10:00:00\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PG + TABLE, True),
        (PG + TABLE + PG_END, False),
        (PG + TABLE + PG_END + "\\unrestrict x\n\n", False),
        (MY + TABLE, True),
        (MY + TABLE + "INSERT INTO t VALUES (1);\n", True),
        (MY + TABLE + "INSERT INTO t VALUES (1);\n" + MY_END, False),
        ("/*M!999999\\- enable the sandbox mode */\n" + MY + TABLE, True),
        ("-- PostgreSQL database dump\n" + TABLE, False),
    ],
)
def test_a_dump_without_its_end_is_told_of(tmp_path: Path, text: str, told: bool) -> None:
    (tmp_path / "d.sql").write_text(text)
    assert any("may be cut" in notice for notice in opened(tmp_path / "d.sql").notices) == told
