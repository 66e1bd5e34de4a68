"""What there is of each kind of extension, told by the registries themselves: for `masker show` and the reference."""

import dataclasses
import inspect

from masker.agreement import BUILT_IN, Agreement
from masker.engines import ENGINES
from masker.formats import FORMATS
from masker.infotypes import INFOTYPES
from masker.methods import METHODS, Method
from masker.profile.load import built_in_names, load_profile

Row = dict[str, object]


def inventory(kind: str, agreement: Agreement = BUILT_IN) -> list[Row]:
    """One row per extension of `kind` (`infotypes`, `methods`, `formats`, `engines`, `profiles`, `purposes`).

    Each row has `name` and `summary`, and what else there is to say of that kind; purposes are those of `agreement`.
    """
    if kind == "purposes":
        return _purposes(agreement)
    return {
        "infotypes": _infotypes,
        "methods": _methods,
        "formats": _formats,
        "engines": _engines,
        "profiles": _profiles,
    }[kind]()


def _infotypes() -> list[Row]:
    found = [INFOTYPES[name] for name in INFOTYPES]
    return [
        {
            "name": one.name,
            "summary": one.title,
            "group": one.group,
            "direct": one.direct,
            "quasi": one.quasi,
            "by_subject": one.by_subject,
            "sources": "; ".join(one.sources),
        }
        for one in found
    ]


def _methods() -> list[Row]:
    return [
        {
            "name": kind.name,
            "summary": _first_line(kind),
            "parameters": ", ".join(_parameters(kind)),
            "iso20889": kind.iso20889,
            "deterministic": kind.deterministic,
            "injective": kind.injective,
            "reversible": kind.reversible,
            "keeps_format": kind.keeps_format,
        }
        for kind in (METHODS[name] for name in METHODS)
    ]


def _formats() -> list[Row]:
    found = [(name, FORMATS[name]) for name in FORMATS]
    return [
        {
            "name": name,
            "summary": _first_line(type(one)),
            "suffixes": " ".join(one.suffixes),
            "label": one.carries_label,
        }
        for name, one in found
    ]


def _engines() -> list[Row]:
    return [{"name": name, "summary": _first_line(type(ENGINES[name]))} for name in ENGINES]


def _profiles() -> list[Row]:
    found = [load_profile(name).profile for name in built_in_names()]
    return [{"name": one.name, "summary": one.summary, "keeps": one.keeps, "loses": one.loses} for one in found]


def _purposes(agreement: Agreement) -> list[Row]:
    return [
        {
            "name": name,
            "summary": purpose.text,
            "longest_days": purpose.longest.days,
            "dpv": purpose.dpv,
            "recipients": " ".join(
                who for who, terms in agreement.recipients.items() if terms.purposes is None or name in terms.purposes
            ),
        }
        for name, purpose in agreement.purposes.items()
    ]


def _parameters(kind: type[Method]) -> list[str]:
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]
    return [
        field.name if field.default is dataclasses.MISSING else f"{field.name}={field.default}"
        for field in fields
        if field.init
    ]


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]
