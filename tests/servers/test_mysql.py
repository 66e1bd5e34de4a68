"""MySQL and MariaDB below a run: what is read is exact, what is loaded is it, what a killed run left goes."""

import contextlib

import pytest

from masker.address import Address
from masker.errors import MaskerError
from masker.servers import SERVERS
from masker.servers.mysql._staging import MARK as MARKED
from masker.servers.mysql._staging import MysqlLoading

TYPES = """
create table types (
  id int unsigned not null auto_increment primary key, d decimal(38,18), f float, g double, b bit(10), bb bit(64),
  e enum('a','b''c',''), s set('x','y'), dt datetime(6), da date, ti time, ts timestamp null, y year,
  tx text, la varchar(20) character set latin1, ch char(5), bl blob, vb varbinary(10), ge point, js json,
  `odd ``name` int, gen int as (y * 2) stored, virt int as (y + 1) virtual
) auto_increment = 100
"""
ROWS = [
    "1, 12345678901234567890.123456789012345678, 3.1415927, 3.141592653589793, b'1000000001', 18446744073709551615,"
    " 'b''c', 'x,y', '1000-01-01 00:00:00.000001', '1850-02-03', '-838:59:59', '2020-01-01 12:00:00', 1999,"
    " 'it''s \\\\ \\0 \\n \\r \\t \\Z \"q\" ü 日本 😀', 'é', 'ab ',"
    ' 0x00ff27225c0a, x\'\', point(1.5, -2), \'{"a": "\\\\""}\', 7',
    "0, -0.000000000000000001, 16777216, 1e308, 0, 0, '', '', '0000-00-00 00:00:00', '0000-00-00', '00:00:00',"
    " null, 0, '', '', '', '', 0x00, null, null, null",
    "5, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,"
    " null, null",
    "6, 1, 0.1, 0.1, 1, 1, 'a', 'x', '2020-02-30', '2020-00-00', '1:2:3', null, 2155, 'NULL', '0x41', 'x', 'a', 'b',"
    " null, '[]', 1",
]
COLUMNS = "id, d, f, g, b, bb, e, s, dt, da, ti, ts, y, tx, la, ch, bl, vb, ge, js, `odd ``name`"


def read(address: Address) -> bytes:
    with contextlib.closing(SERVERS["mysql"].read(address)) as dumped, dumped.open() as stream:
        return stream.read()


def load(address: Address, *chunks: bytes) -> None:
    with SERVERS["mysql"].load(address) as loading:
        loading.fill(iter(chunks))
        loading.publish("label", b"manifest")


def test_every_type_comes_back_bit_by_bit(mysql):
    mode = "set sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'"
    inserts = [f"insert into types ({COLUMNS}) values ({row})" for row in ROWS]
    source = mysql.database(mode, TYPES, *inserts)
    dest = mysql.name()
    dump = read(mysql.at(source))
    load(mysql.at(dest), dump)
    assert read(mysql.at(dest)) == dump
    names = [name.strip() for name in COLUMNS.split(",")] + ["gen", "virt"]
    cells = ", ".join(f"hex({name} + 0e0)" if name in ("f", "g") else f"hex({name})" for name in names)
    query = f"select {cells} from types order by id"
    assert mysql.run(query, database=dest) == mysql.run(query, database=source)
    created = "show create table types"
    assert mysql.run(created, database=dest) == mysql.run(created, database=source)


def test_views_routines_triggers_and_events_come_along_without_definers(mysql):
    source = mysql.database(
        "create table t (a int primary key, b int, foreign key (b) references t (a))",
        "create table log (a int)",
        "insert into t values (1, null), (2, 1)",
        "create function twice(x int) returns int deterministic return x * 2",
        "create procedure p() begin select ';;'; end",
        "create view zz as select a from t",
        "create view aa as select twice(a) as a2 from zz",
        "create trigger after_t after insert on t for each row begin insert into log values (new.a); end",
        "create event e on schedule every 1 day do delete from log",
    )
    dest = mysql.name()
    dump = read(mysql.at(source))
    assert b"DEFINER=" not in dump
    load(mysql.at(dest), dump)
    assert read(mysql.at(dest)) == dump
    assert mysql.run("select a2 from aa order by 1", database=dest) == [(2,), (4,)]
    assert mysql.run("insert into t values (3, 1)", "select a from log", database=dest) == [(3,)]
    query = f"select status from information_schema.events where event_schema = '{dest}'"
    assert mysql.run(query) == [("DISABLED",)]
    keys = "select count(*) from information_schema.referential_constraints where constraint_schema = '{}'"
    assert mysql.run(keys.format(dest)) == [(1,)]


def test_all_streams_of_one_snapshot_are_the_same_whoever_writes(mysql):
    source = mysql.database("create table t (a int primary key)", "insert into t values (1)")
    with contextlib.closing(SERVERS["mysql"].read(mysql.at(source))) as dumped, dumped.open() as first:
        mysql.run("insert into t values (2)", database=source)
        with dumped.open() as second:
            assert first.read() == second.read()


def test_a_stream_that_nobody_reads_to_its_end_holds_nothing_up(mysql):
    source = mysql.database(
        "create table t (a int primary key, b varchar(1000))",
        "insert into t select seq, repeat('x', 1000) from seq_1_to_20000",
    )
    with contextlib.closing(SERVERS["mysql"].read(mysql.at(source))) as dumped:
        for _ in range(5):
            with dumped.open() as stream:
                stream.read(1 << 20)
        with dumped.open() as stream:
            assert stream.read().count(b"'xxx") == 20_000


def test_a_dump_of_two_databases_is_refused(mysql):
    dest = mysql.name()
    with pytest.raises(MaskerError) as caught:
        load(mysql.at(dest), b"USE one;\nCREATE TABLE a (b int);\nUSE two;\nCREATE TABLE a (b int);\n")
    assert (caught.value.code, caught.value.place.line) == ("unsupported", 3)


@pytest.mark.parametrize("made", [True, False])
def test_what_a_run_left_half_moved_is_taken_back_and_nothing_else(mysql, made):
    dest = mysql.name() if made else mysql.database()
    other = mysql.database("create table mine (a int)")
    address = mysql.at(dest)
    loading = MysqlLoading(address)
    loading.__enter__()
    loading.fill([b"CREATE TABLE t (a int);\nCREATE VIEW v AS SELECT a FROM t;\n"])
    mysql.made.append(loading._run)
    # As if it were killed right after the tables moved: neither taken back nor tagged.
    mysql.run(f"create table {loading._run}.{MARKED} (run varchar(64), way varchar(8), todo longblob)",
              f"insert into {loading._run}.{MARKED} values ('{loading._run}', '{'drop' if made else 'empty'}', null)",
              *([f"create database {dest}"] if made else []),
              f"rename table {loading._run}.t to {dest}.t, {loading._run}.{MARKED} to {dest}.{MARKED}")  # fmt: skip
    assert SERVERS["mysql"].tag(address) is None
    SERVERS["mysql"].clean(address)
    assert mysql.run(f"show tables from {dest}") != []  # its run lives
    loading._outside.close()
    loading._inside.close()
    SERVERS["mysql"].clean(address)
    assert loading._run not in mysql.databases()
    assert (dest in mysql.databases()) is not made
    if not made:
        assert mysql.run(f"show tables from {dest}") == []
    assert len(mysql.run(f"show tables from {other}")) == 1


def test_somebody_elses_table_of_the_same_name_is_left_alone(mysql):
    other = mysql.database("create table masker_publishing (mine int)")
    assert SERVERS["mysql"].clean(mysql.at(other)) >= 0
    load(mysql.at(mysql.name()), b"CREATE TABLE t (a int);\n")
    assert mysql.run("select count(*) from masker_publishing", database=other) == [(0,)]
