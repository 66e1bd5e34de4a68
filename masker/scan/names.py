"""Bare names: a column that is only called `name` says what it is through its table.

`name` in `suppliers` is a company: the table's own noun is put in front of the word and the two are looked up together.
In a table of people it is their name.
"""

from masker.scan.headers import Lexicon, Tokens, Word
from masker.scan.subjects import person_in
from masker.scan.weights import weights

_BARE = frozenset(
    [
        "name",
        "names",
        "nom",
        "nombre",
        "nome",
        "naam",
        "nazwa",
        "nazwisko",
        "имя",
        "название",
        "名称",
        "名字",
        "名前",
        "姓名",
        "bezeichnung",
        "label",
        "display_name",
    ]
)
_WHERE = frozenset(
    [
        "ship",
        "shipping",
        "bill",
        "billing",
        "delivery",
        "deliver",
        "recipient",
        "receiver",
        "sender",
        "contact",
        "home",
        "primary",
        "secondary",
        "full",
        "legal",
        "preferred",
    ]
)
_COMPANIES = frozenset({"supplier", "partner"})
NAME_OF_PERSON, NAME_OF_COMPANY = "person_name", "company_name"


def is_bare(words: Tokens) -> bool:
    """Whether a column's name is the word for name and no more than where or when it is used (`ship_name`)."""
    # a letter in front is a table's prefix: c_name, s_name
    kept = [word for word in words if word not in _WHERE and len(word) > 1 and not word.isdigit()]
    return len(kept) == 1 and kept[0] in _BARE


def bare_name(words: Tokens, entity: Tokens, lexicon: Lexicon) -> tuple[Word, ...]:
    """The header words of `entity` and name together; () where the column is not bare or the table's noun says nothing.

    >>> from masker.scan.headers import lexicon
    >>> known = lexicon(frozenset())
    >>> [word.infotype for word in bare_name(("name",), ("employee",), known)]
    ['person_name']
    >>> [word.infotype for word in bare_name(("name",), ("company",), known)]
    ['company_name']
    """
    if not is_bare(words) or set(words) & _WHERE:
        return ()
    phrase = (*entity[-1:], "name")
    if subject := person_in(entity[-1:]):
        infotype = NAME_OF_COMPANY if subject in _COMPANIES else NAME_OF_PERSON
        return (Word(infotype, phrase, (), phrase, True, True),)
    found = (word.infotype for word in lexicon.find(" ".join(phrase)) if set(word.rest) <= {"name"})
    if entity[-1:] and entity[-1] in weights().words["thing"]:
        return ()
    return tuple(Word(infotype, phrase, (), phrase, True, True) for infotype in found)
