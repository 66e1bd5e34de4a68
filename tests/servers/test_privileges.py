"""The rights that docs/databases.md lists are enough to read and to write, and each set for its own work alone."""

import re
from pathlib import Path

import pytest
from desk import desk

__all__ = ["desk"]
PAGE = (Path(__file__).parents[2] / "docs" / "databases.md").read_text()


def grants(kind: str) -> list[str]:
    block = re.search(rf"<!-- grants:{kind} -->\n```sql\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    return [statement.strip() for statement in block.group(1).split(";") if statement.strip()]


@pytest.fixture
def granted(server, people):
    """A user for reading and one for writing with the rights of the page; gives the users and DEST's name."""
    reader, writer, dest = f"r_{people}", f"w_{people}", server.name()
    if server.server == "mysql":
        server.run(
            "create function twice(x int) returns int deterministic return x * 2",
            "create trigger t before insert on orders for each row set new.total = twice(new.total)",
            database=people,
        )
    for kind in ("read", "write"):
        for statement in grants(f"{server.server}:{kind}"):
            named = statement.replace("masker_reader", reader).replace("masker_writer", writer)
            named = named.replace("crm_test", dest).replace("crm", people)
            try:
                server.run(named, database=people)
            except Exception:  # whatever the driver raises
                if "mysql.proc" not in statement:
                    raise
    server.users += [reader, writer]
    yield reader, writer, dest
    if server.server == "postgres":
        server.run(f"drop owned by {reader}", database=people)
        server.run(f"drop database if exists {dest}")


def test_the_rights_of_the_page_are_enough(desk, server, people, granted):
    reader, writer, dest = granted
    scheme = server.url("x").partition(":")[0]
    base = f"{server.home.host}:{server.home.port}"
    source = f"{scheme}://{reader}@{base}/{people}"
    copy = f"{scheme}://{writer}@{base}/{dest}"
    outcome = desk.mask(source, dest=copy)
    if outcome.code == "permission" and server.server == "mysql" and _logs(server):
        pytest.skip("the server wants more for routines")
    assert outcome.exit == 0, outcome.stderr
    assert desk.run("verify", copy).exit == 0
    assert desk.run("extend", copy, "--expires", "20d", "--reason", "tests go on").exit == 0
    again = desk.mask(source, "--replace", dest=copy)
    assert again.exit == 0, again.stderr
    assert desk.run("verify", copy, "--against", server.url(people)).exit == 0


def test_the_reader_cannot_write_and_the_writer_cannot_read(desk, server, people, granted):
    reader, writer, dest = granted
    scheme = server.url("x").partition(":")[0]
    base = f"{scheme}://{{}}@{server.home.host}:{server.home.port}/{{}}"
    attempt = base.format(writer, people), desk.folder / "out.sql"
    desk.refuses(lambda: desk.mask(attempt[0], dest=attempt[1]), 5, "permission", "database")
    attempt = base.format(reader, people), base.format(reader, dest)
    desk.refuses(lambda: desk.mask(attempt[0], dest=attempt[1]), 5, "permission")
    assert dest not in server.databases()


def _logs(server) -> bool:
    return server.run("select @@log_bin and not @@log_bin_trust_function_creators")[0][0] == 1
