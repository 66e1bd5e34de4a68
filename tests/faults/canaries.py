"""The mark in every cell of what the fault suite feeds to masker, and the search for it in everything that comes out.

One stem for all cells, so that one search finds them all; a number makes each cell's mark unique. The stem holds six
digits: a name that carried it would be withheld like a value (`masker.errors.shown`).
"""

import base64
import bz2
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

STEM = "qzv774155wxjk"
DIGITS = "774155309"  # the stem of marks in number columns


def mark(number: int) -> str:
    """A mark of 24 characters."""
    return f"{STEM}{number:011d}"


def spellings(stem: str) -> dict[str, bytes]:
    """The stem as others may have written it; case-folded where the spelling allows. Base64 at three alignments."""
    raw = stem.encode()
    found = {
        "utf-8": raw,
        "utf-16le": stem.encode("utf-16-le"),
        "utf-16be": stem.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "url": "".join(f"%{byte:02x}" for byte in raw).encode(),
        "json": "".join(f"\\u{ord(char):04x}" for char in stem).encode(),
        "reversed": raw[::-1],
        "quoted": quote(stem).encode(),
    }
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        # The first and last groups mix with neighbours: only whole groups of the stem's own bytes are searched.
        start = 0 if shift == 0 else 4
        whole = (shift + len(raw)) // 3 * 4
        found[f"base64+{shift}"] = coded[start:whole]
    return found


_FOLDED = {name: text.lower() for stem in (STEM,) for name, text in spellings(stem).items() if "base64" not in name}
_EXACT = {name: text for name, text in spellings(STEM).items() if "base64" in name}


def found_in(data: bytes) -> list[str]:
    """The spellings of the stem in `data`."""
    folded = data.lower()
    hits = [name for name, text in _FOLDED.items() if text in folded]
    return hits + [name for name, text in _EXACT.items() if text in data]


def inflated(path: Path) -> bytes:
    """A file's bytes as a reader would see them: inflated, and in clear what its format packs away."""
    data = path.read_bytes()
    if path.name.endswith(".gz"):
        return gzip.decompress(data)
    if path.name.endswith(".bz2"):
        return bz2.decompress(data)
    if path.name.endswith(".zst"):
        import pyarrow as pa

        return bytes(pa.CompressedInputStream(pa.BufferReader(data), "zstd").read())
    if data[:4] == b"PAR1":
        import pyarrow.parquet as pq

        file = pq.ParquetFile(io.BytesIO(data))
        metadata = file.metadata
        statistics = [
            metadata.row_group(group).column(column).statistics
            for group in range(metadata.num_row_groups)
            for column in range(metadata.num_columns)
        ]
        seen = [str(file.read().to_pydict()), str(file.schema_arrow.metadata), str([str(s) for s in statistics])]
        return data + "\n".join(seen).encode("utf-8", "surrogatepass")
    if data[:6] == b"ARROW1" or data[:4] == b"\xff\xff\xff\xff":
        import pyarrow as pa

        table = (pa.ipc.open_file if data[:6] == b"ARROW1" else pa.ipc.open_stream)(data).read_all()
        return data + str([table.to_pydict(), table.schema.metadata]).encode("utf-8", "surrogatepass")
    if data[:4] == b"Obj\x01":
        import fastavro

        reader = fastavro.reader(io.BytesIO(data))
        return data + str([reader.metadata, *reader]).encode("utf-8", "surrogatepass")
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return data + b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    if data[:16] == b"SQLite format 3\0":
        import sqlite3

        connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
        seen = list(connection.iterdump())
        connection.close()
        return data + "\n".join(seen).encode("utf-8", "surrogatepass")
    return data


def files_with_marks(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Relative path and spellings of every file below `folder` that holds the stem."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (hits := found_in(inflated(path))):
            yield path.relative_to(folder).as_posix(), hits
