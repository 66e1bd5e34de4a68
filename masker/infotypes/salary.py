"""Salaries and wages: what a person earns."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype


def canonical(column: pa.Array) -> pa.Array:
    """Digits with sign and separators, without currency marks and blanks: n in, n out; NULL where no digit is left.

    >>> canonical(pa.array(["€ 4,500.00", "52000", "secret", None])).to_pylist()
    ['4,500.00', '52000', None, None]
    """
    bare = pc.replace_substring_regex(column, r"[^0-9.,-]", "")
    return pc.if_else(pc.match_substring_regex(bare, r"[0-9]"), bare, pa.scalar(None, pa.string()))


INFOTYPE = Infotype(
    name="salary",
    title="salary or wage",
    group="money",
    headers={
        "en": (
            "salary",
            "wage",
            "base salary",
            "pay",
            "annual salary",
            "monthly salary",
            "income",
            "compensation",
            "hourly rate",
            "gross pay",
            "net pay",
            "bonus",
            "earnings",
            "annual income",
            "pay rate",
            "base pay",
        ),
        "de": (
            "gehalt",
            "lohn",
            "bruttogehalt",
            "jahresgehalt",
            "monatsgehalt",
            "einkommen",
            "stundenlohn",
            "verdienst",
        ),
        "fr": ("salaire", "remuneration", "salaire brut", "traitement", "revenu"),
        "es": ("salario", "sueldo", "nomina", "ingresos"),
        "pt": ("salario", "remuneracao", "ordenado", "renda"),
        "it": ("stipendio", "salario", "retribuzione", "reddito"),
        "nl": ("salaris", "loon", "brutoloon", "inkomen"),
        "pl": ("wynagrodzenie", "pensja", "placa", "dochod"),
        "ru": ("зарплата", "оклад", "доход"),
        "zh": ("工资", "薪资", "薪水", "收入", "薪酬"),
        "ja": ("給与", "年収", "月給", "給料"),
    },
    not_headers=("currency", "type", "date", "band", "grade", "frequency", "id", "code", "period", "account", "method"),
    pattern=r"(?:[A-Z]{3}|[^\w\s])?\s?[0-9][0-9.,' ]*(?:\s?[A-Za-z€$£¥]{1,3})?",
    canonical=canonical,
    quasi=True,
    sources=("GDPR art. 4(1): economic identity",),
)
