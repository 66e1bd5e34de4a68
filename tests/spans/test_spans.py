"""Spans: quotes, cells and record ends agree with a plain walk over the bytes; columns are cut and joined exactly."""

import random
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.spans import find_cells, find_quotes, gather, join, needs_quotes, quote_cells, record_end

COMMA = ord(",")
odd_bytes = st.text(alphabet='a",\n\r', max_size=60).map(str.encode)


def walked(data):
    """Cut `data` character by character: the records as lists of raw cells, and whether quoting is broken."""
    records, record, cell, state = [], [], b"", "start"
    position = 0
    while position < len(data):
        byte = data[position : position + 1]
        position += 1
        if state == "inside":
            cell += byte
            if byte == b'"':
                if data[position : position + 1] == b'"':
                    cell += b'"'
                    position += 1
                elif data[position : position + 1] in (b"", b",", b"\n", b"\r"):
                    state = "plain"
                else:
                    return records, "bad"
        elif byte == b",":
            record.append(cell)
            cell, state = b"", "start"
        elif byte in b"\r\n":
            if byte == b"\r" and data[position : position + 1] == b"\n":
                position += 1
            if record or cell:
                records.append([*record, cell])
            record, cell, state = [], b"", "start"
        else:
            state = "inside" if byte == b'"' and state == "start" else "plain"
            cell += byte
    if state == "inside":
        return records, "open"
    if record or cell:
        records.append([*record, cell])
    return records, "whole"


def cut(data):
    quotes = find_quotes(data, COMMA)
    end = record_end(data, quotes, final=True)
    cells = find_cells(data[:end], quotes.before(end), COMMA)
    spans = [data[start:stop] for start, stop in zip(cells.starts.tolist(), cells.ends.tolist(), strict=True)]
    firsts = [0, *(cells.last + 1).tolist()]
    records = [spans[first:following] for first, following in pairwise(firsts)]
    return records, "bad" if quotes.bad is not None else "whole" if end == len(data) else "open"


@settings(max_examples=400, deadline=None)
@given(odd_bytes)
def test_cells_are_those_of_a_walk_over_the_bytes(data):
    assert cut(data) == walked(data)


@settings(max_examples=200, deadline=None)
@given(odd_bytes, odd_bytes)
def test_a_record_end_is_one_whatever_follows(data, more):
    quotes = find_quotes(data, COMMA)
    end = record_end(data, quotes, final=False)
    head = find_cells(data[:end], quotes.before(end), COMMA)
    whole, _ = walked(data + more)
    assert len(head.last) <= len(whole)
    assert walked(data[:end])[0] == whole[: len(head.last)]


def test_gathered_spans_are_the_bytes():
    rng = random.Random(1)
    data = bytes(rng.choice(b"abcdefghij") for _ in range(3000))
    starts = np.array([rng.randrange(3001) for _ in range(500)] + [3000, 2999, 0])
    ends = np.array([min(3000, start + rng.choice([0, 1, 4, 7, 8, 11, 12, 13, 40])) for start in starts.tolist()])
    expected = [data[start:end].decode() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    assert gather(data, starts, ends).to_pylist() == expected


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 100])
def test_gathered_spans_are_null_where_not_valid(count):
    valid = np.arange(count) % 3 == 0
    column = gather(b"x", np.zeros(count, np.int64), np.ones(count, np.int64), valid=valid)
    column.validate(full=True)
    assert column.to_pylist() == ["x" if flag else None for flag in valid]


@pytest.mark.parametrize("start", [0, 1, 3])
def test_values_that_need_quotes_are_found_in_slices_too(start):
    values = ["", "a", None, "x,y", 'x"', "\n", "b\r", "", "long enough to point, elsewhere", "ü"]
    column = pa.array(["first", *values], pa.string())[start + 1 :]
    expected = [value is not None and (value == "" or any(mark in value for mark in '",\n\r')) for value in values]
    assert needs_quotes(column, ",").tolist() == expected[start:]


def test_quoted_cells_double_their_quotes_and_nulls_stay_empty():
    column = pa.array(['a"b', None, "c", ""], pa.string())
    pieces = quote_cells(column, np.array([True, True, False, True]))
    assert join([*pieces, "|"]).to_pybytes() == b'"a""b"||c|""|'


def test_no_rows_join_to_nothing():
    assert join([pa.array([], pa.string()), "\n"]).to_pybytes() == b""


texts = st.lists(st.sampled_from([None, "", "a", "bc"]), min_size=3, max_size=3).map(lambda v: pa.array(v, pa.string()))


@settings(max_examples=100, deadline=None)
@given(st.lists(texts | st.sampled_from([",", ",", '"', ""]), max_size=9), texts)
def test_joined_rows_are_their_pieces_in_order(pieces, column):
    pieces = [*pieces, column]
    rows = [
        "".join(piece if isinstance(piece, str) else piece[row].as_py() or "" for piece in pieces) for row in range(3)
    ]
    assert join(pieces).to_pybytes().decode() == "".join(rows)


def test_bytes_below_a_null_are_not_joined():
    offsets, values = pa.array(["secret", "b"]).buffers()[1:]
    column = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\x02"), offsets, values])
    assert join([column]).to_pybytes() == b"b"
    assert join([column, ",", column, "\n"]).to_pybytes() == b",\nb,b\n"
