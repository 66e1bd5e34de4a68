"""Every bad dump and SQLite file ends in one clear error; no value is shown and nothing is written.

Every cell carries `MARK`, and so does whatever else could hold a value: a comment, a password, the words where a
statement should begin.
"""

import gzip
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from desk import COLUMNS, MARK, Desk, desk, row

__all__ = ["desk"]

ROWS = [row(number) for number in range(12)]
Make = Callable[[], bytes]


def quoted(cells: list[str]) -> str:
    return "(" + ",".join(f"'{cell}'" for cell in cells) + ")"


def lines(rows: list[list[str]]) -> str:
    return "".join("\t".join(cells) + "\n" for cells in rows)


PG_HEAD = (
    "-- PostgreSQL database dump\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n"
    "CREATE TABLE public.customers (\n    customer_id text NOT NULL,\n    first_name text,\n    email text,\n"
    "    notes text\n);\n"
)
COPY = "COPY public.customers (customer_id, first_name, email, notes) FROM stdin;\n"
PG_ROWS = COPY + lines(ROWS) + "\\.\n"
PG_INSERT = "INSERT INTO public.customers VALUES "
PG_KEY = "ALTER TABLE ONLY public.customers\n    ADD CONSTRAINT customers_pkey PRIMARY KEY (customer_id);\n"
MY_HEAD = (
    "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n/*!50503 SET NAMES utf8mb4 */;\n"
    "CREATE TABLE `customers` (\n  `customer_id` varchar(64) NOT NULL,\n  `first_name` varchar(64) DEFAULT NULL,\n"
    "  `email` varchar(99) DEFAULT NULL,\n  `notes` text,\n  PRIMARY KEY (`customer_id`)\n) ENGINE=InnoDB;\n"
)
MY_INSERT = "INSERT INTO `customers` VALUES "
MY_ROWS = MY_INSERT + ",".join(map(quoted, ROWS)) + ";\n"
LITE_HEAD = (
    "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
    "CREATE TABLE customers (customer_id TEXT PRIMARY KEY, first_name TEXT, email TEXT, notes TEXT);\n"
)
LITE_INSERT = "INSERT INTO customers VALUES"
LITE_ROWS = "".join(f"{LITE_INSERT}{quoted(cells)};\n" for cells in ROWS)
GOOD = {
    "postgres": PG_HEAD + PG_ROWS + PG_KEY,
    "mysql": MY_HEAD + MY_ROWS,
    "sqlite": LITE_HEAD + LITE_ROWS + "COMMIT;\n",
}
ONE = quoted(["x1", "x", "x@mail.example", "x"])
NOTE = f"/* {MARK} */"
SETTING = f"= '{MARK}';\n"
FOREIGN = "ALTER TABLE public.customers ADD CONSTRAINT f FOREIGN KEY (notes) REFERENCES public.nowhere (id);\n"


@dataclass(frozen=True)
class Bad:
    """A bad dump: its file name and bytes, the code words that may name what is wrong with it; always exit 3."""

    name: str
    make: Make
    codes: frozenset[str]
    file: str = "customers.sql"


def bad(name: str, text: str | bytes | Make, codes: str = "unsupported", file: str = "customers.sql") -> Bad:
    make = text if callable(text) else lambda: text if isinstance(text, bytes) else text.encode()
    return Bad(name, make, frozenset(codes.split()), file)


def after(dialect: str, more: str) -> str:
    """A good dump with a statement more, behind the rows."""
    return GOOD[dialect].removesuffix("COMMIT;\n") + more


def before(dialect: str, more: str) -> str:
    """A good dump with a statement more, before the rows."""
    head = {"postgres": PG_HEAD, "mysql": MY_HEAD, "sqlite": LITE_HEAD}[dialect]
    return head + more + GOOD[dialect].removeprefix(head)


CUT = "truncated malformed"
BAD_DUMPS = [
    # what is cut, or of another shape
    bad("COPY without its end", GOOD["postgres"].replace("\\.\n", ""), CUT),
    bad("COPY cut in a row", (PG_HEAD + PG_ROWS)[:-40], CUT),
    bad("INSERT cut in a row", GOOD["mysql"][:-40], CUT),
    bad("INSERT without its terminator", GOOD["mysql"][:-2], CUT),
    bad("SQLite dump cut in a row", (LITE_HEAD + LITE_ROWS)[:-30], CUT),
    bad("truncated gz", lambda: gzip.compress(GOOD["postgres"].encode(), mtime=0)[:-40], CUT, "customers.sql.gz"),
    bad("COPY with a cell too few", GOOD["postgres"].replace("\tCall", "Call", 1), "malformed"),
    bad("COPY with a cell too many", GOOD["postgres"].replace("\tCall", f"\t{MARK}\tCall", 1), "malformed"),
    bad("INSERT with a cell too few", after("mysql", f"{MY_INSERT}('{MARK}','x','y');\n"), "malformed"),
    bad("INSERT with a cell too many", after("sqlite", f"{LITE_INSERT}('{MARK}','x','y','z','u');\n"), "malformed"),
    bad("a quote too many", GOOD["mysql"].replace("Call", "Ca'll", 1), CUT),
    bad("a quote too few", GOOD["sqlite"].replace("'Call", "Call", 1), CUT),
    # rows in a way that is not read
    bad("INSERT of a query", after("postgres", f"INSERT INTO public.customers SELECT '{MARK}','x','y','z';\n")),
    bad("INSERT with SET", after("mysql", f"INSERT INTO customers SET notes = '{MARK}';\n")),
    bad("INSERT of ROW", after("mysql", f"INSERT INTO customers VALUES ROW('{MARK}','x','y','z');\n")),
    bad("WITH before INSERT", after("sqlite", f"WITH q AS (SELECT '{MARK}') INSERT INTO customers SELECT * FROM q;\n")),
    bad("an expression with data", after("mysql", f"{MY_INSERT}(concat('{MARK}','x'),'x','y','z');\n"), "malformed"),
    bad("two strings in a cell", after("postgres", f"{PG_INSERT}('{MARK}'\n'x','x','y','z');\n"), "malformed"),
    bad("a string in double quotes", after("sqlite", f'{LITE_INSERT}("{MARK}",\'x\',\'y\',\'z\');\n'), "malformed"),
    bad("values behind rows", after("postgres", f"{PG_INSERT}{ONE} ON CONFLICT DO UPDATE SET notes = '{MARK}';\n")),
    bad("values behind MySQL's rows", after("mysql", f"{MY_INSERT}{ONE} ON DUPLICATE KEY UPDATE notes = '{MARK}';\n")),
    bad("a comment behind rows", after("mysql", f"{MY_INSERT}{ONE} {NOTE};\n")),
    bad("a comment among rows", after("mysql", f"{MY_INSERT}{ONE}, {NOTE} {ONE};\n")),
    bad("a comment in a row", after("mysql", f"{MY_INSERT}({NOTE}'x','x','y','z');\n")),
    bad("a comment behind a cell", after("sqlite", f"{LITE_INSERT}('x', -- {MARK}\n'x','y','z');\n")),
    bad("COPY with options", PG_HEAD + COPY.replace(";", " WITH (FORMAT binary);") + MARK + "\n\\.\n"),
    bad("COPY of a program", after("postgres", f"COPY public.customers FROM PROGRAM 'cat {MARK}';\n")),
    bad("LOAD DATA", after("mysql", f"LOAD DATA INFILE '{MARK}' INTO TABLE customers;\n")),
    bad("rows without DDL", f"-- PostgreSQL database dump\n{PG_INSERT}('{MARK}');\n"),
    bad("a column that is not declared",
        after("postgres", f"INSERT INTO public.customers (phone) VALUES ('{MARK}');\n"),
        "malformed"),
    # statements
    bad("words where a statement should be", after("postgres", f"{MARK} called on Friday;\n")),
    bad("words behind CREATE", after("mysql", f"CREATE {MARK} (a int);\n")),
    bad("UPDATE", after("sqlite", f"UPDATE customers SET notes = '{MARK}';\n")),
    bad("DO", after("postgres", f"DO $$ BEGIN PERFORM '{MARK}'; END $$;\n")),
    bad("what a newer server writes", after("postgres", f"CREATE PROPERTY GRAPH g VERTEX TABLES ({MARK});\n")),
    bad("a conditional INSERT", after("mysql", f"/*!50000 INSERT INTO customers VALUES ('{MARK}','x','y','z') */;\n")),
    bad("a large object", after("postgres", f"SELECT pg_catalog.lowrite(0, '{MARK}');\n")),
    bad("psql's copy", after("postgres", f"\\copy customers from '{MARK}'\n")),
    bad("a command of the shell", after("postgres", f"\\! echo {MARK}\n")),
    bad("a command within a statement", after("postgres", f"ANALYZE public.customers \\echo {MARK}\n;\n")),
    bad("a command of the SQLite shell", after("sqlite", f".print {MARK}\n")),
    bad("a setting of one's own", before("postgres", f"SET app.caller {SETTING}")),
    bad("a name of the application", before("postgres", f"SET application_name {SETTING}")),
    bad("set_config", before("postgres", f"SELECT pg_catalog.set_config('app.caller', '{MARK}', false);\n")),
    bad("ALTER DATABASE SET", after("postgres", f"ALTER DATABASE crm SET app.caller TO '{MARK}';\n")),
    bad("a variable", before("mysql", f"SET @caller {SETTING}")),
    bad("a variable behind a setting", before("mysql", f"SET NAMES utf8mb4, @caller {SETTING}")),
    bad("a terminator of letters", before("mysql", f"DELIMITER {MARK}\nDELIMITER ;\n")),
    bad("PRAGMA with a text", before("sqlite", f"PRAGMA key {SETTING}")),
    # passwords
    bad("CREATE USER", after("postgres", f"CREATE USER u PASSWORD '{MARK}';\n")),
    bad("GRANT with a password", after("mysql", f"GRANT ALL ON *.* TO 'u'@'h' IDENTIFIED BY '{MARK}';\n")),
    bad("CHANGE MASTER", after("mysql", f"CHANGE MASTER TO MASTER_PASSWORD='{MARK}';\n")),
    bad("a server with a password",
        after("postgres", f"CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (password '{MARK}');\n")),
    bad("a table of another server", after("mysql", f"CREATE TABLE t (a int) CONNECTION='mysql://u:{MARK}@h/d';\n")),
    bad("a connection with a password", before("postgres", f"\\connect postgresql://u:{MARK}@h/d\n")),
    bad("a connection with more than a name", before("postgres", f"\\connect crm {MARK}\n")),
    # DDL
    bad("a table twice", before("postgres", PG_HEAD.split("\n", 3)[3]), "malformed"),
    bad("a table of a query", after("mysql", f"CREATE TABLE t AS SELECT '{MARK}' AS a;\n")),
    bad("a broken table", after("sqlite", f"CREATE TABLE t ({MARK} (;\n"), "malformed unsupported truncated"),
    bad("a key to a table that is not there", after("postgres", FOREIGN), "malformed"),
    bad("a key of a table that is not there", after("postgres", PG_KEY.replace("customers", "nobody")), "malformed"),
    # encodings
    bad("Latin-1", GOOD["postgres"].replace("Call", "C\xe4ll", 1).encode("latin-1"), "encoding"),
    bad("a name in Latin-1", GOOD["mysql"].replace("notes", "n\xf6tes").encode("latin-1"), "encoding"),
    bad("a declared EUC", GOOD["postgres"].replace("UTF8", "EUC_JP").replace("Call", "C\xe4ll"), "encoding"),
    bad("UTF-16 cut off", GOOD["mysql"].encode("utf-16")[:-1], "encoding"),
    bad("UTF-16 without a mark", GOOD["mysql"].encode("utf-16-le"), "malformed encoding"),
    bad("lone surrogates", GOOD["sqlite"].encode().replace(b"Call", b"C\xed\xa0\x80ll"), "encoding"),
    bad("nothing that tells whose it is", f"SELECT '{MARK}';\n"),
    # rows inside of what is no row
    bad("a table whose bracket never closes",
        GOOD["postgres"].replace("\n);\n", "\n;\n").replace("Call", "(Call)) ", 1), "unsupported " + CUT),
    bad("a name that swallows rows", GOOD["postgres"].replace("\n);", '\n) "x;').replace("Call", 'Ca"ll', 1)
        .replace(PG_KEY, f"-- {MARK};\n"), "unsupported " + CUT),
    bad("a default that swallows rows",
        GOOD["mysql"].replace("text,", "text DEFAULT 'x,").replace("Call", "Ca'll", 1), "unsupported " + CUT),
    bad("a view that swallows rows", before("mysql", "CREATE VIEW v AS SELECT 'x;\n").replace("Call", "';Call", 1)),
    bad("a trigger that swallows rows",
        before("mysql", "CREATE TRIGGER t AFTER INSERT ON customers FOR EACH ROW SET @x = 'x;\n")
        .replace("Call", "';Call", 1)),
    bad("a routine that swallows rows",
        before("postgres", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1;\n")
        .replace("Call", "$$;Call", 1)),
    bad("an ALTER that swallows rows",
        after("postgres", f"ALTER TABLE ONLY public.customers\n{PG_INSERT}('{MARK}','x','y','z');\n")),
    bad("options that swallow rows", MY_HEAD.replace("InnoDB;\n", "InnoDB DEFAULT ") + MY_ROWS.partition("(")[2]),
    bad("words that swallow an ALTER",
        after("postgres", f"ALTER TABLE ONLY public.customers {MARK} x@mail.example;\n"), "malformed"),
]  # fmt: skip


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(GOOD["sqlite"].replace("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", "BEGIN;\n"))
    connection.executemany(f"INSERT INTO customers VALUES {'(?,?,?,?)'}", [row(number) for number in range(20, 900)])
    connection.commit()
    return connection.serialize()


def with_bytes(at: int, data: bytes) -> Make:
    def make() -> bytes:
        whole = bytearray(database())
        whole[at : at + len(data)] = data
        return bytes(whole)

    return make


DAMAGED = "malformed truncated unsupported limit"
BAD_FILES = [
    bad("a cut file", lambda: database()[:-3000], DAMAGED, "customers.db"),
    bad("half a file", lambda: database()[: len(database()) // 2], DAMAGED, "customers.db"),
    bad("a header alone", lambda: database()[:100], DAMAGED, "customers.db"),
    bad("pages of noise", with_bytes(5000, bytes(range(256)) * 40), DAMAGED, "customers.db"),
    bad("a schema of noise", with_bytes(100, b"\xa5" * 300), DAMAGED, "customers.db"),
    bad("a schema that is no SQL",
        lambda: database().replace(b"CREATE TABLE", b"CREATE TABXX"), DAMAGED, "customers.db"),
    bad("a format of the future", with_bytes(44, b"\0\0\0\x09"), DAMAGED, "customers.db"),
    bad("an encrypted file", lambda: bytes((byte * 7 + 13) % 256 for byte in database()), DAMAGED, "customers.db"),
    bad("a dump named like a file", lambda: GOOD["sqlite"].encode(), DAMAGED, "customers.db"),
]  # fmt: skip
PROFILE = "masker: 1\nname: dumps\nowner: o\ntables:\n  customers:\n    columns:\n" + "".join(
    f"      {name}: {{infotype: {infotype}, method: fpe{', by: none' if infotype == 'other' else ''}}}\n"
    for name, infotype in zip(COLUMNS, ("other", "other", "email", "other"), strict=True)
)
ORIGINAL = ROWS[3]
FULL_NAME, EMAIL = ORIGINAL[3], ORIGINAL[2]
QUOTING = {
    "a default": ("postgres", f"ALTER TABLE public.customers ALTER COLUMN notes SET DEFAULT '{FULL_NAME}';\n"),
    "a check": ("mysql", f"ALTER TABLE customers ADD CONSTRAINT c CHECK (notes <> '{FULL_NAME}');\n"),
    "a view": ("sqlite", f"CREATE VIEW v AS SELECT * FROM customers WHERE email = '{EMAIL}';\n"),
    "a text in double quotes": ("sqlite", f'CREATE VIEW v AS SELECT "{ORIGINAL[1]}", 1;\n'),
    "a pattern": ("postgres", f"CREATE VIEW v AS SELECT 1 FROM customers WHERE notes LIKE '%{FULL_NAME}%';\n"),
    "a sentence": ("mysql", f"CREATE VIEW v AS SELECT 'please: {FULL_NAME}. soon';\n"),
    "a trigger": (
        "sqlite",
        f"CREATE TRIGGER t AFTER INSERT ON customers BEGIN SELECT 1 WHERE new.email = '{EMAIL}'; END;\n",
    ),
    "a routine": ("postgres", f"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '{EMAIL}' $$;\n"),
    "a remark in a routine": (
        "postgres",
        f"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ -- ask {FULL_NAME}\n SELECT 1 $$;\n",
    ),
    "a comment on a column": ("postgres", f"COMMENT ON COLUMN public.customers.notes IS 'ask {EMAIL} first';\n"),
    "a comment on a table": ("mysql", f"ALTER TABLE customers COMMENT 'for {FULL_NAME}';\n"),
    "an enumeration": ("postgres", f"CREATE TYPE public.t AS ENUM ('x', '{FULL_NAME}');\n"),
    "a name of a view": ("sqlite", f'CREATE VIEW "{EMAIL}" AS SELECT 1;\n'),
    "a name in backticks": ("mysql", f"CREATE VIEW v AS SELECT 1 AS `{FULL_NAME}`;\n"),
    "an owner": ("postgres", f'ALTER TABLE public.customers OWNER TO "{EMAIL}";\n'),
    "a right": ("postgres", f'GRANT SELECT ON TABLE public.customers TO "{FULL_NAME}";\n'),
    "a definer": ("mysql", f"CREATE DEFINER=`{EMAIL}`@`%` VIEW v AS SELECT 1;\n"),
}


@pytest.mark.parametrize("dialect", GOOD)
def test_the_good_dumps_that_all_cases_start_from_are_masked(desk: Desk, dialect: str) -> None:
    profile = desk.put("../p.yaml", PROFILE.encode())
    outcome = desk.mask(desk.put("customers.sql", GOOD[dialect].encode()), "--profile", profile)
    assert outcome.exit == 0, outcome.stderr
    assert MARK.encode() not in desk.out.read_bytes().lower()


@pytest.mark.promise("P4")
@pytest.mark.parametrize("case", BAD_DUMPS + BAD_FILES, ids=lambda case: case.name)
def test_mask_refuses_a_bad_dump(desk: Desk, case: Bad) -> None:
    source = desk.put(case.file, case.make())
    profile = desk.put("../p.yaml", PROFILE.encode())
    desk.refuses(lambda: desk.mask(source, "--profile", profile), 3, *case.codes)


@pytest.mark.promise("P4")
@pytest.mark.parametrize("case", BAD_DUMPS + BAD_FILES, ids=lambda case: case.name)
def test_scan_refuses_a_bad_dump(desk: Desk, case: Bad) -> None:
    source = desk.put(case.file, case.make())
    desk.refuses(lambda: desk.run("scan", source, "--format", "text"), 3, *case.codes)


@pytest.mark.promise("P1")
@pytest.mark.parametrize("what", QUOTING)
def test_a_statement_that_holds_an_original_stops_the_run(desk: Desk, what: str) -> None:
    dialect, statement = QUOTING[what]
    profile = desk.put("../p.yaml", PROFILE.encode())
    source = desk.put("customers.sql", after(dialect, statement).encode())
    desk.refuses(lambda: desk.mask(source, "--profile", profile), 1, "leak")


@pytest.mark.promise("P1")
@pytest.mark.parametrize("dialect", GOOD)
def test_a_remark_between_statements_does_not_come_along(desk: Desk, dialect: str) -> None:
    profile = desk.put("../p.yaml", PROFILE.encode())
    source = desk.put("customers.sql", before(dialect, f"-- {MARK} called\n/* {MARK} again */\n").encode())
    assert desk.mask(source, "--profile", profile).exit == 0
    assert MARK.encode() not in desk.out.read_bytes().lower()


@pytest.mark.promise("P6")
@pytest.mark.parametrize("dialect", GOOD)
def test_a_dest_that_is_there_is_refused(desk: Desk, dialect: str) -> None:
    source = desk.put("customers.sql", GOOD[dialect].encode())
    profile = desk.put("../p.yaml", PROFILE.encode())
    desk.out.write_text("mine")
    desk.refuses(lambda: desk.mask(source, "--profile", profile), 5, "exists")
