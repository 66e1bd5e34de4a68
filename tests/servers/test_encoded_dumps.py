"""Dumps that the real tools write in other encodings: masked, loaded, and the same in a database."""

import codecs
import subprocess

import pytest
from desk import Desk, desk
from servers.conftest import Servant

__all__ = ["desk"]
PEOPLE = (
    "create table people (id int primary key, email varchar(80), town varchar(40))",
    "insert into people values (1, 'j.müller@firma.example', 'Köln'), (2, 'zoë@firma.example', null)",
)
TOWNS = [(None,), ("Köln",)]


def dumped(server: Servant, name: str) -> bytes:
    home = server.home
    if server.server == "postgres":
        command = ["pg_dump", "-E", "WIN1252", server.url(name)]
    else:
        where = ["-h", home.host or "127.0.0.1", "-P", str(home.port), "-u", home.user]
        command = ["mariadb-dump", *where, *([f"-p{home.password}"] if home.password else [])]
        command += ["--default-character-set=latin1", name]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("the server's dump tool is not installed")


def profile(desk: Desk) -> str:
    path = desk.folder / "p.yaml"
    columns = "{id: permute, email: fake, town: keep}"
    path.write_text(f"masker: 1\nname: p\nowner: o\nextends: test-env\ntables:\n  people: {{columns: {columns}}}\n")
    return str(path)


@pytest.mark.parametrize("form", ["as the tool wrote it", "UTF-16"])
def test_a_dump_in_another_encoding_fills_a_database(desk, server, form):
    charset = " character set latin1" if server.server == "mysql" else ""
    data = dumped(server, server.database(PEOPLE[0] + charset, PEOPLE[1]))
    assert b"K\xf6ln" in data
    if form == "UTF-16":
        text = data.decode("cp1252").replace("WIN1252", "UTF8").replace("SET NAMES latin1", "SET NAMES utf8mb4")
        data = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    source, dest = desk.put("d.sql", data), server.name()
    outcome = desk.mask(source, "--profile", profile(desk), dest=server.url(dest))  # type: ignore[arg-type]
    assert outcome.exit == 0, outcome.stderr
    rows = server.run("select town from people order by town is not null", database=dest)
    assert rows == TOWNS
    assert "firma.example" not in repr(server.run("select * from people", database=dest))
    checked = desk.run("verify", server.url(dest), "--against", source)
    assert checked.exit == 0, checked.stderr


def test_copy_with_options_fills_a_database(desk, postgres):
    rows = '1;"j.müller@firma.example";"Köln; am Rhein"\n2;zoe@firma.example;\n'
    copy = f"COPY people FROM stdin WITH (FORMAT csv, DELIMITER ';', HEADER);\nid;email;town\n{rows}\\.\n"
    source = desk.put("d.sql", f"-- PostgreSQL database dump\n{PEOPLE[0]};\n{copy}".encode())
    dest = postgres.name()
    outcome = desk.mask(source, "--profile", profile(desk), dest=postgres.url(dest))  # type: ignore[arg-type]
    assert outcome.exit == 0, outcome.stderr
    assert postgres.run("select town from people order by town", database=dest) == [("Köln; am Rhein",), (None,)]
    assert "firma.example" not in repr(postgres.run("select * from people", database=dest))
    assert desk.run("verify", postgres.url(dest), "--against", source).exit == 0
    again = desk.mask(source, "--profile", profile(desk), dest=desk.folder / "copy.sql")
    assert again.exit == 0, again.stderr
    written = (desk.folder / "copy.sql").read_text()
    assert "id;email;town\n" in written
    assert ';"Köln; am Rhein"\n' in written
