"""Named-entity recognition as a plug-in: a model of the user's own, loaded from a path, never downloaded.

An adapter is a module of this package or an entry point of the group `masker.ner`; it exports a function that takes
the path of a model and gives an `Analyzer`. Nothing of it is imported unless the user asks for it (`--ner`), and the
scan works without any.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol

from masker.errors import MaskerError, Place, UsageError
from masker.registry import Registry


class Span(NamedTuple):
    """Where something stands in a text: `start` and `end` in letters, what it is, how sure the model is (0..1)."""

    start: int
    end: int
    infotype: str
    score: float = 1.0


class Analyzer(Protocol):
    """A loaded model."""

    def analyze(self, texts: Sequence[str], lang: str) -> Sequence[Sequence[Span]]:
        """The spans of each text, one sequence a text, in order; `lang` is a language like `en`."""
        ...


Load = Callable[[Path], Analyzer]
ADAPTERS: Registry[Load] = Registry("NER adapter", "masker.ner", "ADAPTER")

INFOTYPE_OF: Mapping[str, str] = {
    "person": "person_name", "per": "person_name", "persname": "person_name", "name": "person_name",
    "first name": "first_name", "last name": "last_name", "location": "city", "loc": "city", "gpe": "city",
    "city": "city", "address": "street_address", "street address": "street_address", "fac": "street_address",
    "organization": "company_name", "organisation": "company_name", "org": "company_name", "company": "company_name",
    "email": "email", "email address": "email", "phone": "phone", "phone number": "phone", "iban code": "iban",
    "iban": "iban", "credit card": "payment_card", "credit card number": "payment_card", "us ssn": "national_id",
    "ip address": "ip_address", "url": "url", "username": "username", "password": "secret", "nrp": "nationality",
    "date of birth": "birth_date", "passport number": "passport", "us passport": "passport", "us driver license":
    "driver_license", "driver license": "driver_license", "medical condition": "health", "medication": "health",
    "nationality": "nationality", "religion": "religion", "occupation": "job_title", "profession": "job_title",
}  # fmt: skip
"""Infotypes by the labels of common models, in lower case with blanks."""


def infotype_of(label: str) -> str:
    """The infotype that a model's label stands for, "" for one that is of no interest.

    >>> infotype_of("PERSON"), infotype_of("EMAIL_ADDRESS"), infotype_of("CARDINAL")
    ('person_name', 'email', '')
    """
    return INFOTYPE_OF.get(label.replace("_", " ").replace("-", " ").lower(), "")


@dataclass(frozen=True)
class Recogniser:
    """An analyzer with the language of the texts; what goes wrong in it is told without its words."""

    analyzer: Analyzer
    lang: str = "en"

    def spans(self, texts: Sequence[str]) -> list[list[Span]]:
        """The spans of each text; `UsageError` (`ner`) where the model fails or answers for another number of texts."""
        try:
            found = [[Span(*span) for span in spans] for spans in self.analyzer.analyze(texts, self.lang)]
        except Exception:
            raise UsageError("ner", "the NER model failed", "try it without `--ner`") from None
        if len(found) != len(texts):
            raise UsageError("ner", "the NER model did not answer for every text", "try it without `--ner`")
        return found


def recogniser(asked: str) -> Recogniser:
    """Load what `NAME=PATH` or `NAME:LANG=PATH` asks for: `spacy:de=/models/de_core_news_sm`.

    `UsageError`: `usage` for another form, `unknown-name` for no such adapter, `ner` where PATH is not there, the
    library is not installed or the model does not load.
    """
    name, equals, path = asked.partition("=")
    name, _, lang = name.partition(":")
    if not (name and equals and path):
        raise UsageError(
            "usage", "`--ner` takes `NAME=PATH` or `NAME:LANG=PATH`", f"NAME is one of: {', '.join(ADAPTERS)}"
        )
    load = ADAPTERS[name]
    if not Path(path).exists():
        place = Place(file=Path(path).name)
        raise UsageError(
            "ner", "there is no model at that path", "masker downloads none: give the folder of one", place
        )
    try:
        return Recogniser(load(Path(path).resolve()), lang or "en")
    except MaskerError:
        raise
    except Exception:
        raise UsageError(
            "ner", f"the model does not load with `{name}`", f"`{name}` takes the folder of its own models"
        ) from None


def library(name: str) -> ModuleType:
    """Import an adapter's library; `UsageError` (`ner`) where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise UsageError("ner", f"`{name}` is not installed", f"`pip install {name.replace('_', '-')}`") from None
