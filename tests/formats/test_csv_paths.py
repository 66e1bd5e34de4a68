"""CSV: the fast path is the faithful one wherever it is taken, on purposely nasty bytes."""

import pyarrow as pa
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


def _block(data):
    quotes = find_quotes(data, ord(","))
    assume(quotes.bad is None and record_end(data, quotes, final=True) == len(data) > 0)
    return Block(data, quotes)


def _both(data):
    block = _block(data)
    fast = read_fast(block, ["a", "b"], ",")
    try:
        faithful = read_faithful(block, ["a", "b"], ",", Place(), 0)
    except InputError:
        assert fast is None
        return None, None
    return fast, faithful


def _joined(layout, keep, replaced):
    return b"".join(bytes(piece) for piece in layout.join(keep, replaced))


@settings(max_examples=250, deadline=None)
@given(blocks() | st.text(alphabet='a",\n\r', max_size=24).map(str.encode))
def test_where_the_proof_holds_both_paths_give_the_same_cells_and_bytes(data):
    fast, faithful = _both(data)
    if faithful is not None:
        assert _joined(faithful, [0, 1], {}) == data
    if fast is not None:
        assert fast.batch.equals(faithful.batch)
        assert _joined(fast, [0, 1], {}) == data


@settings(max_examples=80, deadline=None)
@given(blocks(), st.data())
def test_where_the_proof_holds_both_paths_write_masked_cells_alike(data, drawn):
    fast, faithful = _both(data)
    assume(fast is not None)
    rows = fast.batch.num_rows
    value = st.sampled_from([None, "", "y", 'a"b', ",", "\r"])
    new = pa.array(drawn.draw(st.lists(value, min_size=rows, max_size=rows)), pa.string())
    for keep in ([0, 1], [0], [1]):
        for replaced in ({0: new}, {1: new}, {}):
            assert _joined(fast, keep, replaced) == _joined(faithful, keep, replaced)
