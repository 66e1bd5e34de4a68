"""Dictionary: hash every candidate and look the digests up, or mask every candidate with a key of one's own."""

import base64
import hashlib
from collections.abc import Iterable, Iterator

import pandas as pd

from benchmarks.attacks import Attack, Outcome
from benchmarks.attacks.copies import World
from benchmarks.attacks.seen import sample

COLUMNS = ("first_name", "last_name", "email", "phone", "payment_card")
ALGORITHMS = (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512, hashlib.blake2b)
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
            digest = algorithm(form.encode()).digest()
            base32 = base64.b32encode(digest[:15]).decode().lower()
            yield from (digest.hex(), base32, base32.translate(_CROCKFORD), base64.b64encode(digest).decode().lower())


def hashed(cells: pd.Series, candidates: Iterable[str]) -> pd.Series:
    """For each cell the candidate whose digest, or beginning of a digest, is one of the cell's words; '' if none."""
    words = cells[cells != ""].str.lower().str.split(r"[^a-z0-9+/=]+", regex=True).explode().dropna()
    words = words[words.str.len() >= _SHORTEST]
    wanted: dict[int, set[str]] = {}
    for word in words.unique():
        wanted.setdefault(len(word), set()).add(word)
    found = {
        digest[:length]: value
        for value in candidates
        for digest in digests(value)
        for length, words_of_length in wanted.items()
        if digest[:length] in words_of_length
    }
    hits = words.map(found).astype(object).dropna()
    return hits[~hits.index.duplicated()].reindex(cells.index).fillna("")


def run(world: World) -> Iterator[Outcome]:
    """Each column of the attacked people by plain hashes, then by the attacker's own key."""
    people = world.population.tables["customers"]
    rows = sample(len(people))
    for column in COLUMNS:
        known = people[column]
        truth = known.iloc[rows]
        truth = truth[truth != ""]
        cells = world.copy.tables["customers"][column].loc[truth.index]
        guess = float(known[known != ""].value_counts(normalize=True).iloc[0])
        right = hashed(cells, truth.unique()) == truth
        yield Outcome(f"{column}: plain hashes", len(truth), int(right.sum()), guess)
        strange = world.strange.tables["customers"][column]
        pairs = pd.DataFrame({"cell": strange, "value": known})[known != ""].value_counts().reset_index()
        book = pairs.drop_duplicates("cell").set_index("cell")["value"]
        yield Outcome(f"{column}: a key of one's own", len(truth), int((cells.map(book) == truth).sum()), guess)


ATTACK = Attack("dictionary", "every e-mail address, phone, card and name there is; not the key", run)
