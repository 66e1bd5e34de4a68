"""Keys that stand for a person: the customer number in an order, the employee id in a payslip."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype


def canonical(column: pa.Array) -> pa.Array:
    """The key as text without surrounding blanks, so that 123 and "123" agree: n in, n out; NULL stays, '' too.

    >>> canonical(pa.array([" K0007", "123", None])).to_pylist()
    ['K0007', '123', None]
    """
    return pc.utf8_trim_whitespace(column)


INFOTYPE = Infotype(
    name="person_key",
    title="key that stands for a person",
    group="key",
    headers={
        # whose key it is comes from the scan's words for data subjects: `customer id`, `Kundennummer`, `客户编号`
        "en": (
            "person id",
            "person key",
            "party id",
            "individual id",
            "personnel number",
            "staff number",
            "badge number",
            "patient id",
            "mrn",
            "medical record number",
            "account holder id",
            "membership number",
            "loyalty number",
            "employee number",
            "employee no",
            "emp no",
            "emp id",
            "staff id",
            "payroll number",
            "worker id",
        ),
        "de": (
            "personalnummer",
            "personennummer",
            "personal nr",
            "kundennummer",
            "mitgliedsnummer",
            "mandantennummer",
            "mitarbeiternummer",
        ),
        "fr": ("matricule", "numero client", "identifiant client", "numero d adherent"),
        "es": ("id de persona", "numero de cliente", "numero de empleado", "legajo"),
        "pt": ("codigo do cliente", "matricula do funcionario"),
        "it": ("codice cliente", "matricola", "numero cliente"),
        "nl": ("klantnummer", "personeelsnummer", "lidnummer"),
        "pl": ("numer klienta", "numer pracownika"),
        "ru": ("табельный номер", "номер клиента"),
        "zh": ("客户编号", "工号", "用户编号", "会员号", "员工编号"),
        "ja": ("顧客番号", "社員番号", "会員番号", "従業員番号"),
    },
    not_headers=("type", "count", "group", "status", "segment", "class"),
    pattern=r"[A-Za-z0-9][\w.:/-]{0,63}",
    canonical=canonical,
    by_subject=False,
    quasi=False,
    sources=("GDPR art. 4(1): identification number",),
)
