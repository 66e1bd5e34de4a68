"""How often chance passes each check: measured on random values, against what the kind documents of itself."""

import random
import re

import pytest

from masker.infotypes import INFOTYPES
from masker.infotypes._kinds import CLASS_A, CLASS_B, Kind

DRAWN = 2500
DIGITS, CAPITALS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS = {"#": DIGITS, "@": CAPITALS, "?": DIGITS + CAPITALS}
KINDS = [(name, kind) for name in INFOTYPES for kind in INFOTYPES[name].kinds]
# Infotypes without kinds: shapes of random values, as many as their patterns have.
SHAPES = {
    "iban": ["DE####################", "GB##@@@@##############", "@@##??????????????"],
    "ip_address": ["#.#.#####.#####", "###.###.###.###", "??:??:??:??"],
    "mac_address": ["????????????", "??:??:??:??:??:??"],
    "email": ["????????????", "????????@???", "@@@@ @@@@ @@@@"],
    "url": ["????????????", "???.??????.???", "@@@@://"],
    "user_agent": ["????????????", "##/##/####", "@@@@@ @@@@@@"],
    "first_name": ["@@@@", "@@@@@@@"],
    "last_name": ["@@@@@", "@@@@@@@@"],
    "person_name": ["@@@@ @@@@@@", "@@@@@@@ @@@@", "@. @@@@@@"],
}
LISTED = [name for name in INFOTYPES if INFOTYPES[name].validate and not INFOTYPES[name].kinds]


def drawn(shape: str, seed: str) -> list[str]:
    dice = random.Random(seed)
    return ["".join(dice.choice(LETTERS[c]) if c in LETTERS else c for c in shape) for _ in range(DRAWN)]


def bound(accident: float) -> float:
    """Four standard errors above the documented share, and one accident that is always allowed."""
    return accident + 4 * (accident / DRAWN) ** 0.5 + 1.5 / DRAWN


@pytest.mark.parametrize(("infotype", "kind"), KINDS, ids=[f"{name}.{kind.name}" for name, kind in KINDS])
def test_chance_passes_a_kind_no_oftener_than_documented(infotype: str, kind: Kind) -> None:
    passed = sum(map(kind.accepts, drawn(kind.shape, kind.name))) / DRAWN
    assert passed <= bound(kind.accident)


@pytest.mark.parametrize(("infotype", "kind"), KINDS, ids=[f"{name}.{kind.name}" for name, kind in KINDS])
def test_a_kind_is_of_the_class_that_its_accidents_make_it(infotype: str, kind: Kind) -> None:
    passed = sum(map(kind.accepts, drawn(kind.shape, kind.name))) / DRAWN
    if kind.letter == "A":
        assert passed <= bound(CLASS_A)
    elif kind.letter == "B" and not kind.telling:
        assert passed <= bound(CLASS_B)


@pytest.mark.parametrize("name", SHAPES)
def test_chance_passes_a_check_no_oftener_than_documented(name: str) -> None:
    infotype = INFOTYPES[name]
    for shape in SHAPES[name]:
        values = drawn(shape, name)
        assert infotype.pattern
        passed = [
            v for v in values if re.fullmatch(infotype.pattern, v) and (not infotype.validate or infotype.validate(v))
        ]
        assert len(passed) / DRAWN <= bound(infotype.accident)


def test_every_check_that_decides_alone_is_measured() -> None:
    unmeasured = {name for name in LISTED if INFOTYPES[name].accident <= CLASS_B} - set(SHAPES)
    assert unmeasured == set()


@pytest.mark.parametrize(("infotype", "kind"), KINDS, ids=[f"{name}.{kind.name}" for name, kind in KINDS])
def test_a_kind_says_where_it_comes_from(infotype: str, kind: Kind) -> None:
    assert kind.title
    assert kind.sources or kind.letter == "C"


@pytest.mark.parametrize("name", sorted({name for name, _ in KINDS}))
def test_kinds_of_an_infotype_have_names_of_their_own(name: str) -> None:
    names = [kind.name for kind in INFOTYPES[name].kinds]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("odd", ["", " ", "\x00", "٣٤٥", "²", "0" * 400, "-" * 40, "Ａ１", "%s{}", "A" * 17, "9" * 18])
def test_no_odd_value_makes_a_kind_raise(odd: str) -> None:
    assert {kind.accepts(odd) for _, kind in KINDS} <= {True, False}
