"""The column PRF is AES-CMAC of every value, whatever the array's layout and the batches it comes in."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from masker.crypto.blocks import CHUNK
from masker.crypto.prf import Prf

from .vectors import wycheproof

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")

# RFC 4493, section 4: the first n bytes of the message, and the tag.
MESSAGE = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
RFC_4493 = [
    (0, "bb1d6929e95937287fa37d129b756746"),
    (16, "070a16b46b4d4144f79bdd9dd04a287c"),
    (40, "dfa66747de9ae63030ca32611497c827"),
    (64, "51f0bebf7e3b9d92fc49741779363cfe"),
]

values = st.lists(st.none() | st.binary(max_size=70), max_size=40)


def tags(column: pa.Array, key: bytes = KEY) -> list[str]:
    return [row.astype(">u8").tobytes().hex() for row in Prf(key)(column)]


def by_library(value: bytes | None, key: bytes = KEY) -> str:
    """The tag by OpenSSL's own CMAC; zeros for NULL."""
    if value is None:
        return "00" * 16
    mac = CMAC(AES(key))
    mac.update(value)
    return mac.finalize().hex()


@pytest.mark.promise("P12")
@pytest.mark.parametrize(("length", "expected"), RFC_4493)
def test_the_vectors_of_rfc_4493_hold(length: int, expected: str) -> None:
    assert tags(pa.array([MESSAGE[:length]], pa.binary())) == [expected]


@pytest.mark.promise("P12")
def test_every_wycheproof_case_holds() -> None:
    for group, case in wycheproof("aes_cmac"):
        key = bytes.fromhex(case["key"])
        if group["keySize"] not in (128, 192, 256):
            with pytest.raises(ValueError, match="16, 24 or 32"):
                Prf(key)
            continue
        (tag,) = tags(pa.array([bytes.fromhex(case["msg"])], pa.binary()), key)
        assert (tag == case["tag"]) == (case["result"] == "valid"), case["tcId"]


@given(values)
def test_every_row_is_the_cmac_of_its_own_bytes_and_null_is_zero(rows: list[bytes | None]) -> None:
    assert tags(pa.array(rows, pa.binary())) == [by_library(row) for row in rows]


def test_a_column_of_more_than_one_chunk_with_long_values_is_tagged_right() -> None:
    rows = [b"x" * (row % 50) + str(row).encode() for row in range(CHUNK + 100)]
    rows[3], rows[CHUNK + 7], rows[CHUNK + 8] = b"y" * 2048, b"z" * 2049, b"w" * 100_000
    assert tags(pa.array(rows, pa.binary())) == [by_library(row) for row in rows]


@pytest.mark.parametrize(
    "type_", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int8(), pa.string())]
)
def test_the_layout_of_an_array_does_not_matter(type_: pa.DataType) -> None:
    rows = ["Åse", None, "", "Åse", "a value of more than sixteen bytes"]
    expected = [by_library(None if row is None else row.encode()) for row in rows]
    column = pa.array(rows, pa.string())
    column = column.dictionary_encode() if pa.types.is_dictionary(type_) else column.cast(type_)
    assert tags(column) == expected
    assert tags(column.slice(1, 3)) == expected[1:4]
    assert tags(column.slice(5)) == []


@given(values, st.data())
def test_the_cut_into_batches_does_not_matter(rows: list[bytes | None], data: st.DataObject) -> None:
    column = pa.array(rows, pa.binary())
    cut = data.draw(st.integers(0, len(rows)))
    prf = Prf(KEY)
    assert np.array_equal(np.concatenate([prf(column.slice(0, cut)), prf(column.slice(cut))]), prf(column))


def test_bytes_under_a_null_do_not_shine_through() -> None:
    shown = pa.array(["secret", "open"])
    hidden = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\x02"), *shown.buffers()[1:]])
    assert hidden.null_count == 1
    assert tags(hidden) == [by_library(None), by_library(b"open")]


def test_an_all_null_and_an_empty_column_work() -> None:
    assert tags(pa.nulls(3, pa.string())) == ["00" * 16] * 3
    assert Prf(KEY)(pa.array([], pa.string())).shape == (0, 2)
    assert tags(pa.array(["a"]).dictionary_encode().slice(1)) == []
    assert tags(pa.DictionaryArray.from_arrays(pa.array([None], pa.int8()), pa.array([], pa.string()))) == ["00" * 16]


@given(st.integers(0, 40), st.integers(0, 12))
def test_a_matrix_is_tagged_like_the_column_of_its_rows(width: int, count: int) -> None:
    rows = np.random.default_rng(width).integers(0, 256, (count, 2 * width), dtype=np.uint8)[:, ::2]
    column = pa.array([row.tobytes() for row in rows], pa.binary())
    assert np.array_equal(Prf(KEY).of_matrix(rows), Prf(KEY)(column))


def test_several_draws_on_one_column_cost_one_pass_and_cannot_be_overwritten() -> None:
    column, prf = pa.array(["anna"]), Prf(KEY)
    words = prf(column)
    assert prf(column) is words
    with pytest.raises(ValueError, match="read-only"):
        words[0] = 0


def test_another_column_is_never_answered_from_memory() -> None:
    prf = Prf(KEY)
    for row in range(200):  # short-lived arrays, so that an address comes up again
        assert prf(pa.array([str(row)])).astype(">u8").tobytes().hex() == by_library(str(row).encode())


def test_threads_share_one_prf() -> None:
    prf, wrong = Prf(KEY), []
    columns = [pa.array([f"{thread}-{row}" for row in range(5000)]) for thread in range(4)]
    expected = [Prf(KEY)(column) for column in columns]

    def work(index: int) -> None:
        for start in range(0, 5000, 500):
            part = prf(columns[index].slice(start, 500))
            if not np.array_equal(part, expected[index][start : start + 500]):
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_other_types_are_refused_without_a_value() -> None:
    with pytest.raises(TypeError, match="not int64"):
        Prf(KEY)(pa.array([4711]))


def test_no_row_needs_pandas() -> None:
    """Importing pandas costs more than masking a small file."""
    code = (
        "import sys, pyarrow as pa, numpy as np\n"
        "from masker.crypto.prf import Prf\n"
        "text = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b'\\x01'), pa.py_buffer(np.array([0, 2, 2],"
        " dtype=np.int32)), pa.py_buffer(b'ab')])\n"
        "for column in (text, text.dictionary_encode()): Prf(b'k' * 16)(column)\n"
        "sys.exit('pandas' in sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
