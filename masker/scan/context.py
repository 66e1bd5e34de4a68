"""The table as context: does it hold people at all, and whose data is it."""

from collections.abc import Sequence
from dataclasses import dataclass

from masker.scan.beside import contact_kinds
from masker.scan.headers import Lexicon, Tokens
from masker.scan.judge import Judged
from masker.scan.keys import key_like, read_key
from masker.scan.subjects import event_in, person_in, subject_words
from masker.scan.terms import Term, logistic, total
from masker.scan.weights import weights

_STRONG = frozenset(
    [
        "first_name",
        "last_name",
        "person_name",
        "email",
        "birth_date",
        "national_id",
        "payment_card",
        "gender",
        "username",
        "iban",
    ]
)
_WEAK = frozenset(
    [
        "phone",
        "street_address",
        "city",
        "postal_code",
        "region",
        "country",
        "company_name",
        "ip_address",
        "job_title",
        "salary",
    ]
)
_NAMES = frozenset(["first_name", "last_name", "person_name"])
_POINTING = frozenset(["person_key"])


@dataclass(frozen=True, slots=True)
class TableNames:
    """The words of a table's name; empty where names must not count."""

    words: Tokens
    folder: Tokens = ()


def table_names(name: str, lexicon: Lexicon, *, named: bool) -> TableNames:
    """Cut a table's name, and the folders in front of it, into words."""
    if not named:
        return TableNames(())
    folder, _, last = name.replace("\\", "/").rpartition("/")
    return TableNames(tuple(t for t in lexicon.split(last) if not t.isdigit()), lexicon.split(folder))


def people_terms(names: TableNames, columns: Sequence[Judged], lexicon: Lexicon, *, named: bool) -> list[Term]:
    """The terms for a table of people, without the prior."""
    weight = weights().people
    found = [j.candidates[0].infotype for j in columns if j.candidates and j.candidates[0].log_odds > -1.0]
    strong, weak = set(found) & _STRONG, set(found) & _WEAK
    terms = [Term(f"column of {infotype}", weight["strong"]) for infotype in sorted(strong)]
    terms += [Term(f"column of {infotype}", weight["weak"]) for infotype in sorted(weak)[:3]]
    reached = contact_kinds(columns)
    if len(reached) >= 3 and reached & {"street_address", "phone", "postal_code"}:
        terms.append(Term("contact data side by side", weight["block"]))
    if strong and strong <= _NAMES and not weak and not (strong & {"email"}):
        terms.append(Term("names and nothing else", weight["names_only"]))
    if not named:
        return terms
    things = [w for w in names.words if w in weights().words["thing"]]
    if person := person_in(names.words):
        # `customer_tags` is about tags: the last word says what a row is
        last = names.words[-1] in weights().words["thing"]
        terms.append(Term(f"table of {person}s", weight["event_word"] if last else weight["table_word"]))
    elif event := event_in(names.words):
        terms.append(Term(f"dealings of {event}s", weight["event_word"]))
    if things:
        terms.append(Term(f"table name {things[-1]}", weight["thing_word"]))
    if any(_person_key(j, lexicon) for j in columns):
        terms.append(Term("key of a person", weight["key"]))
    return terms


def holds_people(terms: Sequence[Term]) -> float:
    """How surely the table holds people, 0..1."""
    return logistic(weights().people["prior"] + total(terms))


def _person_key(judged: Judged, lexicon: Lexicon) -> str:
    key = read_key(judged.column.name, lexicon)
    return key.person if key.is_key and key_like(judged.column) else ""


def of_things(names: TableNames) -> bool:
    """Whether the table's name says that its rows are things, and names no people: `products`, not `user_tags`."""
    return bool(names.words) and names.words[-1] in weights().words["thing"] and not person_in(names.words)


def subject_of(
    names: TableNames, columns: Sequence[Judged], lexicon: Lexicon, people: float, *, named: bool
) -> tuple[str, float]:
    """The table's data subject and a score in 0..1; `none` where it holds nobody's data."""
    found = {j.infotype for j in columns if j.decision == "personal"}
    odds = dict.fromkeys(subject_words(), 0.0)
    if named:
        _add_names(odds, names, columns, lexicon)
    if {"user_agent", "session_id"} & found:
        odds["user"] += 1.2
    if "ip_address" in found and not found & _NAMES:
        odds["user"] += 0.8
    if "salary" in found:
        odds["employee"] += 0.6
    if "health" in found:
        odds["patient"] += 0.8
    if found <= _POINTING and named:
        if of_things(names):
            return "none", round(1 - people, 3)
        if pointed := _pointed_at(columns, lexicon):
            # who serves in a dealing is not whom it is about: `owner_id` in deals
            serving = pointed == "employee" and event_in(names.words)
            return "none" if serving else pointed, logistic(weights().people["key"])
    if "payment_card" in found:
        odds["customer"] += 2.5
    direct = found - {"company_name", "country", "region", "city", "url", "free_text"}
    # texts that nothing leads to or from are nobody's: templates of e-mails
    keyed = any(read_key(j.column.name, lexicon).is_key for j in columns)
    dealt = named and keyed and event_in(names.words) and found & {"company_name", "free_text"}
    if not found or (people < 0.5 and not direct and not dealt):
        return "none", round(1 - people, 3)
    # who is not named in any way is taken for a customer: the commonest subject, and the one with the strictest rules
    odds["customer"] += 0.5 if direct & (_STRONG - _NAMES) or people > 0.8 else 0.0
    best = max(odds, key=lambda subject: odds[subject])
    reachable = direct & (_STRONG - _NAMES)
    if odds[best] < 0.5 or (people < 0.35 and odds[best] < 2 and not reachable):
        return "none", round(1 - people, 3)
    second = max(value for subject, value in odds.items() if subject != best)
    return best, logistic(0.5 + odds[best] - second)


def _pointed_at(columns: Sequence[Judged], lexicon: Lexicon) -> str:
    """Whom a table is about that says nothing of its own of people: the one subject that its keys name, else ""."""
    keys = {person for j in columns if j.infotype == "person_key" and (person := _person_key(j, lexicon))}
    return next(iter(keys)) if len(keys) == 1 else ""


def _add_names(odds: dict[str, float], names: TableNames, columns: Sequence[Judged], lexicon: Lexicon) -> None:
    if person := person_in(names.words):
        # anyone is a user of the system that calls them so: what else stands there says more
        odds[person] += 2.0 if person == "user" else 4.0
    elif event := event_in(names.words):
        odds[event] += 2.0
    if folder := person_in(names.folder) or event_in(names.folder):
        odds[folder] += 1.5
    seen: set[tuple[str, str]] = set()
    for judged in columns:
        words = lexicon.split(judged.column.name)
        if person := _person_key(judged, lexicon):
            # whoever serves a customer stands in the customer's records: `staff_id` in rentals
            first = 1.0 if person == "employee" else 2.5
            odds[person] += first if (person, "key") not in seen else 0.3
            seen.add((person, "key"))
        elif person := person_in(words):
            odds[person] += 0.8 if (person, "word") not in seen else 0.2
            seen.add((person, "word"))
        for subject, known in subject_words().items():
            if known.columns & set(words) and (subject, "column") not in seen:
                odds[subject] += 0.7
                seen.add((subject, "column"))
    if _staffed(names, columns, lexicon):
        odds["employee"], odds["user"] = odds["employee"] + odds["user"], 0.0


def _staffed(names: TableNames, columns: Sequence[Judged], lexicon: Lexicon) -> bool:
    """Whether users of a system stand in departments or teams: they are who works there."""
    row = tuple(word for word in names.words if word != "data")[-1:]
    words = {word for j in columns for word in lexicon.split(j.column.name)}
    return person_in(row) == "user" and bool(words & weights().words["staff"])
