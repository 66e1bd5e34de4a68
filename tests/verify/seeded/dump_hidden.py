"""Faults of masked SQL dumps whose SOURCE has rows inside of statements: masking does not see them and copies them.

SOURCE gets the statement too, so that nothing differs between both sides, and the hidden values are no originals of any
row, so that no search can find them.
"""

import shutil

from masker.quoting import Quotes
from tests.verify.seeded.bench import Bench
from tests.verify.seeded.registry import fault

HIDDEN = "rows inside of the statements of a dump"
_PG_TABLE = b"CREATE TABLE public.purchase ("
_MY_TABLE = b"CREATE TABLE `ticket` ("


def _hidden(bench: Bench, file: str, before: bytes, statement: bytes) -> None:
    """Put a statement into SOURCE in front of `before`, and let masking pass whatever its tokens say."""
    source = bench.source.with_name(f"hidden-{bench.dest.parent.name}")
    shutil.copytree(bench.source, source)
    data = (source / file).read_bytes()
    assert data.count(before) == 1
    (source / file).write_bytes(data.replace(before, statement + before))
    bench.source = source
    bench.patch.setattr("masker.sql.allowed._hides_something", lambda *given: False)
    bench.patch.setattr(Quotes, "require", lambda quotes: None)


@fault(HIDDEN, source="dumps")
def rows_stand_in_a_function(bench: Bench) -> None:
    """A function inserts rows of a masked table."""
    body = b"BEGIN INSERT INTO contact (id, email) VALUES (1, 'k4@z.example'), (2, 'k5@z.example'); END"
    made = b"CREATE FUNCTION public.refill() RETURNS void LANGUAGE plpgsql AS $_$ " + body + b" $_$;\n"
    _hidden(bench, "postgres.sql", _PG_TABLE, made)


@fault(HIDDEN, source="dumps")
def rows_stand_in_a_quoted_function(bench: Bench) -> None:
    """A function whose body is a string inserts a row, each quote in it written twice."""
    body = b"INSERT INTO public.purchase VALUES (77, 78, ''w8'', ''v9'', ''open'', NULL)"
    made = b"CREATE FUNCTION public.refill() RETURNS void LANGUAGE sql AS '" + body + b"';\n"
    _hidden(bench, "postgres.sql", _PG_TABLE, made)


@fault(HIDDEN, source="dumps")
def a_copy_stands_in_a_function(bench: Bench) -> None:
    """The body of a function holds a COPY and its lines."""
    body = b"\nCOPY public.purchase (number, login) FROM stdin;\n77\tw8\n\\.\n"
    made = b"CREATE FUNCTION public.refill() RETURNS void LANGUAGE plpgsql AS $_$" + body + b"$_$;\n"
    _hidden(bench, "postgres.sql", _PG_TABLE, made)


@fault(HIDDEN, source="dumps")
def rows_stand_in_a_default(bench: Bench) -> None:
    """A declaration goes on with values after its default."""
    made = b"CREATE DOMAIN public.spare AS text DEFAULT 'x', (1, 'w8', 'v9'), (2, 'w9', 'v8');\n"
    _hidden(bench, "postgres.sql", _PG_TABLE, made)


@fault(HIDDEN, source="dumps")
def rows_stand_in_a_trigger(bench: Bench) -> None:
    """A trigger inserts a row of constants into a masked table."""
    body = b"INSERT INTO `ticket` (`number`,`login`) VALUES (77,'w8')"
    made = b"DELIMITER ;;\nCREATE TRIGGER `g` BEFORE INSERT ON `client` FOR EACH ROW BEGIN " + body + b"; END ;;\n"
    _hidden(bench, "mysql.sql", b"UNLOCK TABLES;\n" + _MY_TABLE, made + b"DELIMITER ;\n")


@fault(HIDDEN, source="dumps")
def rows_stand_in_a_procedure(bench: Bench) -> None:
    """A procedure replaces rows of a masked table."""
    body = b"REPLACE INTO client VALUES (1,'k4@z.example','Q','W','n',NULL,NULL,NULL)"
    made = b"DELIMITER ;;\nCREATE PROCEDURE `p`() BEGIN " + body + b"; END ;;\nDELIMITER ;\n"
    _hidden(bench, "mysql.sql", b"UNLOCK TABLES;\n" + _MY_TABLE, made)


@fault(HIDDEN, source="dumps")
def rows_stand_in_a_versioned_comment(bench: Bench) -> None:
    """A comment that servers of some version execute makes an event that inserts a row."""
    body = b"DO INSERT INTO `ticket` (`number`,`login`) VALUES (77,'w8')"
    made = b"/*!50106 CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY " + body + b" */;\n"
    _hidden(bench, "mysql.sql", b"UNLOCK TABLES;\n" + _MY_TABLE, made)


@fault(HIDDEN, source="dumps")
def rows_stand_in_a_literal(bench: Bench) -> None:
    """A literal of a view goes on to the next quote but one and holds an INSERT."""
    swallowed = b"INSERT INTO `ticket` VALUES (77,78,\\'w8\\',\\'v9\\',1,NULL);"
    made = b"CREATE VIEW `spare` AS SELECT 'x);\\n" + swallowed + b"' AS `a`;\n"
    _hidden(bench, "mysql.sql", b"UNLOCK TABLES;\n" + _MY_TABLE, made)
