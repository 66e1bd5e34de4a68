"""Text without its typography: what is left alone is left alone because nothing of it would change."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from masker.verify.cells import Cells
from masker.verify.marks import without_marks
from masker.verify.texts import text_column

LETTERS = st.sampled_from("aß9 üéÿ×÷Àłſﬁ１“”\u00a0\u0301¨é")


def plain(text: str) -> str:
    kept = (
        c if ord(c) < 128 or unicodedata.category(c)[0] in "LNM" else " " for c in unicodedata.normalize("NFKC", text)
    )
    return "".join(kept)


@given(st.lists(st.text(LETTERS, max_size=6), max_size=8))
def test_a_column_is_left_alone_only_where_its_plain_form_is_itself(values: list[str]) -> None:
    # Blanks at the ends go with the case, before.
    values = [" ".join(value.lower().split()) for value in values]
    found = without_marks(Cells(text_column(values)))
    squeezed = [" ".join(plain(value).split()) for value in values if not value.isascii()]
    if found is None:
        assert squeezed == [value for value in values if not value.isascii()]
    else:
        assert [" ".join(text.split()) for text in found.to_pylist()] == squeezed
