"""For every type: what the drafted way gives is valid input of that type on the real server, and hides the value."""

import hashlib
from dataclasses import replace

import pyarrow as pa
import pytest
from sql.loading import server

from masker.crypto.keys import Keyring
from masker.draft import draft
from masker.errors import Place
from masker.findings import Findings
from masker.plan.bind import Masking
from masker.plan.build import make_plan
from masker.profile.load import load_profile
from masker.scan import scan
from masker.sql.as_table import table_of
from masker.sql.ddl import read_catalog
from masker.sql.lexer import read_dump
from masker.sql.pieces import Statement

# Column, its type, values as the server prints them. Names of columns say what the scan shall make of them, or nothing.
POSTGRES = [
    ("email", "varchar(20)", ["anna@firma.example", "bo@firma.example"]),
    ("user_email", "citext", ["Anna@Firma.example", "Bo@firma.example"]),
    ("last_name", "varchar(6)", ["Muster", "Bauer"]),
    ("birth_date", "date", ["1805-03-17", "1987-12-31", "infinity", "0044-03-15 BC"]),
    ("zz_stamp", "timestamptz", ["2005-05-25 02:53:02.123456+02", "1899-12-31 23:59:59+00", "-infinity"]),
    ("zz_local", "timestamp(3)", ["2005-05-25 02:53:02.123", "0300-01-01 00:00:00"]),
    ("zz_time", "time with time zone", ["02:53:02+02", "23:59:59.5-05"]),
    ("zz_span", "interval", ["3 days 04:05:06", "-1 years -2 mons"]),
    ("zz_small", "smallint", ["32767", "-32768", "7"]),
    ("zz_int", "integer", ["2147483647", "-2147483648", "40"]),
    ("zz_big", "bigint", ["9223372036854775807", "40"]),
    ("zz_oid", "oid", ["4294967295", "16385"]),
    ("zz_exact", "numeric(38,18)", ["12345678901234567890.123456789012345678", "-0.000000000000000001"]),
    ("zz_any", "numeric", ["NaN", "123456789012345678901234567890.5"]),
    ("zz_share", "numeric(4,4)", ["0.9999", "0.0001"]),
    ("zz_float", "double precision", ["1.5e-05", "Infinity", "-3.25"]),
    ("zz_money", "money", ["$1,234.56", "-$0.10"]),
    ("zz_flag", "boolean", ["t", "f"]),
    ("zz_bit", "bit(5)", ["10101", "00000"]),
    ("zz_varbit", "bit varying(9)", ["101", "111000111"]),
    ("zz_uuid", "uuid", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000001"]),
    ("ip_address", "inet", ["203.0.113.9", "2001:db8::1", "203.0.113.0/24"]),
    ("zz_net", "cidr", ["203.0.113.0/24", "2001:db8::/32"]),
    ("mac_address", "macaddr", ["08:00:2b:01:02:03", "08:00:2b:01:02:04"]),
    ("zz_json", "json", ['{"name": "Anna", "n": [1, 2]}', "null"]),
    ("zz_jsonb", "jsonb NOT NULL", ['{"name": "Anna"}', "[1.10]"]),
    ("zz_words", "text[]", ['{Anna,"Bo B",NULL}', "{}"]),
    ("zz_numbers", "integer[] NOT NULL", ["{{1,2},{3,4}}", "{7}"]),
    ("zz_range", "int4range NOT NULL", ["[1,10)", "empty"]),
    ("zz_days", "daterange", ["[2020-01-01,2020-02-01)", "(,)"]),
    ("zz_many", "int4multirange NOT NULL", ["{[1,3),[5,7)}", "{}"]),
    ("zz_store", "hstore NOT NULL", ['"name"=>"Anna"', '"a"=>NULL']),
    ("zz_vector", "tsvector NOT NULL", ["'anna':1 'muster':2", "'bo':1A"]),
    ("zz_query", "tsquery NOT NULL", ["'anna' & 'bo'", "'x'"]),
    ("zz_xml", "xml NOT NULL", ["<a>Anna</a>", "<b/>"]),
    ("zz_point", "point NOT NULL", ["(1.5,2)", "(0,0)"]),
    ("zz_shape", "polygon NOT NULL", ["((0,0),(1,1),(2,0))", "((5,5))"]),
    ("photo", "bytea", ["\\xdeadbeef", "\\x"]),
    ("zz_raw", "bytea NOT NULL", ["\\x00ff", "\\xff"]),
    ("zz_mood", "mood NOT NULL", ["sad", "ok"]),
    ("zz_state", "text NOT NULL CHECK (zz_state IN ('new','paid'))", ["new", "paid"]),
    ("zz_year", "year_of", ["1999", "2005"]),
    ("zz_handle", "char(4)", ["ab1 ", "zz9x"]),
]  # fmt: skip
MYSQL = [
    ("email", "varchar(20)", ["anna@firma.example", "bo@firma.example"]),
    ("birth_date", "date", ["1005-03-17", "1987-12-31", "0000-00-00"]),
    ("zz_stamp", "datetime(6)", ["2005-05-25 02:53:02.123456", "1899-12-31 23:59:59.000000", "0000-00-00 00:00:00"]),
    ("zz_time", "time", ["-838:59:59", "12:00:00"]),
    ("zz_year", "year(4) NOT NULL", ["1999", "2024"]),
    ("zz_tiny", "tinyint unsigned", ["255", "7"]),
    ("zz_medium", "mediumint", ["8388607", "-8388608", "70"]),
    ("zz_big", "bigint unsigned", ["1844674407370955161", "40"]),
    ("zz_exact", "decimal(38,18)", ["12345678901234567890.123456789012345678", "-0.000000000000000001"]),
    ("zz_double", "double", ["0.000015", "-3.25"]),
    ("zz_flag", "tinyint(1)", ["1", "0"]),
    ("zz_mood", "enum('sad','ok') NOT NULL", ["sad", "ok"]),
    ("zz_tags", "set('a','b','c') NOT NULL", ["a,c", ""]),
    ("zz_json", "json", ['{"name": "Anna"}', "[1.10]"]),
    ("zz_uuid", "uuid", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000001"]),
    ("zz_four", "inet4", ["203.0.113.9", "203.0.113.77"]),
    ("zz_blob", "tinyblob", ["abc", "\u00fc"]),
    ("zz_raw", "varbinary(4) NOT NULL", ["abcd", "x"]),
    ("zz_text", "tinytext", ["Anna Muster, 12345 Musterstadt", "x"]),
]  # fmt: skip
BEFORE = {
    "postgres": "CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS citext; "
    "CREATE TYPE mood AS ENUM ('sad', 'ok'); "
    "CREATE DOMAIN year_of AS integer CHECK (VALUE >= 1901 AND VALUE <= 2155);\n",
    "mysql": "SET SESSION sql_mode = 'STRICT_ALL_TABLES';\n",
}


def masked_cells(dialect, columns):
    """Each column as a table of its own, masked as a first run without a profile would."""
    ddl = BEFORE[dialect] + "".join(f"CREATE TABLE t_{n} ({n} {t});\n" for n, t, _ in columns)
    pieces = [p for p in read_dump([ddl.encode()], dialect, Place()) if isinstance(p, Statement)]
    catalog = read_catalog(pieces, dialect)
    tables = [table_of(table, dialect) for table in catalog.tables.values()]
    batches = {}
    for table, (_, _, values) in zip(tables, columns, strict=True):
        batches[table.name] = pa.RecordBatch.from_arrays([pa.array(values * 3, pa.string())], schema=table.schema)
    findings = scan([(table, lambda name=table.name: iter([batches[name]])) for table in tables], source="t")
    findings = Findings(findings.source, tuple(doubted(table) for table in findings))
    loaded = draft(findings, load_profile("test-env")).loaded
    plan = make_plan(tables, loaded, findings, customer="c", purpose="p", recipient="")
    keyring = Keyring(hashlib.sha256(b"types").digest(), customer="c", purpose="p")
    masking = Masking(plan, keyring)
    return {name: masking.mask_batch(name, batch) for name, batch in batches.items()}, plan, ddl


def doubted(table):
    """Where the name says nothing, so does the scan: the hardest case, in which nothing may be kept."""
    (finding,) = table.columns
    if not finding.column.startswith("zz_"):
        return table
    unsure = replace(finding, decision="unsure", infotype="none", contains=())
    return replace(table, columns=(unsure,), subject="none", subject_key="")


def literal(value):
    return "NULL" if value is None else "'" + value.replace("'", "''").replace("\\", "\\\\") + "'"


@pytest.mark.parametrize(("dialect", "columns"), [("postgres", POSTGRES), ("mysql", MYSQL)])
def test_masked_values_are_valid_input_of_their_type(dialect, columns):
    masked, plan, ddl = masked_cells(dialect, columns)
    statements = [ddl]
    for name, batch in masked.items():
        for value in batch.column(0).to_pylist():
            text = literal(value)
            if dialect == "postgres" and value is not None:
                text = "E" + text
            if value is not None and value.startswith("0x"):
                text = value
            statements.append(f"INSERT INTO {name} VALUES ({text});\n")
    with server(dialect) as database:
        database.load("".join(statements).encode())
    # Negative keys stay, as `permute` documents; infinite dates tell of nobody.
    open_ = ("-", "infinity", "NaN", "Infinity", "0000-00-00", "null", "[1.10]", "empty")
    kept = {"zz_flag", "zz_mood", "zz_tags", "zz_state"}
    for (column, type_, values), batch in zip(columns, masked.values(), strict=True):
        fate = plan.for_table(f"t_{column}").columns[0].fate
        after = set(batch.column(0).to_pylist())
        assert (fate == "kept") == (column in kept), (column, type_, fate)
        assert column in kept or after.isdisjoint(
            {value for value in values if sum(map(str.isalnum, value)) > 3 and not value.startswith(open_)}
        ), column
