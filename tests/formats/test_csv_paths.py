"""CSV: the fast path is the faithful one wherever it is taken, on purposely nasty bytes."""

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from masker.errors import InputError, Place
from masker.formats.csv.blocks import Block
from masker.formats.csv.faithful import read_faithful
from masker.formats.csv.fast import read_fast
from masker.spans import find_quotes, record_end

CELLS = st.sampled_from(
    ["", "", "x", "ü", '""', '"x"', '"a,b"', '"""x"""', '"\n"', '"\r\n"', 'x"', '""""', "long " * 4]
)
LINE_ENDS = st.sampled_from(["\n"] * 8 + ["\r\n", "\n\n"])


@st.composite
def blocks(draw):
    """Records of two cells, most of one style, with some line ends and blank lines out of line."""
    pools = [draw(st.lists(CELLS, min_size=1, max_size=3)) for _ in range(2)]
    ends = draw(st.lists(LINE_ENDS, min_size=1, max_size=2))
    pick = st.tuples(*[st.sampled_from(pool) for pool in pools], st.sampled_from(ends))
    text = "".join(f"{left},{right}{end}" for left, right, end in draw(st.lists(pick, min_size=1, max_size=8)))
    return text.encode() if draw(st.booleans()) else text.rstrip("\r\n").encode()


def _is_whole(data):
    quotes = find_quotes(data, ord(","))
    return quotes.bad is None and record_end(data, quotes, final=True) == len(data) > 0


def _both(data, names="ab"):
    block = Block(data, find_quotes(data, ord(",")))
    fast = read_fast(block, list(names), ",")
    try:
        faithful = read_faithful(block, list(names), ",", Place(), 0)
    except InputError:
        assert fast is None
        return None, None
    return fast, faithful


def _joined(layout, keep, replaced):
    return b"".join(bytes(piece) for piece in layout.join(keep, replaced))


@settings(max_examples=250, deadline=None)
@given(blocks() | st.text(alphabet='a",\n\r', max_size=24).map(str.encode))
def test_where_the_proof_holds_both_paths_give_the_same_cells_and_bytes(data):
    assume(_is_whole(data))
    fast, faithful = _both(data)
    if faithful is not None:
        assert _joined(faithful, [0, 1], {}) == data
    if fast is not None:
        assert fast.batch.equals(faithful.batch)
        assert _joined(fast, [0, 1], {}) == data


@settings(max_examples=80, deadline=None)
@given(blocks(), st.data())
def test_where_the_proof_holds_both_paths_write_masked_cells_alike(data, drawn):
    assume(_is_whole(data))
    fast, faithful = _both(data)
    assume(fast is not None)
    rows = fast.batch.num_rows
    value = st.sampled_from([None, "", "y", 'a"b', ",", "\r"])
    new = pa.array(drawn.draw(st.lists(value, min_size=rows, max_size=rows)), pa.string())
    for keep in ([0, 1], [0], [1]):
        for replaced in ({0: new}, {1: new}, {}):
            assert _joined(fast, keep, replaced) == _joined(faithful, keep, replaced)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_runs_of_untouched_columns_keep_their_bytes_between_masked_ones(data):
    plain, quoted = st.sampled_from(["", "x", "ü", "longer than a view"]), st.sampled_from(['"a,b"', '"""x"""', '"\n"'])
    pools = data.draw(st.lists(st.sampled_from([plain, quoted]), min_size=6, max_size=6))
    rows = data.draw(st.lists(st.tuples(*pools), min_size=1, max_size=4))
    text = "\n".join(map(",".join, rows)) + data.draw(st.sampled_from(["", "\n"]))
    assume(text.endswith("\n") or rows[-1][-1])
    fast, faithful = _both(text.encode(), "abcdef")
    assert fast is not None
    keep = sorted(data.draw(st.sets(st.integers(0, 5), min_size=1)))
    value = st.sampled_from([None, "", "y", 'a"b', ","])
    replaced = {
        column: pa.array(data.draw(st.lists(value, min_size=len(rows), max_size=len(rows))), pa.string())
        for column in data.draw(st.sets(st.sampled_from(keep)))
    }
    assert _joined(fast, keep, replaced) == _joined(faithful, keep, replaced)


@pytest.mark.parametrize("late", ['"a,b"', '""', '"x"', 'x"', '"a""b"'])
def test_a_quote_after_the_rows_that_styles_are_supposed_from_changes_nothing(late):
    data = "x,y\n" * 300 + f"x,{late}\n{late},y\n" + "x,\n" * 300
    fast, faithful = _both(data.encode())
    new = pa.array(["new"] * faithful.batch.num_rows)
    if fast is not None:
        assert fast.batch.equals(faithful.batch)
        assert _joined(fast, [0, 1], {1: new}) == _joined(faithful, [0, 1], {1: new})


def test_values_that_need_quotes_take_the_fast_path_however_late_they_come():
    data = "x,y\n" * 300 + 'x,"a,b"\n' + "x,\n" * 300
    assert _both(data.encode())[0] is not None
