"""The label inside a copy's files, read apart from the format that wrote it, and whether it agrees with the manifest.

Parquet, Arrow and Avro carry it in the file's key-value metadata, a dump in a comment at its top, SQLite in a table of
its own, a workbook among its custom properties; CSV and JSON have no place for one.
"""

import codecs
import contextlib
import html
import re
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.label import KEY, Label
from masker.manifest import CopyFile, Manifest
from masker.verify.arrow_reader import MAGIC as ARROW
from masker.verify.arrow_reader import arrow_schema
from masker.verify.avro_reader import MAGIC as AVRO
from masker.verify.avro_reader import avro_header
from masker.verify.beside import LABEL
from masker.verify.opening import raw_blocks
from masker.verify.sqlite_file import connected

_MAGIC = b"PAR1"
_MESSAGE = b"\xff\xff\xff\xff"  # begins the first message of an Arrow stream
_ZIP = b"PK\x03\x04"
_PROPERTIES = "docProps/custom.xml"
_SQLITE = b"SQLite format 3\0"
_CARRIERS = {"parquet", "sql", "sqlite", "excel", "arrow", "avro"}
_TOP = 4096  # bytes in which the label of a dump stands, and which the properties of a workbook have at most
_PROPERTY = re.compile(rb'name="' + KEY.encode() + rb'"[^>]*><vt:lpwstr>([^<]*)</vt:lpwstr>')
_ID = re.compile(r"[0-9A-Za-z_-]{1,128}\Z")
_NAME = re.compile(r"[A-Za-z][\w:.-]{0,79}\Z", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", re.ASCII)


def label_of(path: Path) -> Label | None:
    """The label inside a file; None where it has none, or one that is not of a label's form, or cannot be read.

    What it says is not signed: only a manifest proves it.
    """
    label = Label.parse(label_text(path))
    return label if label is not None and _is_formed(label) else None


def label_text(path: Path) -> str:
    """What stands in a file where its label does; "" where there is nothing, or the file cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE))
    except OSError:
        return ""
    if head == _SQLITE:
        return _in_sqlite(path)
    if head.startswith(_ZIP):
        return _in_workbook(path)
    if head.startswith(AVRO):
        with contextlib.suppress(InputError):
            return avro_header(path)[0].get(KEY, b"").decode("ascii", "replace")
        return ""
    if head.startswith((ARROW, _MESSAGE)):
        return _in_arrow(path)
    return _in_parquet(path) if head.startswith(_MAGIC) else _in_dump(path)


def _in_sqlite(path: Path) -> str:
    with contextlib.suppress(InputError), connected(path) as connection:
        found = connection.execute(f"SELECT label FROM {KEY} LIMIT 2").fetchall()
        return str(found[0][0]) if len(found) == 1 else ""
    return ""


def _in_workbook(path: Path) -> str:
    wrong = (OSError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError)
    with contextlib.suppress(*wrong), zipfile.ZipFile(path) as archive:
        if archive.getinfo(_PROPERTIES).file_size > _TOP:
            return ""
        found = _PROPERTY.findall(archive.read(_PROPERTIES))
        return html.unescape(found[0].decode("ascii", "replace")) if len(found) == 1 else ""
    return ""


def _in_arrow(path: Path) -> str:
    with contextlib.suppress(InputError):
        found: bytes = (arrow_schema(path).metadata or {}).get(KEY.encode(), b"")
        return found.decode("ascii", "replace")
    return ""


def _in_parquet(path: Path) -> str:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, pre_buffer=False) as opened:
            found: bytes = (opened.metadata.metadata or {}).get(KEY.encode(), b"")
            return found.decode("ascii", "replace")
    except (OSError, ValueError, pa.ArrowException):
        return ""


def _in_dump(path: Path) -> str:
    with contextlib.suppress(InputError):
        head = next(raw_blocks(path), b"")[:_TOP]
        wide = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(head[:2])
        head = head[2:].decode(wide, "ignore").encode() if wide else head.removeprefix(codecs.BOM_UTF8)
        found = LABEL.search(head)
        return found.group(1).decode("ascii", "replace") if found else ""
    return ""


def check_label(path: Path, file: CopyFile, manifest: Manifest) -> None:
    """Raise `GateError` (`digest`) where a file that carries a label has none, or another one than the manifest's.

    A renewed copy keeps its files: a label may tell an expiry that the copy had before.
    """
    if file.format not in _CARRIERS:
        return
    label = label_of(path)
    expiries = {manifest.expires, *(extension.before for extension in manifest.extensions)}
    agrees = (
        label is not None
        and (label.copy_id, label.purpose, label.recipient) == (manifest.copy_id, manifest.purpose, manifest.recipient)
        and label.expires in expiries
    )
    if not agrees:
        message = "the label inside a file is not that of the manifest" if label else "a file has no label inside"
        raise GateError("digest", message, "use nothing of this copy: make it anew", Place(file=file.path))


def told(label: Label) -> str:
    """A label in words, for a file that stands alone."""
    return (
        f"the label inside says copy {label.copy_id} for {label.purpose}, recipient {label.recipient}, "
        f"until {label.expires}"
    )


def _is_formed(label: Label) -> bool:
    # What a stranger wrote there may be anything, data too: only a label's own form is ever shown.
    return bool(
        _ID.match(label.copy_id)
        and _NAME.match(label.purpose)
        and _NAME.match(label.recipient)
        and _TIME.match(label.expires)
    )
