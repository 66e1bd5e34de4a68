"""Full names: the fake person's first and last name, the same that `first_name` and `last_name` draw for it."""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.infotypes import Draws, Infotype
from masker.infotypes._fold import folded_words, letters_of
from masker.infotypes._person import first_names, is_first_name, is_last_name, last_names
from masker.infotypes._script import by_script
from masker.infotypes._style import case_of

# Scalars out of a column: `pa.scalar` would load pandas.
_BLANK, _COMMA, _NOTHING = words.text_column([" ", ", ", ""])
# Academic titles with their points, at the beginning; `Herr Dr.` and `Mrs.` say a gender and go.
_TITLE = "Prof|Dr|Dott|Drs|Dra|Ing|Mag|Mgr|Dipl|Inż|Priv|Doz|Ph|Doc|Eng|Arq|Ir"
_TITLES = rf"^(?P<titles>(?:(?i:{_TITLE})\.(?: ?-?(?i:med|rer|nat|phil|jur|ing|h|c|hab|D)\.)* ?-?)+)"
_FAMILY_FIRST = ("ja_JP", "zh_CN")
_WIDEST = 34


def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """The person's name as `_name` writes it, behind the academic titles of the original (`Dr. `), which say no gender.

    Titles are left out where the fake would be wider with them than both the original and the widest fake without.
    """
    if not (letters_of(column) == ord(".")).any():
        return _name(draws, column, given, locale)
    titled = pc.match_substring_regex(column, _TITLES)
    if not pc.any(titled).as_py():
        return _name(draws, column, given, locale)
    bare = pc.replace_substring_regex(column, _TITLES, "")
    name = _name(draws, bare, given, locale)
    titles = pc.if_else(titled, pc.struct_field(pc.extract_regex(column, _TITLES), "titles"), "")
    whole = pc.binary_join_element_wise(titles, name, _NOTHING)
    room = pc.max_element_wise(pc.utf8_length(column), _WIDEST)
    return pc.if_else(pc.less_equal(pc.utf8_length(whole), room), whole, name)


@partial(by_script, latin=True)
def _name(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """`First Last`, or `Last, First` where the original has a comma, in the original's case.

    Japanese and Chinese names begin with the family's, with a blank where a Japanese original has one.
    """
    looks = case_of(column)
    first = first_names(draws, looks, given, locale, like=column)
    last = last_names(draws, looks, given, locale, like=column)
    if words.nearest(locale) in _FAMILY_FIRST:
        joined = pc.binary_join_element_wise(last, first, _NOTHING)
        if words.nearest(locale) != "ja_JP":
            return joined
        apart = pc.match_substring_regex(column, r"[\s\x{3000}]")
        return pc.if_else(apart, pc.binary_join_element_wise(last, first, _BLANK), joined)
    plain = pc.binary_join_element_wise(first, last, _BLANK)
    turned = pc.match_substring(column, ",")
    if not pc.any(turned).as_py():
        return plain
    return pc.if_else(turned, pc.binary_join_element_wise(last, first, _COMMA), plain)


def looks_like_name(value: str) -> bool:
    """Whether some word of the value is a known first name and another a known last name.

    >>> looks_like_name("SMITH, Anna"), looks_like_name("Anna")
    (True, False)
    """
    parts = value.replace(",", " ").split()
    return 2 <= len(parts) <= 6 and any(
        is_first_name(one) and any(is_last_name(other) for at, other in enumerate(parts) if at != place)
        for place, one in enumerate(parts)
    )


INFOTYPE = Infotype(
    name="person_name",
    title="Full name",
    group="contact",
    headers={
        "en": ("full name", "fullname", "person name", "contact name", "customer name", "employee name",
               "display name",
               "contact person", "cardholder", "cardholder name", "account holder", "recipient name", "patient name",
               "manager name", "owner name", "name on card", "leader", "team leader", "head of department"),
        "de": ("vollständiger name", "voller name", "ansprechpartner", "ansprechpartnerin", "kundenname",
               "kontaktperson", "mitarbeitername", "kontoinhaber", "karteninhaber", "anzeigename", "empfänger"),
        "fr": ("nom complet", "nom et prénom", "nom prénom", "nom du client", "personne de contact", "titulaire",
               "interlocuteur", "destinataire"),
        "es": ("nombre completo", "nombre y apellidos", "nombre del cliente", "persona de contacto", "titular",
               "destinatario"),
        "pt": ("nome completo", "nome do cliente", "pessoa de contato", "titular"),
        "it": ("nome completo", "nome e cognome", "nominativo", "referente", "intestatario"),
        "nl": ("volledige naam", "contactpersoon", "klantnaam", "naam klant", "rekeninghouder"),
        "pl": ("imię i nazwisko", "pełne imię i nazwisko", "osoba kontaktowa"),
        "ru": ("фио", "полное имя", "контактное лицо"),
        "zh": ("姓名", "全名", "联系人"),
        "ja": ("氏名", "お名前", "担当者名"),
    },
    not_headers=("product name", "file name", "company name", "host name", "domain name", "table name", "event name"),
    pattern=r"^[^\W\d_](?:[^\W\d_]|['’.-]){0,40}(?:,? [^\W\d_](?:[^\W\d_]|['’.-]){0,40}){1,6}$",
    validate=looks_like_name,
    # Estimated, not measured: products and places are called after people.
    accident=0.02,
    canonical=folded_words,
    reads_all=True,
    fake=fake,
    widest=_WIDEST,
    by_subject=True,
    direct=True,
    sources=("masker/words/v1/SOURCES.md",),
)  # fmt: skip
