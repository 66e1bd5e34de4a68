"""`fpe` with a module of python-stdnum as its `check`: every register's own check accepts every pseudonym."""

import importlib
import pkgutil

import pytest
import stdnum

from masker.errors import UsageError
from masker.methods.fpe import Fpe
from masker.methods.fpe.registers import Build, builds, check_module
from tests.methods.support import keys_of, text
from tools.build_numbers import samples_of

KEYS, OTHER = keys_of("a"), keys_of("b")
EVERY = [build for shapes in builds().values() for build in shapes.values()]


def numbers_of(build: Build) -> list[str]:
    """The documentation's numbers of a shape, and more that are made of them under another key."""
    known = samples_of(check_module(build.module))[build.shape]
    more = list(known)
    for _ in range(3):
        masked = Fpe(check=build.module)(OTHER, text(more)).to_pylist()
        more = list(dict.fromkeys([*more, *(each for each in masked if each is not None)]))[:12]
    return more


@pytest.mark.parametrize("build", EVERY, ids=lambda build: f"{build.module}-{build.shape}")
def test_the_register_s_check_accepts_what_its_numbers_become_and_the_key_leads_back(build: Build) -> None:
    numbers = numbers_of(build)
    method = Fpe(check=build.module)
    masked = method(KEYS, text(numbers))
    own = importlib.import_module(f"stdnum.{build.module}")
    assert masked.null_count == 0
    assert all(own.is_valid(number) for number in masked.to_pylist())
    assert len(set(masked.to_pylist())) == len(numbers)
    assert [len(number) for number in masked.to_pylist()] == [len(number) for number in numbers]
    assert method.unmask(KEYS, masked).to_pylist() == numbers
    if build.size > 10**6:
        assert not {*numbers} & {*masked.to_pylist()}


def test_every_module_that_can_be_computed_is_there() -> None:
    """A new module of python-stdnum does not fail this: the list is frozen with masking v1."""
    names = {each.name.removeprefix("stdnum.") for each in pkgutil.walk_packages(stdnum.__path__, "stdnum.")}
    assert set(builds()) <= names
    assert len(builds()) >= 220


@pytest.mark.parametrize("infotype", ["national_id", "tax_id", "bank_account"])
def test_every_kind_that_the_scan_checks_by_stdnum_can_be_masked(infotype: str) -> None:
    import tomllib
    from importlib.resources import files

    lines = tomllib.loads((files(f"masker.infotypes.{infotype}") / "stdnum.toml").read_text(encoding="utf-8"))["kind"]
    assert {line["module"] for line in lines} - set(builds()) <= {"cz.bankaccount", "mu.nid"}


def test_a_number_with_a_wrong_check_digit_is_not_read() -> None:
    assert Fpe(check="br.cpf")(KEYS, text(["39053344706", "n/a", "", None])).to_pylist() == [None, None, "", None]


def test_writings_of_a_number_agree() -> None:
    masked = Fpe(check="br.cpf")(KEYS, text(["390.533.447-05", "39053344705"])).to_pylist()
    assert masked[0].replace(".", "").replace("-", "") == masked[1]
    lower = Fpe(check="es.dni")(KEYS, text(["54362315-K", "54362315k"])).to_pylist()
    assert lower[1] == lower[0].replace("-", "").lower()


def test_no_date_of_birth_shines_through() -> None:
    """The year of a PESEL stands in its first two digits."""
    years = {number[:2] for number in Fpe(check="pl.pesel")(KEYS, text(PESELS)).to_pylist()}
    assert len(years) > len(PESELS) // 2


def test_the_day_of_the_run_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registers that refuse births in the future do so by a fixed day."""
    for name in ("dk.cpr", "se.personnummer", "no.fodselsnummer", "kr.rrn", "za.idnr", "be.nn", "be.bis"):
        module = check_module(name)
        clock = vars(module).get("datetime") or vars(module)["nn"].datetime
        assert clock.date.today().year == 2025


def test_an_unknown_register_is_refused_with_a_near_one() -> None:
    with pytest.raises(UsageError) as caught:
        Fpe(check="br.cfp")
    assert "`br.cpf`" in caught.value.hint
    with pytest.raises(UsageError):
        Fpe(check="br.cpf", keep_prefix=3)


def made(front: str) -> str:
    module = check_module("pl.pesel")
    return front + str(module.calc_check_digit(front))


PESELS = [made(f"8401{day:02d}{serial:04d}") for day in range(1, 29) for serial in (1111, 2222)]
