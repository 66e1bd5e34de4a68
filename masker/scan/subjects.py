"""Data subjects: the words by which names of tables and columns say whose data it is."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from masker.scan.headers import Tokens, fold


@dataclass(frozen=True, slots=True)
class SubjectWords:
    """Folded words for one subject: people (`customer`), their dealings (`order`), telling columns (`salary`)."""

    people: frozenset[str]
    events: frozenset[str]
    columns: frozenset[str]
    wide: tuple[str, ...]


@cache
def subject_words() -> Mapping[str, SubjectWords]:
    """The words of every subject but `none`, from `subjects.toml`."""
    raw = tomllib.loads((files("masker.scan") / "subjects.toml").read_text(encoding="utf-8"))
    return {
        subject: SubjectWords(
            frozenset(table["words"].split()),
            frozenset(table["events"].split()),
            frozenset(table["columns"].split()),
            tuple(fold(word) for word in table["wide"].split()),
        )
        for subject, table in raw.items()
    }


def person_in(words: Tokens) -> str:
    """The subject whose word stands among the tokens (the last one wins: `customer_manager`), "" for none.

    >>> person_in(("customer", "id")), person_in(("kunden", "nr")), person_in(("客户编号",)), person_in(("order", "id"))
    ('customer', 'customer', 'customer', '')
    """
    for token in reversed(words):
        for subject, known in subject_words().items():
            if token in known.people or any(wide in token for wide in known.wide):
                return subject
    return ""


def event_in(words: Tokens) -> str:
    """The subject whose dealings the tokens name (`orders`: customer), "" for none."""
    for token in reversed(words):
        for subject, known in subject_words().items():
            if token in known.events:
                return subject
    return ""


@cache
def all_words() -> frozenset[str]:
    """Every word for people and dealings: what compounds may be cut at."""
    known = subject_words().values()
    return frozenset(word for words in known for word in (*words.people, *words.events) if len(word) > 2)


def singular(token: str) -> str:
    """A rough singular for comparing table names with key names (English, and German -n).

    >>> singular("customers"), singular("companies"), singular("addresses"), singular("kunden"), singular("status")
    ('customer', 'company', 'address', 'kunde', 'status')
    """
    if len(token) > 4 and token.endswith("ies"):
        return token[:-3] + "y"
    if len(token) > 4 and token.endswith(("sses", "xes", "ches", "shes")):
        return token[:-2]
    if len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        return token[:-1]
    return token[:-1] if len(token) > 4 and token.endswith("en") else token
