"""What stands inside cells: infotypes seen somewhere in longer texts, reported apart from what the column is.

The texts are looked at as they stand and unwrapped (URLs, JSON, HTML, base64). A single hit counts here, and only here;
checks apply, and where many numbers are candidates, a share of them has to pass.
"""

from collections.abc import Iterator

from masker.scan.excerpts import GAP, excerpt
from masker.scan.inside import INSIDE, NUMBERED, Inside
from masker.scan.named import names_people
from masker.scan.profiles import ColumnProfile
from masker.scan.unwrapped import unwrapped

_BUDGET = 1 << 23  # letters of a column that are read; what comes after is read in excerpts
_THEN = 1 << 10
_BLOCK = 1 << 18  # letters that are searched at once
_FEW = 10  # candidates up to which a single number that passes its check counts
_NAMES = frozenset({"person_name", "first_name", "last_name", "username", "street_address", "company_name", "city"})
_PROSE = 4.0  # words a cell, from which on texts are searched for names


def contained(column: ColumnProfile, infotype: str) -> tuple[str, ...]:
    """The infotypes seen in at least one sampled text of the column, other than the column's own `infotype`, sorted."""
    if column.kind != "text" or column.numeric or column.longest < 7:
        return ()
    texts = list(_texts(tuple(dict.fromkeys(column.values))))
    found: set[str] = set()
    blocks = [(block, NUMBERED.search(block) is not None) for block in _blocks(texts)]
    for way in INSIDE:
        if way.infotype not in found and way.infotype != infotype and _seen(way, blocks):
            found.add(way.infotype)
    worded = column.mean_words >= _PROSE or any("." in v[-6:-2] for v in column.distinct[:20])
    if worded and infotype not in _NAMES and names_people(texts):
        found.add("person_name")
    return tuple(sorted(found))


def _texts(values: tuple[str, ...]) -> Iterator[str]:
    read = 0
    for value in values:
        part = value if read < _BUDGET else excerpt(value, _THEN)
        read += len(part)
        yield part
        yield from unwrapped(part)


def _blocks(texts: list[str]) -> Iterator[str]:
    """Many short texts as one: a search over one text is far cheaper than one over each of a thousand."""
    block: list[str] = []
    size = 0
    for text in texts:
        block.append(text)
        size += len(text)
        if size >= _BLOCK:
            yield GAP.join(block)
            block, size = [], 0
    if block:
        yield GAP.join(block)


def _seen(way: Inside, blocks: list[tuple[str, bool]]) -> bool:
    candidates = passed = 0
    for block, numbered in blocks:
        if way.numbered and not numbered:
            continue
        if way.signs and not any(sign in block for sign in way.signs):
            continue
        for match in way.pattern.finditer(block):
            candidates += 1
            if not way.check(match[way.group]) or (way.infotype == "ip_address" and _whole(match.span(), block)):
                continue
            passed += 1
            if not way.share:
                return True
    return passed > 0 and (candidates <= _FEW or passed >= way.share * candidates)


def _whole(span: tuple[int, int], block: str) -> bool:
    """Whether a match is all of its cell: then it says what the column is, not what stands inside it."""
    start, end = span
    before, after = block[max(0, start - len(GAP)) : start], block[end : end + len(GAP)]
    return before in ("", GAP) and after in ("", GAP)
