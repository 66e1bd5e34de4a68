"""Values of any provider of the Faker package, from keyed seeds, by the one release that the profile names."""

import importlib.metadata
import inspect
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from masker.errors import GateError, UsageError

if TYPE_CHECKING:
    from faker import Generator

_NAME = re.compile(r"[a-z][a-z0-9_]{1,60}\Z")
_CLOCK = re.compile(r"\b(?:now|today|utcnow)\(|\btime\.time\(")
_PROBES = 8


def refuse_provider(provider: str, locale: str, release: str) -> None:
    """Raise `UsageError` for a provider that cannot serve, `GateError` (`drift`) for another release than installed.

    Refused is what Faker does not have for the locale, what needs arguments, what gives no single text or number, and
    what reads the clock: a pseudonym must be the same tomorrow.
    """
    installed = _installed()
    if not release:
        raise UsageError("usage", "`provider` of `fake` needs the release of Faker", f'say `faker: "{installed}"`')
    if str(release) != installed:
        message = "the profile's fakes come from another release of Faker than is installed"
        hint = f'install that release, or accept other fakes: `faker: "{installed}"`'
        raise GateError("drift", message, hint)
    if not isinstance(provider, str) or not _NAME.match(provider):
        raise UsageError("usage", "`provider` of `fake` is no name of a Faker provider", "such as `color_name`")
    generators = [_generator(locale), _generator(locale)]
    owner = next((each for each in generators[0].get_providers() if hasattr(each, provider)), None)
    method = getattr(owner, provider, None)
    if owner is None or not inspect.ismethod(method):
        hint = "see Faker's list; dates are for `shift_date`, and providers that read the clock are left out"
        raise UsageError("usage", "there is no such `provider` of Faker", hint)
    if any(_CLOCK.search(inspect.getsource(kind)) for kind in type(owner).__mro__[:-1] if provider in vars(kind)):
        raise UsageError("usage", "this `provider` reads the clock", "use `shift_date` or `generalize` for dates")
    for seed in range(_PROBES):
        if _one(generators[0], provider, seed) != _one(generators[1], provider, seed):
            raise UsageError("usage", "this `provider` does not repeat itself", "use another one")


def draw(provider: str, locale: str, seeds: npt.NDArray[np.uint64]) -> list[str]:
    """A value for each seed, shape (n, 2) words; equal seeds give equal values."""
    generator = _generator(locale)
    drawn: dict[bytes, str] = {}
    texts = []
    for row in seeds.astype(">u8"):
        seed = row.tobytes()
        if seed not in drawn:
            drawn[seed] = _one(generator, provider, int.from_bytes(seed))
        texts.append(drawn[seed])
    return texts


def _installed() -> str:
    try:
        return importlib.metadata.version("faker")
    except importlib.metadata.PackageNotFoundError:
        message = "`provider` of `fake` needs the Faker package"
        raise UsageError("usage", message, "`pip install faker`, or leave `provider` out") from None


def _generator(locale: str) -> "Generator":
    """A generator of its own, without the providers of dates: most of them read the clock."""
    from faker import Factory
    from faker.config import AVAILABLE_LOCALES, PROVIDERS

    if locale not in AVAILABLE_LOCALES:
        raise UsageError("usage", "Faker has no such `locale`", "one such as en_US or de_DE")
    return Factory.create(locale, providers=[name for name in PROVIDERS if not name.endswith(".date_time")])


def _one(generator: "Generator", provider: str, seed: int) -> str:
    generator.seed_instance(seed)
    try:
        value = getattr(generator, provider)()
    except Exception:  # whatever a foreign provider raises; its text may hold anything
        message = "this `provider` of Faker fails by itself: it needs arguments, the clock or another package"
        raise UsageError("usage", message, "use another one") from None
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float | Decimal) or value == "":
        raise UsageError("usage", "this `provider` of Faker gives no single text or number", "use another one")
    return str(value)
