"""Dictionary: hash every candidate and look the digests up, or mask every candidate with a key of one's own."""

import base64
import hashlib
from collections.abc import Iterable, Iterator

import pandas as pd

from benchmarks.attacks import Attack, Outcome
from benchmarks.attacks.copies import World

COLUMNS = ("first_name", "last_name", "email", "phone", "payment_card")
ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s", "sha3_256")
_CROCKFORD = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghjkmnpqrstvwxyz")
_SHORTEST = 8


def spellings(value: str) -> set[str]:
    """The forms in which somebody may have hashed a value: as it stands, trimmed, either case, digits, E.164."""
    digits = "".join(letter for letter in value if letter.isdigit())
    forms = {value, value.strip(), value.strip().lower(), value.strip().upper()}
    return forms | ({digits, f"+{digits}"} if len(digits) >= 7 else set())


def digests(value: str) -> Iterator[str]:
    """All texts that a plain hash of the value may be written as: hexadecimal, base32 of two alphabets, base64."""
    for form in spellings(value):
        for algorithm in ALGORITHMS:
            digest = hashlib.new(algorithm, form.encode(), usedforsecurity=False).digest()
            base32 = base64.b32encode(digest).decode().lower()
            yield from (digest.hex(), base32, base32.translate(_CROCKFORD), base64.b64encode(digest).decode())


def hashed(cells: pd.Series, candidates: Iterable[str]) -> pd.Series:
    """For each cell the candidate whose digest, or beginning of a digest, is one of the cell's words; '' if none."""
    words = cells[cells != ""].str.lower().str.split(r"[^a-z0-9+/=]+", regex=True).explode().dropna()
    words = words[words.str.len() >= _SHORTEST]
    wanted: dict[int, set[str]] = {}
    for word in words.unique():
        wanted.setdefault(len(word), set()).add(word)
    found = {
        digest[:length].lower(): value
        for value in candidates
        for digest in digests(value)
        for length, words_of_length in wanted.items()
        if digest[:length].lower() in words_of_length
    }
    hits = words.map(found).dropna()
    return hits[~hits.index.duplicated()].reindex(cells.index, fill_value="")


def run(world: World) -> Iterator[Outcome]:
    """Each column by plain hashes, then by the attacker's own key."""
    for column in COLUMNS:
        truth = world.population.tables["customers"][column]
        cells, theirs = world.copy.tables["customers"][column], world.strange.tables["customers"][column]
        some = truth[truth != ""]
        candidates = some.unique()
        guess = float(some.value_counts().iloc[0] / len(some))
        right = (hashed(cells, candidates) == truth) & (truth != "")
        yield Outcome(f"{column}, plain hashes", len(some), int(right.sum()), guess)
        book = truth[truth != ""].groupby(theirs[truth != ""]).agg(lambda same: same.value_counts().index[0])
        right = (cells.map(book) == truth) & (truth != "")
        yield Outcome(f"{column}, key of his own", len(some), int(right.sum()), guess)


ATTACK = Attack("dictionary", "every e-mail address, phone, card and name there is; not the key", run)
