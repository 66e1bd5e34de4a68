"""Every dump and database of the corpus: its copy loads, and is what the source is but for the masked values."""

import gzip
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sql.facts import Facts, facts_of, sqlite_facts
from sql.loading import POSTGRES, server

from masker.api import mask, scan, verify
from masker.draft import draft
from masker.infotypes import INFOTYPES
from masker.profile.load import load_profile

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
NEON, SMALL = "pagila/realdump/pagila_neon.pgdump15-", "northwind_pg/realdump/northwind.pgdump15-"
SAKILA, RUOYI = "sakila_mysql/realdump/sakila.mariadbdump", "ruoyi_cn/realdump/ruoyi.mariadbdump"
SOURCES = {
    "chinook-mysql": "chinook/Chinook_MySql.sql",
    "chinook-postgres": "chinook/Chinook_PostgreSql.sql",
    "chinook-neon": "chinook/chinook_neon_pgdump.sql",
    "chinook-sqlite": "chinook/Chinook_Sqlite.sqlite",
    "northwind": "northwind_pg/northwind.sql",
    "northwind-copy": f"{SMALL}copy.sql",
    "northwind-custom": f"{SMALL}custom.dump",
    "northwind-inserts": f"{SMALL}inserts.sql",
    "pagila-neon": "pagila/pagila_neon_pgdump.sql",
    "pagila-old": "pagila/pagila_pynonymizer.sql.gz",
    "pagila-copy": f"{NEON}copy.sql",
    "pagila-custom": f"{NEON}custom.dump",
    "pagila-inserts": f"{NEON}inserts.sql",
    "ruoyi": "ruoyi_cn/ry_20260319.sql",
    "ruoyi-many": f"{RUOYI}.sql",
    "ruoyi-single": f"{RUOYI}-1row.sql",
    "sakila-mysql": "sakila_mysql",
    "sakila-many": f"{SAKILA}.sql",
    "sakila-single": f"{SAKILA}-1row.sql",
    "sakila-gzip": "sakila_mysqldump/sakila.sql.gz",
    "sakila-postgres": "sakila_pg",
    "northwind-made-tar": "tar",
    "northwind-made-folder": "directory",
    "northwind-made-custom": "custom",
}
MYSQL = ("ruoyi", "sakila-m", "sakila-s", "sakila-g", "chinook-mysql")
# Scripts that make a database of a fixed name and go there: tests load into one of their own.
_ELSEWHERE = re.compile(
    rb"^(?:(?:DROP|CREATE) (?:DATABASE|SCHEMA) (?:IF EXISTS )?`?(?:chinook|sakila)\b[^;]*;|USE [^;]*;"
    rb"|\\c [^\r\n]*)\r?$",
    re.I | re.M,
)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus")]


@dataclass
class Case:
    name: str
    source: Path
    folder: Path

    @cached_property
    def before(self) -> Facts:
        return _facts(self.source, self.dialect)

    @property
    def dialect(self) -> str:
        return "mysql" if self.name.startswith(MYSQL) else "postgres"

    def masked(self, profile: str | None = None) -> Path:
        """Mask it; what is given back is what is loaded: no archive is written."""
        copy = self.folder / ("copy" if self.source.is_dir() and not _is_archive(self.source) else "copy.sql")
        if self.name == "chinook-sqlite":
            copy = copy.with_suffix(".db")
        if profile is not None:
            (self.folder / "profile.yaml").write_text(profile)
        given = self.folder / "profile.yaml" if profile is not None else None
        outcome = mask(self.source, copy, profile=given, purpose="test-patch", expires="1d")
        found = outcome.verification.summary
        assert (found.leaks, found.orphans, found.mismatches) == (0, 0, 0)
        return copy

    def drafted(self) -> str:
        return draft(scan(self.source), load_profile("test-env")).text

    def facts(self, copy: Path) -> Facts:
        return _facts(copy, self.dialect)


def _is_archive(path: Path) -> bool:
    return path.suffix in (".dump", ".tar") or (path / "toc.dat").is_file()


def _sql(path: Path) -> bytes:
    if _is_archive(path):
        command = ["pg_restore", "--no-owner", "--no-privileges", "-f", "-", path]
        return subprocess.run(command, capture_output=True, check=True).stdout
    if path.is_dir():
        return b"\n".join(_sql(each) for each in sorted(path.glob("*.sql"), key=lambda each: "schema" not in each.name))
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _facts(path: Path, dialect: str) -> Facts:
    if path.suffix in (".db", ".sqlite"):
        return sqlite_facts(path)
    with server(dialect) as database:
        database.load(_SPEED[dialect] + _ELSEWHERE.sub(b"", _sql(path)).replace(b"sakila.", b""))
        return facts_of(database)


_SPEED = {"postgres": b"SET synchronous_commit = off;\n", "mysql": b"SET autocommit = 0;\n"}


@pytest.fixture(scope="module")
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASKER_CONFIG_DIR", str(folder / "config"))
        source = CORPUS / SOURCES[name]
        if "-made-" in name:
            source = _archived(SOURCES[name], folder)
        elif name == "sakila-mysql":
            source = folder / "source"
            source.mkdir()
            for each in (CORPUS / SOURCES[name]).glob("*.sql"):
                (source / each.name).write_bytes(each.read_bytes())
        yield Case(name, source, folder)


def _archived(form: str, folder: Path) -> Path:
    source = folder / {"tar": "d.tar", "custom": "d.dump", "directory": "d"}[form]
    with server("postgres") as database:
        database.load(_sql(CORPUS / f"{SMALL}copy.sql"))
        url = urlsplit(POSTGRES)._replace(path=f"/{database.name}").geturl()
        subprocess.run(["pg_dump", f"-F{form[0]}", "-f", source, "-d", url], check=True)
    return source


@pytest.fixture(params=["default", "drafted"])
def copy(request: pytest.FixtureRequest, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    case.folder = tmp_path
    return case.masked(None if request.param == "default" else case.drafted())


@pytest.mark.parametrize("case", SOURCES, indirect=True)
def test_a_copy_loads_joins_and_holds_as_its_source(case: Case, copy: Path, request: pytest.FixtureRequest) -> None:
    if "drafted" in request.node.name:  # the run has looked already; once more as a user does
        verify(copy, against=case.source)
    found = case.facts(copy)
    if case.name == "sakila-mysql":  # its routines have comments within, which a masked copy leaves out
        assert _without_comments(found.schema) == _without_comments(case.before.schema)
    else:
        assert found.schema == case.before.schema
    assert found.rows == case.before.rows
    assert found.orphans == case.before.orphans
    assert found.broken == case.before.broken == []
    assert set(found.taken) <= set(case.before.taken)


@pytest.mark.parametrize("case", SOURCES, indirect=True)
def test_a_copy_with_all_kept_is_its_source(case: Case, tmp_path: Path) -> None:
    case.folder = tmp_path
    copy = case.masked(_all_kept(case))
    if copy.suffix == ".db":
        assert sqlite_facts(copy) == case.before
        assert _rows(copy) == _rows(case.source)
        return
    pairs = [(copy / each.name, each) for each in case.source.iterdir()] if copy.is_dir() else [(copy, case.source)]
    for made, source in pairs:
        label, _, rest = _sql(made).partition(b"\n")
        assert label.startswith(b"-- masker: copy=")
        assert _plain(rest) == _plain(_sql(source))


def _without_comments(schema: str) -> str:
    return re.sub(r"(?:/\*(?!M?!).*?\*/|(?:--\s|#)[^\n]*\n|\s)+", " ", schema, flags=re.S)


def _plain(data: bytes) -> bytes:
    """Without the word that pg_restore draws anew each time."""
    return re.sub(rb"^\\(?:un)?restrict .*\n", b"", data, flags=re.M)


def _all_kept(case: Case) -> str:
    lines = ["masker: 1", "name: kept", "extends: test-env", "tables:"]
    for table in scan(case.source):
        # what a direct identifier is kept as has to be said
        known = {
            f.column: f.infotype for f in table.columns if f.infotype in INFOTYPES and INFOTYPES[f.infotype].direct
        }
        ways = {f.column: f"{{method: keep, infotype: {known[f.column]}}}" for f in table.columns if f.column in known}
        columns = ", ".join(f'"{f.column}": {ways.get(f.column, "keep")}' for f in table.columns)
        lines.append(f'  "{table.name}": {{columns: {{{columns}}}}}')
    return "\n".join(lines) + "\n"


def _rows(path: Path) -> dict[str, list[tuple]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)
            for name in names
            if name[:6] != "masker"
        }
