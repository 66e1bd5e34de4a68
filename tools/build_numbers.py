"""Learns how the numbers of python-stdnum are built, and freezes it in masker/methods/fpe/numbers.json.

Run once per version of masking: `python tools/build_numbers.py`. For each module and each shape (`9` a digit, `A` a
letter) of the valid numbers in its documentation it finds, by trying: which characters follow from the others (`at`,
and the function of the module that tells them, where there is one), which characters each other place may hold
(`sets`), and which places have to stay as they are, since few of their values are in use. The frozen file is the
contract, not this script.
"""

import inspect
import json
import pkgutil
import random
import re
import sys
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from types import ModuleType

import stdnum

from masker.methods.fpe.registers import CLASSES, LEAST_DENSITY, Build, check_module

OUT = Path(__file__).parent.parent / "masker" / "methods" / "fpe" / "numbers.json"
LEFT_OUT = {
    **dict.fromkeys(("iban", "luhn", "ean"), "`fpe` has a check of that name"),
    "mac": "no number of a register",
    "bitcoin": "case counts",
}
ENOUGH = 0.25
"""The share of changed numbers that a choice of check places has to complete to be taken at once."""
LARGEST = 1 << 63


class Numbers:
    """The numbers of one module and shape, asked by its own `is_valid`."""

    def __init__(self, module: ModuleType, shape: str, samples: list[str]) -> None:
        self.module, self.shape, self.samples = module, shape, samples
        self.random = random.Random(f"{module.__name__} {shape}")
        self.at: tuple[int, ...] = ()
        self.call: tuple[str, str] | None = None
        self.sets: list[str] = []

    def valid(self, number: str) -> bool:
        try:
            return bool(self.module.is_valid(number))
        except Exception:  # stdnum raises KeyError and the like at odd input
            return False

    def completed(self, number: str, at: tuple[int, ...]) -> list[str]:
        """All valid numbers that differ from this one in these places only."""
        found = []
        for letters in product(*(reversed(CLASSES[self.shape[place]]) for place in at)):
            tried = with_letters(number, at, letters)
            if self.valid(tried):
                found.append(tried)
                if len(found) > 1:
                    break
        return found

    def mutated(self, number: str, count: int, free: list[int]) -> str:
        for place in self.random.sample(free, min(count, len(free))):
            others = CLASSES[self.shape[place]].replace(number[place], "")
            number = with_letters(number, (place,), (self.random.choice(others),))
        return number

    def find_check(self) -> bool:
        """Choose the places that follow from the others; False where no choice does."""
        length, best = len(self.shape), 0.0
        ends = [(), (length - 1,), (length - 2, length - 1), (0,), (0, 1), (2, 3)]
        singles = [(place,) for place in range(1, length - 1)]
        for at in [*ends, *singles, *combinations(range(max(0, length - 4), length), 2)]:
            share = self.share(at)
            if share > best:
                self.at, best = at, share
            if best >= (ENOUGH if at else 0.5):
                break
        return best > 0.02

    def share(self, at: tuple[int, ...]) -> float:
        """How many changed numbers have exactly one completion; 0 where one has two."""
        free = [place for place in range(len(self.shape)) if place not in at]
        if any(len(self.completed(sample, at)) != 1 for sample in self.samples):
            return 0.0
        hits = 0
        for turn in range(48):
            number = self.mutated(self.samples[turn % len(self.samples)], 1, free)
            found = len(self.completed(number, at))
            if found > 1:
                return 0.0
            hits += found
        return hits / 48

    def find_call(self) -> None:
        """The function of the module that tells the check characters of all samples, and what it is given."""
        for name in dir(self.module):
            if not name.lstrip("_").startswith("calc_check") or not self.at:
                continue
            for given in ("rest", "whole", "zeros"):
                if all(self.told(sample, name, given) == letters_at(sample, self.at) for sample in self.samples):
                    self.call = (name, given)
                    return

    def told(self, number: str, name: str, given: str) -> str:
        try:
            return str(getattr(self.module, name)(argument(number, self.at, given)))
        except Exception:  # another function than it looks
            return ""

    def explore(self) -> None:
        """Collect what the places may hold, from changed samples that could be completed."""
        free = [place for place in range(len(self.shape)) if place not in self.at]
        pool = list(self.samples)
        held = [set() for _ in self.shape]  # type: list[set[str]]
        for sample in self.samples:
            for place, letter in enumerate(sample):
                held[place].add(letter)
        for place in free:
            for letter in CLASSES[self.shape[place]]:
                for sample in self.samples[:3]:
                    self._take(with_letters(sample, (place,), (letter,)), held, pool)
        for _ in range(900):
            number = self.mutated(self.random.choice(pool), self.random.choice((1, 2, 2, 3)), free)
            self._take(number, held, pool)
        self.sets = ["".join(sorted(each)) for each in held]

    def _take(self, number: str, held: list[set[str]], pool: list[str]) -> None:
        for found in self.completed(number, self.at)[:1]:
            for place, letter in enumerate(found):
                held[place].add(letter)
            if len(pool) < 200:
                pool.append(found)

    def density(self) -> float:
        """The share of the numbers within the sets that can be completed."""
        hits = 0
        for turn in range(240):
            number = list(self.samples[turn % len(self.samples)])
            for place, letters in enumerate(self.sets):
                if len(letters) > 1 and place not in self.at:
                    number[place] = self.random.choice(letters)
            hits += bool(self.completed("".join(number), self.at))
        return hits / 240

    def thin_out(self) -> float:
        """Fix the most fragile places until enough numbers can be completed; the density that is left."""
        rates: dict[int, float] = {}
        free = [place for place in range(len(self.shape)) if place not in self.at]
        for place in free:
            tried = [
                with_letters(sample, (place,), (letter,))
                for sample in self.samples[:6]
                for letter in self.sets[place]
                if letter != sample[place]
            ]
            good = sum(bool(self.completed(number, self.at)) for number in tried)
            rates[place] = good / len(tried) if tried else 0.0
        density = self.density()
        for place in sorted(free, key=lambda each: rates[each]):
            if density >= LEAST_DENSITY and self.size() <= LARGEST:
                break
            self.sets[place] = ""
            density = self.density()
        return density

    def size(self) -> int:
        count = 1
        for place, letters in enumerate(self.sets):
            count *= len(letters) if len(letters) > 1 and place not in self.at else 1
        return count

    def learned(self) -> dict[str, object] | None:
        if not self.find_check():
            return None
        self.find_call()
        self.explore()
        density = self.thin_out()
        sets = ["" if place in self.at or len(letters) < 2 else letters for place, letters in enumerate(self.sets)]
        if density < LEAST_DENSITY or self.size() < 2:
            return None
        built = Build(self.module.__name__.removeprefix("stdnum."), self.shape, self.at, tuple(sets), self.call)
        if any(built.completed(sample) != sample for sample in self.samples):
            return None
        found: dict[str, object] = {"at": list(self.at), "sets": sets}
        return found | ({"call": list(self.call)} if self.call else {})


def with_letters(number: str, at: tuple[int, ...], letters: tuple[str, ...]) -> str:
    out = list(number)
    for place, letter in zip(at, letters, strict=True):
        out[place] = letter
    return "".join(out)


def letters_at(number: str, at: tuple[int, ...]) -> str:
    return "".join(number[place] for place in at)


def argument(number: str, at: tuple[int, ...], given: str) -> str:
    """What a function that tells check characters is given: the other characters, all, or zeros in their place."""
    if given == "rest":
        return "".join(letter for place, letter in enumerate(number) if place not in at)
    return number if given == "whole" else with_letters(number, at, ("0",) * len(at))


def modules() -> Iterator[tuple[str, ModuleType]]:
    for found in pkgutil.walk_packages(stdnum.__path__, "stdnum."):
        name = found.name.removeprefix("stdnum.")
        if not found.ispkg and name.rpartition(".")[2] not in LEFT_OUT and not name.startswith("iso7064"):
            module = check_module(name)
            if hasattr(module, "is_valid") and list(inspect.signature(module.validate).parameters)[1:2] != ["table"]:
                yield name, module


def samples_of(module: ModuleType) -> dict[str, list[str]]:
    """The valid numbers in a module's documentation, letters and digits alone, by shape."""
    found: dict[str, list[str]] = {}
    for quoted in re.findall(r"'([^'\n]{3,40})'|\"([^\"\n]{3,40})\"", module.__doc__ or ""):
        number = "".join(letter for letter in "".join(quoted).upper() if letter.isalnum())
        if number.isascii() and Numbers(module, "", []).valid(number):
            shape = re.sub("[A-Z]", "A", re.sub("[0-9]", "9", number))
            if number not in found.setdefault(shape, []):
                found[shape].append(number)
    return found


def main() -> None:
    learned: dict[str, dict[str, object]] = {}
    for name, module in modules():
        for shape, samples in samples_of(module).items():
            if (numbers := Numbers(module, shape, samples).learned()) is not None:
                learned.setdefault(name, {})[shape] = numbers
        if name not in learned:
            print(f"nothing learned of {name}", file=sys.stderr)
    lines = [f' "{name}": {json.dumps(shapes)}' for name, shapes in sorted(learned.items())]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(learned)} modules")


if __name__ == "__main__":
    main()
