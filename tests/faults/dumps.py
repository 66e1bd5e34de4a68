"""Dumps of a table and SQLite files with it, as the tools of each server write them."""

import sqlite3
from collections.abc import Callable, Sequence

Row = dict[str, object]
KEY = "customer_id"
TABLE = "people"
_COPY = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_MYSQL = str.maketrans({"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0"})
_TYPES = {
    "postgres": {int: "bigint", bool: "boolean", str: "text"},
    "mysql": {int: "bigint(20)", bool: "tinyint(1)", str: "varchar(2000)"},
    "sqlite": {int: "INTEGER", bool: "INTEGER", str: "TEXT"},
}


def column_type(name: str, value: object, dialect: str) -> str:
    return _TYPES[dialect][int if name == KEY else type(value)]


def quoted(value: object, dialect: str, *, number: bool = False) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return {"postgres": "true" if value else "false"}.get(dialect, str(int(value)))
    if number or isinstance(value, int):
        return str(value)
    text = str(value)
    return "'" + (text.translate(_MYSQL) if dialect == "mysql" else text.replace("'", "''")) + "'"


def literals(row: Row, dialect: str) -> str:
    return ",".join(quoted(value, dialect, number=name == KEY) for name, value in row.items())


def postgres_head(rows: Sequence[Row]) -> str:
    columns = ",\n".join(f'    "{name}" {column_type(name, value, "postgres")}' for name, value in rows[0].items())
    return (
        "--\n-- PostgreSQL database dump\n--\n\n"
        "-- Dumped from database version 15.8\n-- Dumped by pg_dump version 15.8\n\n"
        "SET statement_timeout = 0;\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n"
        "SELECT pg_catalog.set_config('search_path', '', false);\n\n"
        f"CREATE TABLE public.{TABLE} (\n{columns}\n);\n\n"
    )


def postgres_tail(rows: Sequence[Row]) -> str:
    key = (
        f"ALTER TABLE ONLY public.{TABLE}\n    ADD CONSTRAINT {TABLE}_pkey PRIMARY KEY ({KEY});\n\n"
        if KEY in rows[0]
        else ""
    )
    return f"\n\n{key}--\n-- PostgreSQL database dump complete\n--\n"


def postgres_copy(rows: Sequence[Row]) -> bytes:
    def cell(value: object) -> str:
        if value is None:
            return "\\N"
        return "ft"[value] if isinstance(value, bool) else str(value).translate(_COPY)

    lines = "".join("\t".join(map(cell, row.values())) + "\n" for row in rows)
    names = ", ".join(f'"{name}"' for name in rows[0])
    head = f"COPY public.{TABLE} ({names}) FROM stdin;\n"
    return (postgres_head(rows) + head + lines + "\\.\n" + postgres_tail(rows)).encode()


def postgres_inserts(rows: Sequence[Row]) -> bytes:
    lines = "".join(f"INSERT INTO public.{TABLE} VALUES ({literals(row, 'postgres')});\n" for row in rows)
    return (postgres_head(rows) + lines + postgres_tail(rows)).encode()


def mysqldump(rows: Sequence[Row]) -> bytes:
    columns = [f"  `{name}` {column_type(name, value, 'mysql')}" for name, value in rows[0].items()]
    columns = [
        f"{column} NOT NULL" if column.startswith(f"  `{KEY}`") else f"{column} DEFAULT NULL" for column in columns
    ]
    if KEY in rows[0]:
        columns.append(f"  PRIMARY KEY (`{KEY}`)")
    values = ",".join(f"({literals(row, 'mysql')})" for row in rows)
    return (
        "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: localhost    Database: crm\n"
        "-- ------------------------------------------------------\n-- Server version\t8.0.36\n\n"
        "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n/*!50503 SET NAMES utf8mb4 */;\n\n"
        f"--\n-- Table structure for table `{TABLE}`\n--\n\nDROP TABLE IF EXISTS `{TABLE}`;\n"
        f"CREATE TABLE `{TABLE}` (\n" + ",\n".join(columns) + "\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n\n"
        f"--\n-- Dumping data for table `{TABLE}`\n--\n\nLOCK TABLES `{TABLE}` WRITE;\n"
        f"/*!40000 ALTER TABLE `{TABLE}` DISABLE KEYS */;\nINSERT INTO `{TABLE}` VALUES {values};\n"
        f"/*!40000 ALTER TABLE `{TABLE}` ENABLE KEYS */;\nUNLOCK TABLES;\n"
        "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n\n-- Dump completed on 2026-01-05 10:00:00\n"
    ).encode()


def sqlite_table(rows: Sequence[Row]) -> str:
    columns = [f'"{name}" {column_type(name, value, "sqlite")}' for name, value in rows[0].items()]
    columns = [f"{column} PRIMARY KEY" if column.startswith(f'"{KEY}"') else column for column in columns]
    return f"CREATE TABLE {TABLE} ({', '.join(columns)});\n"


def sqlite_dump(rows: Sequence[Row]) -> bytes:
    lines = "".join(f"INSERT INTO {TABLE} VALUES({literals(row, 'sqlite')});\n" for row in rows)
    return f"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n{sqlite_table(rows)}{lines}COMMIT;\n".encode()


def sqlite_file(rows: Sequence[Row]) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(sqlite_table(rows))
    marks = ",".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", [list(row.values()) for row in rows])
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


DUMPS: dict[str, tuple[str, Callable[[Sequence[Row]], bytes]]] = {
    "pg_dump": (f"{TABLE}.sql", postgres_copy),
    "pg_dump inserts": (f"{TABLE}.sql", postgres_inserts),
    "mysqldump": (f"{TABLE}.sql", mysqldump),
    "sqlite dump": (f"{TABLE}.sql", sqlite_dump),
    "sqlite": (f"{TABLE}.db", sqlite_file),
}
