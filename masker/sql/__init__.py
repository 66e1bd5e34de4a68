"""SQL as masker meets it: a dump is an ordered stream of bytes, cut into statements and runs of rows.

A file that a dump tool wrote, an archive that `pg_restore` turns into text, a live database and an SQLite file are all
read as such a stream, and all are written by one: into a file, or statement by statement into an empty database. So
there is one lexer, one catalog and one way to render rows, whatever holds the data.
"""

from typing import Literal

Dialect = Literal["postgres", "mysql", "sqlite"]
"""Whose SQL it is: PostgreSQL; MySQL and MariaDB; SQLite."""
