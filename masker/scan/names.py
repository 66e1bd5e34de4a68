"""Bare names: a column that is only called `name` says what it is through its table: `name` in `suppliers` is a company.

The table's own noun is put in front of it and the two are looked up together; in a table of people it is their name.
"""

from masker.scan.headers import Lexicon, Tokens, Word
from masker.scan.subjects import person_in

_BARE = frozenset(
    "name names nom nombre nome naam nazwa nazwisko имя название 名称 名字 名前 姓名 bezeichnung label display_name".split()
)
_COMPANIES = frozenset({"supplier", "partner"})
NAME_OF_PERSON, NAME_OF_COMPANY = "person_name", "company_name"


def is_bare(words: Tokens) -> bool:
    """Whether a column's name is the word for name and no more."""
    return len(words) == 1 and words[0] in _BARE


def bare_name(words: Tokens, entity: Tokens, lexicon: Lexicon) -> tuple[Word, ...]:
    """The header words of `entity` and name together; () where the column is not bare or the table's noun says nothing.

    >>> from masker.scan.headers import lexicon
    >>> known = lexicon(frozenset())
    >>> [word.infotype for word in bare_name(("name",), ("employee",), known)]
    ['person_name']
    >>> [word.infotype for word in bare_name(("name",), ("company",), known)]
    ['company_name']
    """
    if not is_bare(words):
        return ()
    phrase = (*entity[-1:], "name")
    if subject := person_in(entity[-1:]):
        infotype = NAME_OF_COMPANY if subject in _COMPANIES else NAME_OF_PERSON
        return (Word(infotype, phrase, (), phrase, True, True),)
    return tuple(word for word in lexicon.find(" ".join(phrase)) if len(word.phrase) == len(phrase))
