"""An SQLite file whose copy is to be a dump: it is read as the dump of itself, and treated as one throughout."""

from pathlib import Path

from masker.dumped import Dumped
from masker.formats.sqlite.opening import MAGIC
from masker.streams import InputFile


def sqlite_dump(path: Path) -> Dumped | None:
    """The SQLite file at `path` as a dump; None where there is none. Raises `InputError` where it is damaged."""
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                return None
    except OSError:
        return None
    from masker.formats.sqlite.dumping import Dump
    from masker.formats.sqlite.facts import facts_of

    file_ = InputFile(path)
    dump = Dump(file_)
    return Dumped(path.name, dump.open, has_tag=facts_of(path, file_.place).tagged, dialect="sqlite")
