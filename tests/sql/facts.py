"""What a real server says of a database that a dump was loaded into: schema and rows, what joins and what holds."""

import re
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sql.loading import MYSQL, POSTGRES, MySql, Postgres

_NO_SYSTEM = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
_COUNTED = "(xpath('/row/c/text()', query_to_xml(%s, false, true, '')))[1]::text::bigint"
_PG_ROWS = f"""
select c.oid::regclass, {_COUNTED % "format('select count(*) as c from only %s', c.oid::regclass)"}
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and {_NO_SYSTEM}
"""
# The same as the corpus's own script asks, in one query.
_PG_ORPHANS = f"""
with keys as (
  select c.oid, c.conrelid::regclass t, c.confrelid::regclass r, string_agg(
      format('a.%I = b.%I', x.attname, y.attname), ' and ') same,
    string_agg(format('a.%I is not null', x.attname), ' and ') filled
  from pg_constraint c, unnest(c.conkey, c.confkey) k(n, m), pg_attribute x, pg_attribute y
  where c.contype = 'f' and c.conparentid = 0 and x.attrelid = c.conrelid and x.attnum = k.n
    and y.attrelid = c.confrelid and y.attnum = k.m group by 1, 2, 3)
select t, r, {
    _COUNTED % "format('select count(*) as c from %s a where %s and not exists (select from %s b where %s)', "
    "t, filled, r, same)"
} from keys order by 1, 2, oid
"""
_PG_BROKEN = f"""
select conrelid::regclass, conname from pg_constraint where not convalidated union all
select conrelid::regclass, conname from pg_constraint where contype = 'c' and conrelid <> 0 and {
    _COUNTED
    % "format('select count(*) as c from %s where not (%s)', conrelid::regclass, pg_get_expr(conbin, conrelid))"
} > 0
"""
_PG_TAKEN = f"""
with numbered as (
  select d.adrelid::regclass t, a.attname, (regexp_match(pg_get_expr(d.adbin, d.adrelid), 'nextval\\(''(.*)''::'))[1] s
  from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  union select d.refobjid::regclass, a.attname, d.objid::regclass::text from pg_depend d
  join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where d.deptype = 'i' and d.classid = 'pg_class'::regclass)
select t, attname from numbered where s is not null and {
    _COUNTED % "format('select count(*) as c from %s, (select nextval(%L) as next) s where %I >= next', t, s, attname)"
} > 0
"""
_MY_TABLES = "select table_name from information_schema.tables where table_schema = '{0}' and table_type <> 'VIEW'"
_MY_KEYS = """
select table_name, group_concat(column_name order by ordinal_position), max(referenced_table_name),
  group_concat(referenced_column_name order by ordinal_position) from information_schema.key_column_usage
where table_schema = '{0}' and referenced_table_name is not null group by table_name, constraint_name
"""
_MY_CHECKS = "select table_name, check_clause from information_schema.check_constraints where constraint_schema = '{0}'"
_MY_NUMBERED = """
select c.table_name, c.column_name, t.auto_increment from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where table_schema = '{0}' and c.extra like '%auto_increment%'
"""
_NUMBER = re.compile(r"^\) .*? AUTO_INCREMENT=\d+|(?<= )AUTO_INCREMENT=\d+ ", re.M)


@dataclass(frozen=True)
class Facts:
    """`orphans`: how many of each declared key; `broken`: constraints that do not hold; `taken`: columns whose next
    number some row already has."""

    schema: str
    rows: dict[str, int]
    orphans: list[tuple[str, ...]]
    broken: list[tuple[str, ...]]
    taken: list[tuple[str, ...]]


def facts_of(database: Postgres | MySql) -> Facts:
    """Ask a server; takes a number from each sequence."""
    return _postgres(database) if isinstance(database, Postgres) else _mysql(database)


def _postgres(database: Postgres) -> Facts:
    url = urlsplit(POSTGRES)._replace(path=f"/{database.name}").geturl()
    said = subprocess.run(["pg_dump", "-s", "-d", url], capture_output=True, check=True).stdout.decode()
    return Facts(
        re.sub(r"^\\(?:un)?restrict .*$", "", said, flags=re.M),
        {name: int(count) for name, count in database.ask(_PG_ROWS)},
        database.ask(_PG_ORPHANS),
        database.ask(_PG_BROKEN),
        database.ask(_PG_TAKEN),
    )


def _mysql(database: MySql) -> Facts:
    url = urlsplit(MYSQL)
    command = ["mariadb-dump", "-h", url.hostname or "", "-P", str(url.port or 3306), "-u", url.username or "root"]
    command += [f"-p{url.password}"] if url.password else []
    command += ["--no-data", "--skip-comments", "--routines", "--events", database.name]
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    tables = [name for (name,) in database.ask(_MY_TABLES.format(database.name))]
    counts = " union all ".join(f"select '{name}', count(*) from `{name}`" for name in tables)
    return Facts(
        _NUMBER.sub("", said).replace(database.name, "here"),
        {name: int(count) for name, count in database.ask(counts)},
        _asked(database, _MY_KEYS, _orphans),
        [row for row in _asked(database, _MY_CHECKS, _breaches) if row[-1] != "0"],
        [row for row in _asked(database, _MY_NUMBERED, _beyond) if row[-1] != "0"],
    )


def _asked(database: MySql, listing: str, query: object) -> list[tuple[str, ...]]:
    listed = [query(*row) for row in sorted(database.ask(listing.format(database.name)))]  # type: ignore[operator]
    return database.ask(" union all ".join(listed)) if listed else []


def _orphans(table: str, columns: str, to: str, refs: str) -> str:
    pairs = list(zip(columns.split(","), refs.split(","), strict=True))
    same = " and ".join(f"a.`{column}` = b.`{ref}`" for column, ref in pairs)
    filled = " and ".join(f"a.`{column}` is not null" for column, _ in pairs)
    return (
        f"select '{table}', '{columns}', count(*) from `{table}` a left join `{to}` b on {same} "
        f"where {filled} and b.`{pairs[0][1]}` is null"
    )


def _breaches(table: str, clause: str) -> str:
    return f"select '{table}', count(*) from `{table}` where not ({clause})"


def _beyond(table: str, column: str, following: str) -> str:
    return f"select '{table}', count(*) from `{table}` where `{column}` >= {following}"


def sqlite_facts(path: Path) -> Facts:
    """Ask SQLite; the tag of a copy is no part of it."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        ask = lambda query: connection.execute(query).fetchall()  # noqa: E731 - three words, used here alone
        schema = ask("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name <> 'masker_tag' ORDER BY 1, 2")
        tables = [row[1] for row in schema if row[0] == "table"]
        return Facts(
            repr(schema),
            {name: ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables},
            ask("PRAGMA foreign_key_check"),
            [row for row in ask("PRAGMA integrity_check") if row != ("ok",)],
            [],
        )
