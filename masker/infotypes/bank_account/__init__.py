"""Bank accounts in national form, with the routing number, sort code or BIC beside them: one kind each."""

from masker.infotypes import Infotype
from masker.infotypes._kinds import any_of, kinds_of, pattern_of

_KINDS = kinds_of(__name__)

INFOTYPE = Infotype(
    name="bank_account",
    title="bank account number",
    group="money",
    headers={
        "en": (
            "bank account",
            "bank account number",
            "account number bank",
            "acct no",
            "routing number",
            "sort code",
            "bank routing",
            "aba number",
            "clabe",
            "bsb",
            "bic",
            "swift",
            "swift code",
            "bic code",
            "bank acct",
            "bank code",
            "account no",
            "account iban", "routing no", "transit number", "ifsc", "bank sort code", "aba routing", "iban or account"),
        "de": ("kontonummer", "bankkonto", "konto nr", "blz", "bankleitzahl", "kontonr", "bic", "swift bic", "kontoverbindung"),
        "fr": ("compte bancaire", "numero de compte", "code banque", "numero compte", "rib compte", "bic"),
        "es": ("cuenta bancaria", "numero de cuenta", "ccc", "numero cuenta", "clabe interbancaria", "cbu"),
        "pt": ("conta bancaria", "numero da conta", "agencia conta", "numero conta bancaria"),
        "it": ("conto corrente", "numero di conto", "conto bancario", "codice bic", "cab abi"),
        "nl": ("rekeningnummer", "bankrekening", "bankrekeningnummer"),
        "pl": ("numer konta", "konto bankowe", "rachunek bankowy", "numer rachunku", "numer rozliczeniowy"),
        "ru": ("расчетный счет", "номер счета", "бик", "банковский счет", "корреспондентский счет"),
        "zh": ("银行账号", "银行账户", "银行帐号", "账号银行"),
        "ja": ("口座番号", "銀行口座", "銀行口座番号", "支店番号"),
    },
    not_headers=("type", "balance", "status", "count", "manager", "currency"),
    pattern=pattern_of(_KINDS),
    validate=any_of(_KINDS),
    kinds=_KINDS,
    direct=True,
    sources=("ISO 9362:2022 (BIC)",),
)
