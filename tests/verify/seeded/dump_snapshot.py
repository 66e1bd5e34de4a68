"""A SOURCE of two dumps, as pg_dump and mysqldump write them, that faults are seeded into, and the profile for it.

All values are made up. There are COPY and INSERT, one row a statement and many, keys, a view, NULL, '', the word NULL,
quotes, backslashes, line ends, tabs, quoted numbers, bytes.
"""

from collections.abc import Iterable
from pathlib import Path

ROWS = 300
CHUNK = 75
PLANS = ["basic", "O'Neil's", "back\\slash", "line\nbreak", "tab\tstop", "", "NULL", None, "007", "naïve ☃"]

PROFILE = """\
masker: 1
name: seeded-dumps
locale: de_DE
unreadable: fpe
undecided: refuse
tables:
"""
_PERSON = """\
  {name}:
    subject: {{is: {subject}, key: id}}
    columns:
      id: {{method: permute, infotype: person_key}}
      email: {{method: fake, infotype: email, by: none}}
      last_name: {{method: fake, infotype: last_name}}
      iban: {{method: fpe, infotype: iban, check: iban}}
      note: {{method: redact, infotype: free_text}}
      plan: {{method: keep, infotype: none}}
      amount: {{method: keep, infotype: none}}
      photo: {{method: "null", infotype: photo}}
"""
_ORDER = """\
  {name}:
    subject: {{is: {subject}, key: person_id}}
    columns:
      number: {{method: keep, infotype: none}}
      person_id: {{method: permute, infotype: person_key}}
      login: {{method: fake, infotype: username, by: none}}
      code: {{method: token, infotype: other}}
      state: {{method: keep, infotype: none}}
      stamp: {{method: keep, infotype: none}}
"""

_PG_HEAD = """\
--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.person (
    id integer NOT NULL,
    email character varying(60),
    last_name character varying(60) NOT NULL,
    iban character varying(40),
    note text,
    plan text,
    amount numeric(8,2),
    photo bytea
);

CREATE TABLE public.contact (
    id integer NOT NULL,
    email character varying(60),
    last_name character varying(60) NOT NULL,
    iban character varying(40),
    note text,
    plan text,
    amount numeric(8,2),
    photo bytea
);

CREATE TABLE public.purchase (
    number integer NOT NULL,
    person_id integer,
    login character varying(40),
    code character varying(60),
    state character varying(10) DEFAULT 'open'::character varying NOT NULL,
    stamp bytea
);

CREATE VIEW public.late AS
 SELECT purchase.number FROM public.purchase WHERE ((purchase.state)::text = 'late; or ''lost'''::text);

"""
_PG_TAIL = """\

SELECT pg_catalog.setval('public.person_id_seq', 4711, true);

ALTER TABLE ONLY public.person ADD CONSTRAINT person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contact ADD CONSTRAINT contact_pkey PRIMARY KEY (id);
CREATE INDEX purchase_state ON public.purchase USING btree (state);
ALTER TABLE ONLY public.purchase ADD CONSTRAINT purchase_person FOREIGN KEY (person_id) REFERENCES public.person(id);

--
-- PostgreSQL database dump complete
--

"""
_MY_HEAD = """\
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)

/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET FOREIGN_KEY_CHECKS=0 */;
DROP TABLE IF EXISTS `client`;
CREATE TABLE `client` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `email` varchar(60) DEFAULT NULL,
  `last_name` varchar(60) NOT NULL,
  `iban` varchar(40) DEFAULT NULL,
  `note` text DEFAULT NULL,
  `plan` varchar(40) DEFAULT NULL,
  `amount` decimal(8,2) DEFAULT NULL,
  `photo` varchar(60) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=5000 DEFAULT CHARSET=utf8mb4;
LOCK TABLES `client` WRITE;
"""
_MY_MIDDLE = """\
UNLOCK TABLES;
CREATE TABLE `ticket` (
  `number` int(11) NOT NULL,
  `person_id` int(11) DEFAULT NULL,
  `login` varchar(40) DEFAULT NULL,
  `code` varchar(60) DEFAULT NULL,
  `state` enum('open','late') NOT NULL DEFAULT 'open',
  `stamp` blob DEFAULT NULL,
  PRIMARY KEY (`number`),
  KEY `ticket_client` (`person_id`),
  CONSTRAINT `ticket_client` FOREIGN KEY (`person_id`) REFERENCES `client` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
"""
_MY_TAIL = """\
/*!40014 SET FOREIGN_KEY_CHECKS=1 */;

-- Dump completed
"""
_COPY = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})
_MYSQL = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n"})


def write_dumps(root: Path) -> tuple[Path, Path]:
    """Write SOURCE and profile below `root`; gives both paths."""
    source, profile = root / "dumps", root / "seeded-dumps.yaml"
    source.mkdir()
    (source / "postgres.sql").write_text(_postgres(), encoding="utf-8", newline="")
    (source / "mysql.sql").write_text(_mysql(), encoding="utf-8", newline="")
    people = [("person", "customer"), ("contact", "partner"), ("client", "employee")]
    orders = [("purchase", "customer"), ("ticket", "employee")]
    profile.write_text(
        PROFILE
        + "".join(_PERSON.format(name=name, subject=subject) for name, subject in people)
        + "".join(_ORDER.format(name=name, subject=subject) for name, subject in orders)
    )
    return source, profile


def dump_originals() -> set[str]:
    """Every text of SOURCE that nobody may read in a message, lower case."""
    rows = [row for which in range(3) for row in (_person(i, which) for i in range(ROWS))]
    return {str(value).casefold() for row in rows for value in row[1:5] if value} | {_login(i) for i in range(ROWS)}


def _postgres() -> str:
    columns = "id, email, last_name, iban, note, plan, amount, photo"
    parts = [_PG_HEAD]
    for which, name in enumerate(("person", "contact")):
        lines = ("\t".join(_copy_cell(cell) for cell in _person(i, which)) + "\n" for i in range(ROWS))
        parts.append(f"COPY public.{name} ({columns}) FROM stdin;\n{''.join(lines)}\\.\n\n\n")
    for start in range(0, ROWS, CHUNK):
        tuples = (_tuple(_order(i, "'\\xdeadbeef'"), _plain) for i in range(start, start + CHUNK))
        listed = "number, person_id, login, code, state, stamp"
        parts.append(f"INSERT INTO public.purchase ({listed}) VALUES\n\t" + ",\n\t".join(tuples) + ";\n")
    return "".join([*parts, _PG_TAIL])


def _mysql() -> str:
    parts = [_MY_HEAD]
    for start in range(0, ROWS, CHUNK):
        tuples = (_tuple(_person(i, 2), _backslashed) for i in range(start, start + CHUNK))
        parts.append("INSERT INTO `client` VALUES\n" + ",\n".join(tuples) + ";\n")
    parts.append(_MY_MIDDLE)
    listed = "`number`, `person_id`, `login`, `code`, `state`, `stamp`"
    for i in range(ROWS):
        stamp = "0xDEADBEEF" if i % 2 else "_binary 'seal\\0'"
        parts.append(f"INSERT INTO `ticket` ({listed}) VALUES {_tuple(_order(i, stamp), _backslashed)};\n")
    return "".join([*parts, _MY_TAIL])


def _person(i: int, which: int) -> list[object]:
    key = 2000 + 1000 * which + (i * 37) % 997
    return [
        key,
        None if i % 29 == 3 else f"person{i}.{which}@firma{i % 7}.example",
        f"Muster{'' if i % 3 else '-Probe'}{'abcdefghij'[i % 10]}{'klmnopq'[i % 7]}",
        None if i % 31 == 4 else f"DE{(i * 7 + which) % 90 + 10}3704004405320{13000 + i * 3 + which}",
        "" if i % 17 == 5 else f"wrote about contract {i * 7919 % 1000} and the dog of house {i + which}",
        PLANS[i % len(PLANS)],
        _Bare(f"{i % 90}.{i % 9}0"),
        None if i % 5 else f"photo-{i}-{which}.jpeg",
    ]


def _order(i: int, stamp: str) -> list[object]:
    key = (2000 if stamp.startswith("'") else 4000) + (i * 37) % 997
    state = "late" if i % 4 else "open"
    return [_Bare(str(i + 1)), key, _login(i), f"CODE-{i * 7919 % 10007:05d}-{'XYZ'[i % 3]}", state, _Bare(stamp)]


def _login(i: int) -> str:
    return f"login{i * 31 % 1009}x{i}"


class _Bare(str):
    """A literal as it is to stand."""

    __slots__ = ()


def _copy_cell(cell: object) -> str:
    return "\\N" if cell is None else str(cell).translate(_COPY)


def _plain(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _backslashed(text: str) -> str:
    return "'" + text.translate(_MYSQL) + "'"


def _tuple(row: Iterable[object], quoted: "type | object") -> str:
    cells = []
    for cell in row:
        if cell is None:
            cells.append("NULL")
        elif isinstance(cell, (int, _Bare)):
            cells.append(str(cell))
        else:
            cells.append(quoted(str(cell)))  # type: ignore[operator]
    joined = ", ".join(cells) if quoted is _plain else ",".join(cells)
    return f"({joined})"
