"""Logistic regression of the answers on the weights, held to the weights that people chose (a Gaussian prior)."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tools.scan_fit.judging import Example

SPREAD = 1.0
"""How far a weight may stray from the chosen one, as a standard deviation in log-odds."""

_ROUNDS, _ENOUGH = 30, 1e-6
Floats = npt.NDArray[np.float64]


def fit(examples: Sequence[Example], chosen: Mapping[str, float], *, spread: float = SPREAD) -> dict[str, float]:
    """The weights of highest posterior probability (Newton's method), by name; those that no example has stay.

    A column that stands in several files of its set counts once, as do its questions together.
    """
    names = sorted({name for example in examples for name in example.parts})
    place = {name: i for i, name in enumerate(names)}
    start = np.array([chosen[name] for name in names])
    matrix = np.zeros((len(examples), len(names)))
    for row, example in enumerate(examples):
        for name, amount in example.parts.items():
            matrix[row, place[name]] += amount
    answers = np.array([example.answer for example in examples], dtype=np.float64)
    times = Counter((example.column, frozenset(example.parts)) for example in examples)
    counts = np.array([1 / times[example.column, frozenset(example.parts)] for example in examples])
    found = start.copy()
    precision = np.eye(len(names)) / spread**2
    for _ in range(_ROUNDS):
        odds = _chances(matrix @ found)
        slope = matrix.T @ (counts * (odds - answers)) + precision @ (found - start)
        curve = (matrix * (counts * odds * (1 - odds))[:, None]).T @ matrix + precision
        step = np.linalg.solve(curve, slope)
        found -= step
        if float(np.abs(step).max(initial=0.0)) < _ENOUGH:
            break
    return {name: round(float(value), 2) for name, value in zip(names, found, strict=True)}


def _chances(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), dtype=np.float64)
