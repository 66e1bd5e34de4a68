"""What a model of the user's sees inside texts: asked for texts of several words only, a few of each column."""

from collections import Counter

from masker.infotypes import INFOTYPES
from masker.ner import Recogniser
from masker.scan.profiles import ColumnProfile

_ASKED = 64  # texts a column
_LETTERS = 2000  # of each
_WORDS = 3.0
_SURE = 0.5  # the model's score from which on a span counts
_SEEN = 2  # texts in which an infotype must be seen: models err more than checks do


def seen_by_model(model: Recogniser, column: ColumnProfile, infotype: str) -> tuple[str, ...]:
    """The infotypes, other than the column's own, that the model is sure of in at least two texts, sorted."""
    if column.kind != "text" or column.numeric or column.mean_words < _WORDS:
        return ()
    texts = [value[:_LETTERS] for value in column.distinct[:_ASKED]]
    counted = Counter(
        kind
        for spans in model.spans(texts)
        for kind in {span.infotype for span in spans if span.score >= _SURE}
        if kind in INFOTYPES and kind != infotype
    )
    return tuple(sorted(kind for kind, count in counted.items() if count >= min(_SEEN, len(texts))))
