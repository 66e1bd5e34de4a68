"""What a pass over a document counts: the kinds of value at each place, whose keys are data, and words that tell kinds.

Rows of one array may be of several kinds: a Django fixture's `model`, FHIR's `resourceType`, Salesforce's
`attributes.type` say which. Such a word splits the rows into a table each where the kinds have different members.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

import msgspec
import numpy as np

from masker.errors import holds_a_value
from masker.formats.json.cells import kinds_of
from masker.formats.json.documents.pieces import spans_of
from masker.formats.json.documents.steps import ROOT, Step, Tree
from masker.formats.json.documents.values import Values
from masker.formats.json.documents.variants import Splits
from masker.formats.json.scan import Kind

Column = tuple[int, int, bool]
"""The place of a value, the kind of row that it is in, and whether it is the key there."""

WORDS = ("resourceType", "model", "__typename", "@type", "_type", "objectType", "type", "_class", "kind", "doctype")
"""Members whose value may say of which kind a row is, the surest first."""
_WORD = re.compile(r"[A-Za-z][\w.:/$-]{0,79}\Z")
_MOST_KINDS = 100
_FAR = 2  # steps from a row to such a word
_ALIKE = 0.75  # of all members of an array's rows, a kind has so many: then they are one kind
_DATA = re.compile(
    r"\+?\d[\d ./_-]*\Z|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\Z|(?=[0-9a-f]*\d)[0-9a-f]{12,}\Z|\d{4}-\d\d-\d\d", re.I
)
_FEW = 8
_MANY = 50
_FULL = 0.2


@dataclass(slots=True)
class Census:
    """Fed with the values of all blocks once."""

    tree: Tree
    splits: Splits
    kinds: dict[Column, int] = field(default_factory=dict)
    rows: Counter[tuple[int, int]] = field(default_factory=Counter)
    objects: Counter[int] = field(default_factory=Counter)
    seen: Counter[int] = field(default_factory=Counter)
    row_of: dict[Column, tuple[int, int]] = field(default_factory=dict)
    root_tokens: list[tuple[int, int, bytes]] = field(default_factory=list)
    _words: dict[int, dict[str, set[int]]] = field(default_factory=dict)
    _word_rows: dict[int, int] = field(default_factory=dict)
    _worded: Counter[int] = field(default_factory=Counter)
    _no_words: set[int] = field(default_factory=set)

    def take(self, values: Values) -> None:
        """Count one block."""
        variant = self.splits.variants(values)
        is_key = values.is_key
        scalar = np.flatnonzero(values.kind != Kind.NESTED)
        kinds = kinds_of(spans_of(values, scalar))
        row = values.row[scalar]
        at = np.where(row >= 0, values.place[np.maximum(row, 0)], -1)
        told = np.stack([values.place[scalar], variant[scalar], is_key[scalar], at], axis=1).astype(np.int64)
        unique, seen_at, back = np.unique(told, axis=0, return_index=True, return_inverse=True)
        bits = np.zeros(len(unique), dtype=np.int64)
        np.bitwise_or.at(bits, back.reshape(-1), np.left_shift(1, kinds.astype(np.int64)))
        for i in np.argsort(seen_at):
            (place, kind_of_row, key, of), found = unique[i].tolist(), int(bits[i])
            column = (place, kind_of_row, bool(key))
            self.kinds[column] = self.kinds.get(column, 0) | found
            self.row_of[column] = (of, kind_of_row)
        rows = np.flatnonzero(values.is_row)
        self.rows.update(zip(values.place[rows].tolist(), variant[rows].tolist(), strict=True))
        braces = np.frombuffer(values.data, np.uint8)[np.minimum(values.start, len(values.data) - 1)] == ord("{")
        self.objects.update(values.place[(values.kind == Kind.NESTED) & braces].tolist())
        self.seen.update(values.place[~is_key].tolist())
        for i in scalar[row < 0].tolist():
            token = values.data[values.start[i] : values.end[i]]
            self.root_tokens.append((int(values.place[i]), int(values.kind[i]), token))
        self._look_for_words(values)

    def _look_for_words(self, values: Values) -> None:
        for place in np.unique(values.place[values.kind == Kind.STRING]).tolist():
            row_place = self._row_of_word(place)
            if row_place is None or place in self._no_words:
                continue
            tokens = np.flatnonzero((values.place == place) & (values.kind == Kind.STRING))
            texts = [msgspec.json.decode(values.data[values.start[i] : values.end[i]], type=str) for i in tokens]
            known = self._words.setdefault(place, {})
            numbers: dict[str, int] = {}
            for text in texts:
                numbers.setdefault(text, len(numbers))
            if len(known.keys() | numbers) > _MOST_KINDS or not all(map(_is_word, numbers)):
                self._no_words.add(place)
                continue
            code = np.full(len(values.start) + 1, -1, dtype=np.int64)
            code[values.row[tokens]] = [numbers[text] for text in texts]
            code[-1] = -1
            own = code[values.row]
            inside = own >= 0
            names = list(numbers)
            for each, member in np.unique(np.stack([own[inside], values.place[inside]], axis=1), axis=0).tolist():
                known.setdefault(names[each], set()).add(member)
            self._worded[place] += len(tokens)
            self._word_rows[place] = row_place

    def _row_of_word(self, place: int) -> int | None:
        """The place of the rows that a value here may tell the kind of; None where its name is no such word."""
        if self.tree.step[place] not in WORDS:
            return None
        at = place
        for _ in range(_FAR):
            at = self.tree.parent[at]
            if at <= ROOT or not isinstance(self.tree.step[at], str):
                return at if at >= ROOT else None
        return None

    def chosen_splits(self) -> dict[int, int]:
        """For places of rows of several kinds, the place of the word that tells them."""
        found: dict[int, tuple[int, int]] = {}
        for place, kinds in self._words.items():
            row_place = self._word_rows.get(place, -1)
            count = sum(number for (at, _), number in self.rows.items() if at == row_place)
            if place in self._no_words or len(kinds) < 2 or not count or self._worded[place] != count:
                continue
            # Objects are but what their members are in, and the word itself is everywhere.
            own = [{at for at in each if at != place and not self.objects[at]} for each in kinds.values()]
            members = set().union(*own)
            alike = sum(map(len, own)) / len(own) / max(len(members), 1)
            word = self.tree.step[place]
            rank = WORDS.index(word) if isinstance(word, str) else len(WORDS)
            if alike < _ALIKE and rank < found.get(row_place, (len(WORDS), 0))[0]:
                found[row_place] = (rank, place)
        return {row_place: place for row_place, (_, place) in found.items()}

    def entries(self) -> frozenset[tuple[Step, ...]]:
        """The places of objects whose keys are data."""
        found = set(self.tree.entries)
        for place in range(len(self.tree)):
            names = {step: child for step, child in self.tree.children(place).items() if isinstance(step, str)}
            if self.tree.is_spread(place) or (names and self._keys_are_data(place, names)):
                found.add(self.tree.steps(place))
        return frozenset(found)

    def _keys_are_data(self, place: int, names: dict[str, int]) -> bool:
        if all(_DATA.match(name) or holds_a_value(name) for name in names):
            return True
        filled = sum(self.seen[child] for child in names.values())
        instances = max(self.objects[place], 1)
        if len(names) > _MANY and filled < _FULL * instances * len(names):
            return True
        if len(names) < _FEW or any(self.objects[child] < self.seen[child] for child in names.values()):
            return False
        shapes = Counter(frozenset(map(str, self.tree.children(child))) for child in names.values())
        shape, count = shapes.most_common(1)[0]
        return len(shape) > 1 and count > 0.8 * len(names)


def _is_word(text: str) -> bool:
    return bool(_WORD.match(text)) and not holds_a_value(text)
