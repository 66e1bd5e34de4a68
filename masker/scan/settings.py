"""Tables of names and values (settings, options, user meta, attributes): what a value is stands in the cell beside it.

`option_value` beside `option_name`: one column holds a colour, an address and a password, so its own name and most of
its values speak for nothing. The names beside values that could be something are read like the headers of columns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from masker.infotypes import INFOTYPES
from masker.scan.headers import Lexicon
from masker.scan.judge import Judged, header_terms
from masker.scan.named_values import Neighbours
from masker.scan.terms import Term, logistic, total
from masker.scan.weights import weights

_SPOKEN = 1.5  # weight of a header from which on a name says what its value is
_MOSTLY = 0.8
_MORE = frozenset(["first_name", "last_name"])


def named_by_neighbours(
    judged: Judged, beside: Iterable[Neighbours], headers: Sequence[str], lexicon: Lexicon
) -> Judged:
    """A column of values in the light of the names beside them.

    Where most of them name one infotype, the values are that; where some name any, nobody can be sure of the column.
    """
    if judged.decision == "personal":
        return judged
    for each in beside:
        said = [_infotype(name, lexicon) for name in each.names]
        found = sorted({infotype for infotype in said if infotype})
        if not found:
            continue
        terms = tuple(Term(f"{headers[each.name]} says {infotype}", weights().header["whole"]) for infotype in found)
        best = max(found, key=said.count)
        if said.count(best) >= _MOSTLY * len(said):
            term = terms[found.index(best)]
            odds = weights().of(best, "prior") + term.weight
            return replace(judged, infotype=best, decision="personal", score=logistic(odds), evidence=(term,))
        return replace(judged, infotype="none", decision="unsure", score=0.5, evidence=terms)
    return judged


def _infotype(name: str, lexicon: Lexicon) -> str:
    """What a name says that its value is, of what identifies or opens something by itself; "" for anything else."""
    spoken = {
        infotype: total(terms)
        for infotype, terms in header_terms(lexicon, name, ()).items()
        # one sign (名) is a part of many words
        if INFOTYPES[infotype].direct or (infotype in _MORE and name.isascii())
    }
    best = max(spoken, key=lambda infotype: spoken[infotype], default="")
    return best if best and spoken[best] >= _SPOKEN else ""
