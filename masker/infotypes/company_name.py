"""Company names: a fake last name, trade and legal form, by value, so that one company stays one in every table."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.infotypes import Draws, Infotype
from masker.infotypes._draw import Lane, index, take
from masker.infotypes._fold import folded_words
from masker.infotypes._style import case_of, pool_in_every_look

_OWNER = Lane(word=0, shift=40, bits=24)
_TRADE = Lane(word=0, shift=24, bits=16)
_FORM = Lane(word=0, shift=8, bits=16)
# Scalars out of a column: `pa.scalar` would load pandas.
_BLANK, _NOTHING = words.text_column([" ", ""])


def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """`Müller Logistik GmbH`, `Baker Logistics LLC`, … of the locale, in the original's case but for the legal form.

    Not unique: some 100,000 names a locale. A country in the row changes nothing, as the same company may stand
    elsewhere without one.
    """
    looks = case_of(column)
    parts = []
    for pool, which in (("last_names", _OWNER), ("company_trades", _TRADE)):
        size = len(words.pool(locale, pool))
        entries = pool_in_every_look(locale, pool)
        parts.append(take(entries, index(draws.value, which, size) + looks * size, column))
    forms = words.pool(locale, "company_forms")
    parts.append(take(forms, index(draws.value, _FORM, len(forms)), column))
    return pc.binary_join_element_wise(*parts, _NOTHING if words.nearest(locale) in ("ja_JP", "zh_CN") else _BLANK)


INFOTYPE = Infotype(
    name="company_name",
    title="Company name",
    group="contact",
    headers={
        "en": ("organization name", "organisation name",
               "company", "company name", "companyname", "employer", "organization", "organisation", "business name",
               "supplier name", "vendor name", "partner name", "account name", "legal name"),
        "de": ("firma", "firmenname", "unternehmen", "arbeitgeber", "lieferant", "lieferantenname", "organisation"),
        "fr": ("société", "societe", "entreprise", "raison sociale", "employeur", "nom de l'entreprise", "fournisseur"),
        "es": ("empresa", "compañía", "razón social", "empleador", "nombre de la empresa", "proveedor"),
        "pt": ("empresa", "razão social", "empregador", "fornecedor"),
        "it": ("azienda", "ditta", "società", "ragione sociale", "datore di lavoro", "fornitore"),
        "nl": ("bedrijf", "bedrijfsnaam", "werkgever", "leverancier", "firma"),
        "pl": ("firma", "nazwa firmy", "przedsiębiorstwo", "pracodawca", "dostawca"),
        "ru": ("компания", "организация", "название компании", "работодатель"),
        "zh": ("公司", "公司名称", "企业名称", "单位"),
        "ja": ("会社", "会社名", "企業名", "勤務先"),
    },
    not_headers=("company size", "company id", "company type", "company code"),
    pattern=r"^[\w&][\w .,'’&()/+-]{1,99}$",
    canonical=folded_words,
    reads_all=True,
    fake=fake,
    widest=50,
    sources=("masker/words/v1/SOURCES.md",),
)  # fmt: skip
