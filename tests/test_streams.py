"""Streams: what is whole is read whole, all else is an error of ours."""

import bz2
import gzip
import io
import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.deflating import compressed_writer
from masker.errors import InputError
from masker.streams import InputFile, Limits, split_compression

DATA = b"".join(b"row %d of a file;" % i for i in range(40))


def deflated(data: bytes, compression: str) -> bytes:
    out = io.BytesIO()
    with compressed_writer(out, compression) as stream:
        stream.write(data)
    return out.getvalue()


def inflated(path: Path, data: bytes, compression: str, **options: Limits) -> bytes:
    path.write_bytes(data)
    with InputFile(path, compression, **options).open() as stream:
        return stream.read()


@pytest.mark.parametrize("compression", ["", "gz", "zst", "bz2"])
@pytest.mark.parametrize("data", [b"", b"x", DATA])
def test_what_is_written_is_read_back(compression: str, data: bytes, tmp_path: Path):
    assert inflated(tmp_path / "a", deflated(data, compression), compression) == data


@settings(deadline=None)
@given(pieces=st.lists(st.binary(max_size=40)), compression=st.sampled_from(["", "gz", "zst", "bz2"]))
def test_the_pieces_written_do_not_matter(pieces: list[bytes], compression: str):
    out = io.BytesIO()
    with compressed_writer(out, compression) as stream:
        for piece in pieces:
            stream.write(piece)
    inflate = {
        "": bytes,
        "gz": gzip.decompress,
        "zst": lambda data: pa.input_stream(io.BytesIO(data), "zstd").read(),
        "bz2": bz2.decompress,
    }
    assert inflate[compression](out.getvalue()) == b"".join(pieces)


@pytest.mark.parametrize("compression", ["gz", "zst", "bz2"])
def test_compressed_bytes_are_reproducible(compression: str, monkeypatch: pytest.MonkeyPatch):
    first = deflated(DATA, compression)
    monkeypatch.setattr("time.time", lambda: 1e9)
    assert deflated(DATA, compression) == first


@pytest.mark.parametrize("compression", ["", "gz", "zst", "bz2"])
def test_closing_the_writer_leaves_the_stream_below_open(compression: str):
    out = io.BytesIO()
    compressed_writer(out, compression).close()
    assert not out.closed


@pytest.mark.parametrize("compression", ["gz", "zst", "bz2"])
def test_several_members_are_one_stream(compression: str, tmp_path: Path):
    data = deflated(b"one ", compression) + deflated(b"", compression) + deflated(b"two", compression)
    assert inflated(tmp_path / "a", data, compression) == b"one two"


def test_zero_padding_after_gzip_is_allowed(tmp_path: Path):
    assert inflated(tmp_path / "a", deflated(DATA, "gz") + bytes(512), "gz") == DATA


@pytest.mark.parametrize("compression", ["gz", "zst", "bz2"])
def test_a_stream_cut_anywhere_is_truncated(compression: str, tmp_path: Path):
    whole = deflated(DATA, compression)
    for size in range(len(whole)):
        with pytest.raises(InputError, match="truncated"):
            inflated(tmp_path / "a", whole[:size], compression)


@pytest.mark.parametrize("compression", ["gz", "zst", "bz2"])
@pytest.mark.parametrize("tail", [b"x", b"row 1 of a file;" * 9])
def test_garbage_after_the_data_is_refused(compression: str, tail: bytes, tmp_path: Path):
    with pytest.raises(InputError):
        inflated(tmp_path / "a", deflated(DATA, compression) + tail, compression)


def test_damaged_gzip_is_refused_and_says_nothing_of_the_data(tmp_path: Path):
    whole = deflated(DATA, "gz")
    for at in (0, 1, 2, 3, 20, len(whole) // 2, len(whole) - 8, len(whole) - 1):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        with pytest.raises(InputError) as caught:
            inflated(tmp_path / "a", damaged, "gz")
        assert "row" not in str(caught.value)


@pytest.mark.parametrize("compression", ["gz", "zst", "bz2"])
def test_plain_data_under_a_compression_ending_is_malformed(compression: str, tmp_path: Path):
    with pytest.raises(InputError, match="malformed"):
        inflated(tmp_path / "a", DATA, compression)


@pytest.mark.parametrize("compression", ["gz", "zst", "bz2"])
def test_a_bomb_is_refused_before_it_fills_memory(compression: str, tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(deflated(bytes(80 << 20), compression))
    with InputFile(path, compression).open() as stream, pytest.raises(InputError, match="limit"):
        sum(len(chunk) for chunk in iter(lambda: stream.read(1 << 20), b""))


@pytest.mark.parametrize("compression", ["gz", "zst", "bz2"])
def test_limits_can_be_set(compression: str, tmp_path: Path):
    data = deflated(bytes(1 << 20), compression)
    with pytest.raises(InputError, match="limit"):
        inflated(tmp_path / "a", data, compression, limits=Limits(ratio=10, free_bytes=0))
    with pytest.raises(InputError, match="limit"):
        inflated(tmp_path / "a", data, compression, limits=Limits(ratio=10**6, total_bytes=1000))
    assert len(inflated(tmp_path / "a", data, compression, limits=Limits(ratio=10**6))) == 1 << 20


def test_a_missing_file_is_not_found(tmp_path: Path):
    with pytest.raises(InputError, match="not-found"):
        InputFile(tmp_path / "missing.csv").open()


def test_a_path_through_a_file_is_not_found(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="not-found"):
        InputFile(tmp_path / "file" / "a.csv").open()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_unreadable(tmp_path: Path):
    (tmp_path / "a.csv").touch(mode=0)
    with pytest.raises(InputError, match="unreadable"):
        InputFile(tmp_path / "a.csv").open()


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(InputError, match="unsupported"):
        InputFile(tmp_path).open()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="unsupported"):
        InputFile(tmp_path / "pipe").open()


def test_a_link_that_was_named_is_followed(tmp_path: Path):
    (tmp_path / "a.csv").write_bytes(DATA)
    (tmp_path / "link.csv").symlink_to("a.csv")
    with InputFile(tmp_path / "link.csv").open() as stream:
        assert stream.read() == DATA


def test_plain_files_can_be_read_anywhere(tmp_path: Path):
    (tmp_path / "a").write_bytes(DATA)
    with InputFile(tmp_path / "a").open() as stream:
        assert stream.seek(-4, os.SEEK_END) == len(DATA) - 4
        assert stream.read() == DATA[-4:]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", ("a.csv", "")),
        ("a.csv.gz", ("a.csv", "gz")),
        ("A.CSV.ZST", ("A.CSV", "zst")),
        ("a.sql.bz2", ("a.sql", "bz2")),
        ("crm/a.gz", ("crm/a", "gz")),
        (".gz", (".gz", "")),
        ("gz", ("gz", "")),
    ],
)
def test_the_compression_ending_is_split_off(name: str, expected: tuple[str, str]):
    assert split_compression(name) == expected


def test_the_table_name_is_the_stem_unless_given():
    assert InputFile(Path("crm/a.b.csv.gz"), "gz").table_name == "a.b"
    assert InputFile(Path("crm/a.csv"), table="crm/a").table_name == "crm/a"
