"""The judgement of one column: log-odds per infotype, evidence for clean, and the decision between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from masker.findings import Decision
from masker.infotypes import Infotype
from masker.scan.clean import clean_terms
from masker.scan.dates import Dates
from masker.scan.headers import Lexicon, Tokens, Word, all_infotypes
from masker.scan.keys import key_like, read_key
from masker.scan.names import NAME_OF_PERSON, bare_name, is_bare
from masker.scan.profiles import ColumnProfile
from masker.scan.subjects import person_in, singular
from masker.scan.terms import Term, logistic, total
from masker.scan.values import value_terms
from masker.scan.weights import weights


@dataclass(frozen=True, slots=True)
class Candidate:
    """An infotype that something speaks for, with its terms (the prior not among them)."""

    infotype: str
    terms: tuple[Term, ...]

    @property
    def log_odds(self) -> float:
        """Prior and terms together."""
        return weights().of(self.infotype, "prior") + total(self.terms)


@dataclass(frozen=True, slots=True)
class Judged:
    """A column before and after context: its profile, candidates (best first) and the decision."""

    column: ColumnProfile
    dates: Dates | None
    candidates: tuple[Candidate, ...]
    infotype: str = "none"
    score: float = 0.0
    decision: Decision = "unsure"
    evidence: tuple[Term, ...] = ()
    contains: tuple[str, ...] = field(default=())


def header_terms(lexicon: Lexicon, name: str, entity: Tokens) -> Mapping[str, list[Term]]:
    """The header's terms by infotype; `entity` are the tokens of the table's name, which say nothing in its columns."""
    weight, lists = weights(), weights().words
    found: dict[str, list[Term]] = {}
    words = lexicon.split(name)
    read = bare_name(words, entity, lexicon) or lexicon.find(name)
    if not read and is_bare(words):
        found[NAME_OF_PERSON] = [Term("header token name", weight.header["whole"]), _ambiguous("name", "")]
    for word in read:
        phrase = " ".join(word.phrase)
        rest = [
            t
            for t in word.rest
            if t not in entity and singular(t) not in entity and not t.isdigit() and not _neutral(t, lists["neutral"])
        ]
        terms = [Term(f"header token {phrase}", _placed(word, rest) + weight.of(word.infotype, "word"))]
        if against := lexicon.against(word):
            terms.append(Term(f"header token {against}", weight.header["against"]))
        elif attribute := next(
            (t for t in word.rest if t in lists["attribute"] or t in lists["key"] - lists["neutral"]), ""
        ):
            terms.append(Term(f"header token {attribute}", weight.header["attribute"]))
        if phrase in weight.ambiguous:
            terms.append(_ambiguous(phrase, word.infotype))
        if word.infotype not in found or total(terms) > total(found[word.infotype]):
            found[word.infotype] = terms
    return found


def _ambiguous(phrase: str, infotype: str) -> Term:
    own = weights().of(infotype, "ambiguous") or weights().header["ambiguous"]
    return Term(f"{phrase} may be a thing's", own)


def _neutral(token: str, words: frozenset[str]) -> bool:
    return token in words or len(token) == 1 or person_in((token,)) != ""


def _placed(word: Word, rest: list[str]) -> float:
    header = weights().header
    if not rest:
        return header["whole"]
    if word.at_end:
        return header["end"]
    return header["start"] if word.at_start else header["inside"]


def judge(column: ColumnProfile, dates: Dates | None, lexicon: Lexicon, entity: Tokens, *, named: bool) -> Judged:
    """Weigh names and values of a column, before its table is known. `named` is False where names must not count."""
    headers = header_terms(lexicon, column.name, entity) if named else {}
    keyed = _key_terms(column, lexicon) if named else []
    candidates = []
    for infotype in all_infotypes().values():
        terms = list(headers.get(infotype.name, ()))
        if infotype.name == "person_key":
            terms += keyed
            terms = terms if key_like(column) else []
        elif column.distinct:
            terms += value_terms(infotype, column, dates)
        elif column.kind in ("binary", "nested"):
            terms.append(Term("no text", 0.0 if infotype.name == "photo" else -1.5))
        elif terms:
            terms.append(Term("no values", weights().context["no_values"]))
        if terms and total(terms) > _HOPELESS:
            candidates.append(Candidate(infotype.name, tuple(terms)))
    return Judged(column, dates, ranked(candidates))


def _key_terms(column: ColumnProfile, lexicon: Lexicon) -> list[Term]:
    key = read_key(column.name, lexicon)
    return [Term(f"key of {key.person}", weights().context["key"])] if key.is_key and key.person else []


def ranked(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """The candidates, best first."""
    return tuple(sorted(candidates, key=lambda c: (-c.log_odds, c.infotype)))


def decide(judged: Judged, lexicon: Lexicon, people: float, *, things: bool, named: bool) -> Judged:
    """Decide a column in the light of its table: `people` is how surely the table holds people (0..1).

    `things`: nothing in the table speaks for people at all.
    """
    known = all_infotypes()
    placed = [_in_context(candidate, known[candidate.infotype], people) for candidate in judged.candidates]
    in_order = ranked(placed)
    best = in_order[0] if in_order else Candidate("none", ())
    odds = best.log_odds if in_order else weights().default["prior"]
    # a table of things has names and descriptions of things, unless something speaks for a person there
    clean = clean_terms(judged.column, judged.dates, lexicon, things=things and odds < _HINT, named=named)
    clean_odds = weights().clean["prior"] + total(clean)
    rest = (judged.column, judged.dates, in_order)
    stubborn = best.infotype in _STUBBORN or (best.infotype in known and known[best.infotype].direct)
    if odds > 0 and (odds >= clean_odds - 2.0 or stubborn):
        return Judged(*rest, best.infotype, logistic(odds), "personal", best.terms)
    if clean_odds > 0:
        return Judged(*rest, "none", logistic(clean_odds), "clean", tuple(clean))
    return Judged(*rest, "none", logistic(odds), "unsure", best.terms + tuple(clean))


_HOPELESS = -2.5  # terms from which on the columns beside may still speak for it
_HINT = -2.5  # log-odds from which on a candidate is more than its prior
# few distinct values or amounts are what these are made of, so that evidence for clean does not speak against them
_STUBBORN = frozenset({"gender", "country", "region", "city", "salary", "health", "ethnicity", "religion", "person_key",
                       "geo_point", "job_title", "age", "marital_status", "nationality", "politics", "union_membership",
                       "sexual_orientation", "criminal_record"})  # fmt: skip


def _in_context(candidate: Candidate, infotype: Infotype, people: float) -> Candidate:
    weight = weights()
    gain = weight.of(infotype.name, "people") * max(0.0, 2 * people - 1)
    loss = weight.of(infotype.name, "no_people") * max(0.0, 1 - 2 * people)
    if abs(gain + loss) < 0.05:
        return candidate
    words = "table of people" if gain else "no table of people"
    return Candidate(candidate.infotype, (*candidate.terms, Term(words, round(gain + loss, 1))))
