"""The published vectors of masking v1: under one synthetic root key every example of every method gives these bytes.

`python -m tests.methods.test_vectors` writes the files that are missing; one that is there is never changed.
"""

import hashlib
import importlib
import json
from dataclasses import asdict, fields
from pathlib import Path

import pyarrow as pa
import pytest

from masker.crypto.keys import Keyring
from masker.methods import METHODS

FOLDER = Path(__file__).parents[1] / "vectors" / "v1"
ROOT = hashlib.sha256(b"masker v1 test vectors: a synthetic root key").digest()
RING = {"customer": "vectors", "purpose": "test-patch"}
DOMAIN, SUBJECT = "vector-domain", "customer"


def run(name: str) -> list[dict[str, object]]:
    keys = Keyring(ROOT, **RING).keys(DOMAIN, SUBJECT)
    cases = []
    for example in importlib.import_module(METHODS[name].__module__).EXAMPLES:
        values = [*example.values, *example.unreadable, "", None]
        column = pa.array(values, pa.string())
        by = pa.array([index % 3 + 1 for index in range(len(values))], pa.int64())
        cases.append(
            {
                "parameters": asdict(example.method),
                "values": values,
                "masked": example.method(keys, column).to_pylist(),
                "masked_by_subject": example.method(keys, column, by).to_pylist(),
            }
        )
    return cases


def path_of(name: str) -> Path:
    return FOLDER / f"methods_{name}.json"


@pytest.mark.parametrize("name", list(METHODS))
def test_a_method_gives_its_published_vectors(name: str) -> None:
    published = json.loads(path_of(name).read_text(encoding="utf-8"))
    cases = json.loads(json.dumps(run(name)))[: len(published["cases"])]
    defaults = {field.name: field.default for field in fields(METHODS[name])}
    for case, known in zip(cases, published["cases"], strict=True):
        # A parameter that came later changes nothing while it is not said.
        case["parameters"] = {
            key: value
            for key, value in case["parameters"].items()
            if key in known["parameters"] or value != defaults[key]
        }
    assert cases == published["cases"]


def write_missing() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in METHODS:
        if not path_of(name).exists():
            head = {"root": ROOT.hex(), **RING, "domain": DOMAIN, "subject": SUBJECT, "subject_keys": "row % 3 + 1"}
            body = json.dumps({**head, "cases": run(name)}, ensure_ascii=False, indent=1)
            path_of(name).write_text(body + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_missing()
