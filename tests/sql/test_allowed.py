"""Which statements and comments of a dump may pass."""

import pytest

from masker.errors import Place
from masker.sql.allowed import judge, refusal
from masker.sql.heads import kind_of
from masker.sql.lexer import read_dump
from masker.sql.pieces import Statement
from masker.sql.remarks import is_tools, parted

PASS = {
    "postgres": [
        "SET statement_timeout = 0;", "SET client_encoding TO 'UTF8';",
        "SELECT pg_catalog.set_config('search_path', '', false);", "SELECT pg_catalog.setval('public.s', 20, true);",
        "SELECT setval('s'::regclass, 20);",
        "CREATE UNLOGGED TABLE t (a int);", "CREATE OR REPLACE VIEW v AS SELECT 1;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ UPDATE t SET a = 1; DELETE FROM t $$;",
        "ALTER TABLE ONLY public.t OWNER TO x;", "COMMENT ON TABLE t IS 'x';", "GRANT SELECT ON t TO x;",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;", "BEGIN;", "COMMIT;", "REFRESH MATERIALIZED VIEW v;",
        "CREATE PUBLICATION p FOR ALL TABLES;", "ALTER DEFAULT PRIVILEGES FOR ROLE x GRANT SELECT ON TABLES TO y;",
        "\\connect x\n", "\\c x;\n", "\\connect -reuse-previous=on \"dbname='x'\"\n", "\\encoding UTF8\n",
        "ALTER DATABASE x SET search_path TO 'a', 'b';", "SET SESSION AUTHORIZATION 'x';", "SET TIME ZONE 'UTC';",
        "CREATE TABLE t (a text DEFAULT 'x; y'::text, b int) PARTITION BY LIST (b);",
        "CREATE TABLE t_1 PARTITION OF t FOR VALUES IN ('a', 'b');",
        "CREATE VIEW v AS SELECT a FROM (VALUES ('x'), ('y')) q(a);", "GRANT INSERT, UPDATE ON t TO x;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\nINSERT INTO t VALUES ('x'); END $$;",
        "CREATE RULE r AS ON INSERT TO t DO INSTEAD (DELETE FROM u; INSERT INTO u VALUES (1));", "\\restrict abc\n",
        "DROP TABLE IF EXISTS t;", ";",
    ],
    "mysql": [
        "/*!40101 SET NAMES utf8mb4 */;", "SET @OLD = @@SQL_MODE, SQL_MODE = 'x';", "USE `d`;",
        "LOCK TABLES `t` WRITE;", "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_bin';", "SET time_zone = \"+00:00\";",
        "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';",
        "SET @OLD = @@TIME_ZONE, @@SESSION.TIME_ZONE = 'SYSTEM', sql_mode := 'ANSI';",
        "SET character_set_client = 'utf8';",
        "CREATE TABLE `t` (`a` enum('x','y') DEFAULT 'x') ENGINE=InnoDB AUTO_INCREMENT=5 COMMENT='a; b';",
        "CREATE TABLE `t` (`password` text COMMENT 'x') PARTITION BY LIST (a) (PARTITION p VALUES IN (1));",
        "ALTER TABLE `t` ADD KEY `a` (`a`), MODIFY `b` enum('x') DEFAULT 'x', AUTO_INCREMENT=5;",
        "UNLOCK TABLES;", "/*!40000 ALTER TABLE `t` DISABLE KEYS */;", "START TRANSACTION;",
        "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`%`*/ /*!50003 TRIGGER g AFTER INSERT ON t FOR EACH ROW SET @a = 1 */;",
        "DROP DATABASE IF EXISTS `d`;", "DO SETVAL(`s`, 10, 0);", "SELECT SETVAL(`s`, 10, 0);",
        "CREATE ALGORITHM=UNDEFINED DEFINER=`r`@`localhost` SQL SECURITY DEFINER VIEW `v` AS select 1;",
    ],
    "sqlite": [
        "PRAGMA foreign_keys=OFF;", "BEGIN TRANSACTION;", "COMMIT;", "DELETE FROM sqlite_sequence;",
        "CREATE VIRTUAL TABLE f USING fts5(a);", "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM u; END;",
    ],
}  # fmt: skip
REFUSED = {
    "postgres": [
        "UPDATE t SET a = 'Anna';", "DELETE FROM t;", "CALL p('Anna');", "DO $$ BEGIN END $$;",
        "COPY t FROM PROGRAM 'x';", "COPY t TO '/x';", "SELECT * FROM t;", "CREATE ROLE x PASSWORD 'y';",
        "SELECT pg_catalog.setval('s', (SELECT max(a) FROM t));", "ALTER SYSTEM SET x = 1;", "VACUUM;",
        "CREATE USER MAPPING FOR x SERVER s OPTIONS (password 'y');", "CREATE SUBSCRIPTION s CONNECTION 'password=y';",
        "SET ROLE x;", "SET a.b = 'Anna';", "SET SESSION a.b TO 'Anna';", "SET application_name = 'Anna';",
        "SELECT set_config('a.b', 'Anna', true);", "ALTER DATABASE x SET a.b TO 'Anna';", "\\connect x anna host\n",
        "\\connect postgresql://u:Anna@h/d\n", "ANALYZE t \\echo Anna\n;", "CREATE SERVER s OPTIONS (passwd 'Anna');",
        "CREATE TABLE t (a int) INSERT INTO t VALUES ('Anna');", "ALTER TABLE t OWNER TO x, 'Anna', 'Berta';",
        "CREATE TABLE t (a int)), ('Anna');", "CREATE TABLE t (a int)x INTO u VALUES ('Anna');",
        "CREATE VIEW \";\nINSERT INTO t VALUES (1, \" AS SELECT 1;",
        "CREATE TABLE t (a int,\nCOPY t FROM stdin;\nAnna\n\\.\n);", "SELECT pg_catalog.lowrite(0, 'Anna');",
        "SELECT pg_catalog.lowrite(0, '\\x41'), 'Anna';", "SELECT lo_import('Anna');",
        "\\! ls\n", "\\copy t from x\n", "NOTIFY a;",
        "SELECT pg_catalog.set_config('a', 'b', false), t.a FROM t;", "GRANT x TO y IDENTIFIED BY 'z';",
    ],
    "mysql": [
        "UPDATE t SET a = 1;", "DELETE FROM t;", "CALL p();", "LOAD DATA INFILE 'x' INTO TABLE t;", "DO SLEEP(1);",
        "SET PASSWORD = 'x';", "CREATE USER x IDENTIFIED BY 'y';", "GRANT ALL ON *.* TO x IDENTIFIED BY 'y';",
        "SET @a = (SELECT a FROM t);", "SET @a = 'Anna';", "SET NAMES utf8, @a = 'Anna';", "SET @sql_mode = 'Anna';",
        "CREATE TABLE t (a int) CONNECTION='mysql://u:Anna@h/d';", "CREATE TABLE t (a int) ENGINE=x 1,'Anna'),(2,'B');",
        "CREATE VIEW v AS SELECT 'x;\nINSERT INTO t VALUES (1, ' AS Anna;",
        "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW SET @a = 'x;\nINSERT INTO t VALUES (1, ';",
        "INSTALL PLUGIN x SONAME 'y';", "/*!50003 DELETE FROM t */;", "HANDLER t OPEN;",
    ],
    "sqlite": [
        "PRAGMA key = 'Anna';", "PRAGMA user_version(Anna);", "UPDATE t SET a = 1;",
        "DELETE FROM t;", "ATTACH 'x' AS y;", "SELECT load_extension('x');",
        "VACUUM;",
    ],
}  # fmt: skip


def only(text, dialect):
    found = list(read_dump([text.encode() if text.endswith("\n") else f"{text}\n".encode()], dialect, Place()))
    return next(piece for piece in found if isinstance(piece, Statement) and (piece.kind or text == ";"))


@pytest.mark.parametrize(("dialect", "text"), [(d, t) for d, texts in PASS.items() for t in texts])
def test_what_dump_tools_write_passes(dialect, text):
    assert judge(only(text, dialect), dialect) == "pass"


@pytest.mark.parametrize(("dialect", "text"), [(d, t) for d, texts in REFUSED.items() for t in texts])
def test_everything_else_is_refused(dialect, text):
    statement = Statement(text.encode(), kind_of(text.encode(), 0), 7)
    assert judge(statement, dialect) == "refuse"
    assert "Anna" not in str(refusal(statement))
    assert refusal(statement).place.line == 7


def test_statistics_hold_values_and_are_dropped():
    text = "SELECT * FROM pg_catalog.pg_restore_attribute_stats('most_common_vals', '{Anna}');"
    assert judge(only(text, "postgres"), "postgres") == "drop"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT pg_catalog.lowrite(0, '\\x41');", "SELECT pg_catalog.lo_create('29042');",
        "SELECT pg_catalog.lo_close(0);",
        "SELECT pg_catalog.lo_open('29042', 131072);", "ALTER LARGE OBJECT 29042 OWNER TO postgres;",
        "COMMENT ON LARGE OBJECT 29042 IS 'Anna';", "GRANT SELECT ON LARGE OBJECT 29042 TO x;",
    ],
)  # fmt: skip
def test_large_objects_are_reached_by_no_method_and_dropped(text):
    assert judge(only(text, "postgres"), "postgres") == "drop"


@pytest.mark.parametrize(
    "comment",
    [
        "--", "-- PostgreSQL database dump complete", "-- Name: t_pkey; Type: CONSTRAINT; Schema: public; Owner: -",
        "-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: x", "-- Dumped by pg_dump version 15.18",
        "-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)", "-- Host: localhost    Database: shop",
        "-- Dumped from database version 17beta2", "-- Server version\t5.7.21-0ubuntu0.16.04.1-log",
        "-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)",
        "-- Table structure for table `t`", "-- Dump completed on 2026-01-02  3:04:05", "-- ------------",
        "-- Server version\t10.11.19-MariaDB-0+deb12u1", "-- phpMyAdmin SQL Dump", "-- Records of t",
    ],
)  # fmt: skip
def test_comments_that_tools_write_stay(comment):
    assert is_tools(comment)


@pytest.mark.parametrize(
    "comment",
    [
        "-- Anna asked for this", "/* Source Host: db.firma.example */", "-- Name: Anna Muster",
        "-- Host: anna@firma.example    Database: x", "-- Table structure for table `t`; Anna Muster, 0151 2345678",
        "-- Name: x; Type: TABLE; Schema: public; Owner: anna@firma.example", "# ask Bo",
        "-- Dumped by pg_dump version 15 of Anna Muster", "-- Dumped from database version 1qzv774155wxjk00000000994",
        "-- Server version\tAnna-Muster", "-- MySQL dump 10.13  Distrib " + "8.0.33, " * 40,
        f"-- Name: {'t' * 400}; Type: TABLE; Schema: public; Owner: -",
    ],
)  # fmt: skip
def test_comments_that_people_write_are_remarks(comment):
    assert not is_tools(comment)


def test_parts_of_a_statement_join_to_it_and_strings_are_no_comments():
    data = b"-- Anna\n--\nCREATE TABLE t (a text DEFAULT '-- no remark', -- Bo's\n b int /* Cy */);"
    parts = list(parted(Statement(data, "CREATE TABLE", 3, 11), "postgres"))
    assert b"".join(part for part, _ in parts) == data
    assert [part for part, remark in parts if remark] == [b"-- Anna", b"-- Bo's", b"/* Cy */"]
