"""Faults of masked SQL dumps: how literals are written, statements, originals beside rows, the label."""

import re

from tests.verify.seeded.bench import Bench
from tests.verify.seeded.dump_text import at_line, changed, changed_lines, replaced
from tests.verify.seeded.registry import fault

FORMS, STATEMENTS, BESIDE = "literals of a dump", "statements of a dump", "originals in a dump, and its label"


@fault(FORMS, source="dumps")
def quoted_numbers_lose_their_quotes(bench: Bench) -> None:
    """A kept number that stood in quotes stands bare."""
    replaced(bench, "mysql", b"'007'", b"007")


@fault(FORMS, source="dumps")
def bare_numbers_get_quotes(bench: Bench) -> None:
    """A kept number that stood bare stands in quotes."""
    changed(bench, "mysql", lambda data: re.sub(rb",(\d+\.\d0),", rb",'\1',", data))


@fault(FORMS, source="dumps")
def numbers_of_a_dump_are_reformatted(bench: Bench) -> None:
    """A kept number loses its last zero."""
    changed(bench, "mysql", lambda data: re.sub(rb",(\d+\.\d)0,", rb",\1,", data))


@fault(FORMS, source="dumps")
def masked_numbers_get_quotes(bench: Bench) -> None:
    """A masked number that stood bare stands in quotes."""
    changed(bench, "mysql", lambda data: re.sub(rb"^\((\d+),", rb"('\1',", data, flags=re.M))


@fault(FORMS, source="dumps")
def bytes_lose_their_introducer(bench: Bench) -> None:
    """A literal of bytes loses its `_binary`."""
    replaced(bench, "mysql", b"_binary 'seal", b"'seal")


@fault(FORMS, source="dumps")
def bytes_are_written_in_small_letters(bench: Bench) -> None:
    """Kept hexadecimal digits come back in small letters."""
    replaced(bench, "mysql", b"0xDEADBEEF", b"0xdeadbeef")


@fault(FORMS, source="dumps")
def tuples_are_spaced_otherwise(bench: Bench) -> None:
    """The rows of an INSERT stand on one line."""
    replaced(bench, "mysql", b"),\n(", b"),(")


@fault(FORMS, source="dumps")
def inserts_are_joined(bench: Bench) -> None:
    """Two INSERTs of many rows become one."""
    replaced(bench, "mysql", b";\nINSERT INTO `client` VALUES\n(", b",\n(", 1)


@fault(FORMS, source="dumps")
def inserts_lose_their_column_list(bench: Bench) -> None:
    """INSERTs come without the names of their columns."""
    replaced(bench, "mysql", b" (`number`, `person_id`, `login`, `code`, `state`, `stamp`) VALUES", b" VALUES")


@fault(STATEMENTS, source="dumps")
def a_statement_is_dropped(bench: Bench) -> None:
    """An index is not made."""
    changed_lines(bench, "postgres", lambda lines: [line for line in lines if not line.startswith(b"CREATE INDEX")])


@fault(STATEMENTS, source="dumps")
def a_constraint_is_dropped(bench: Bench) -> None:
    """A foreign key is not made."""
    changed_lines(bench, "postgres", lambda lines: [line for line in lines if b"FOREIGN KEY" not in line])


@fault(STATEMENTS, source="dumps")
def a_constraint_of_mysql_is_dropped(bench: Bench) -> None:
    """A foreign key inside a CREATE TABLE is gone."""
    changed(bench, "mysql", lambda data: re.sub(rb",\n  CONSTRAINT [^\n]*", b"", data))


@fault(STATEMENTS, source="dumps")
def a_column_may_be_null(bench: Bench) -> None:
    """A column loses its NOT NULL."""
    replaced(bench, "postgres", b"last_name character varying(60) NOT NULL", b"last_name character varying(60)", 1)


@fault(STATEMENTS, source="dumps")
def a_column_is_declared_otherwise(bench: Bench) -> None:
    """A column is declared wider than in SOURCE."""
    replaced(bench, "mysql", b"`login` varchar(40)", b"`login` varchar(80)")


@fault(STATEMENTS, source="dumps")
def a_statement_comes_twice(bench: Bench) -> None:
    """A setting is written twice."""
    replaced(bench, "mysql", b"LOCK TABLES `client` WRITE;\n", b"LOCK TABLES `client` WRITE;\n" * 2, 1)


@fault(STATEMENTS, source="dumps")
def a_statement_is_added(bench: Bench) -> None:
    """The copy drops a table that SOURCE does not drop."""
    replaced(bench, "mysql", b"UNLOCK TABLES;\n", b"UNLOCK TABLES;\nDROP TABLE IF EXISTS `elsewhere`;\n")


@fault(STATEMENTS, source="dumps")
def statements_change_places(bench: Bench) -> None:
    """Two constraints stand in each other's place."""

    def swap(lines: list[bytes]) -> list[bytes]:
        at = at_line(lines, b"ALTER TABLE")
        return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]

    changed_lines(bench, "postgres", swap)


@fault(STATEMENTS, source="dumps")
def a_view_is_changed(bench: Bench) -> None:
    """A blank inside a literal of a view is lost."""
    replaced(bench, "postgres", b"'late; or", b"'late;or")


@fault(STATEMENTS, source="dumps")
def the_declared_encoding_changes(bench: Bench) -> None:
    """The dump says another encoding than SOURCE."""
    replaced(bench, "mysql", b"SET NAMES utf8mb4", b"SET NAMES latin1")


@fault(STATEMENTS, source="dumps")
def a_conditional_comment_is_lost(bench: Bench) -> None:
    """A statement that stands in a conditional comment is taken for a comment."""
    replaced(bench, "mysql", b"/*!40014 SET FOREIGN_KEY_CHECKS=0 */;\n", b"")


@fault(STATEMENTS, source="dumps")
def rows_stand_elsewhere(bench: Bench) -> None:
    """A statement stands among rows that it followed."""

    def move(data: bytes) -> bytes:
        moved = data.replace(b"UNLOCK TABLES;\n", b"")
        place = moved.rindex(b"INSERT INTO `client`")
        return moved[:place] + b"UNLOCK TABLES;\n" + moved[place:]

    changed(bench, "mysql", move)


@fault(BESIDE, source="dumps")
def an_original_stands_in_a_comment(bench: Bench) -> None:
    """A comment with an original is added."""
    replaced(bench, "postgres", b"CREATE INDEX", b"-- made for person7.0@firma0.example\nCREATE INDEX")


@fault(BESIDE, source="dumps")
def an_original_is_a_default(bench: Bench) -> None:
    """The default of a masked column is an original."""
    replaced(
        bench, "mysql", b"`email` varchar(60) DEFAULT NULL", b"`email` varchar(60) DEFAULT 'person7.2@firma0.example'"
    )


@fault(BESIDE, source="dumps")
def an_original_stands_in_a_view(bench: Bench) -> None:
    """A view's condition holds an original."""
    replaced(bench, "postgres", b"'late; or ''lost'''", b"'login217x7'")


@fault(BESIDE, source="dumps")
def only_the_first_tuple_is_masked(bench: Bench) -> None:
    """Of each run of rows only the first row's addresses are masked."""
    bench.values("client", "email", lambda old, new, number: [*new[:1], *old[1:]])


@fault(BESIDE, source="dumps")
def one_insert_keeps_its_originals(bench: Bench) -> None:
    """One INSERT of many rows is written as it stands in SOURCE."""
    bench.values("purchase", "login", lambda old, new, number: old if number == 0 else new)


@fault(BESIDE, source="dumps")
def originals_are_written_as_bytes(bench: Bench) -> None:
    """A masked address comes as the hexadecimal digits of its original."""
    hexed = b"x'" + b"person7.2@firma0.example".hex().encode() + b"'"
    changed(bench, "mysql", lambda data: re.sub(rb"'[^',]+@example\.\w+'", hexed, data, count=1))


@fault(BESIDE, source="dumps")
def the_label_of_a_dump_is_missing(bench: Bench) -> None:
    """A dump has no label at its top."""
    changed(bench, "postgres", lambda data: data.split(b"\n", 1)[1])


@fault(BESIDE, source="dumps")
def the_label_of_a_dump_is_anothers(bench: Bench) -> None:
    """A dump has the label of a copy for another purpose."""
    replaced(bench, "postgres", b"purpose=test-patch", b"purpose=test-update", 1)
