"""Keys that everybody knows do not mask anybody's data."""

import base64
import json
from pathlib import Path

import pytest

from masker.crypto.published import is_published
from masker.crypto.root import load_root
from masker.errors import KeyUnusable
from tests.crypto.vectors import FOLDER
from tools.published_keys import QUOTED, TARGET, digests, keys_in

VECTORS = Path(__file__).parents[1] / "vectors" / "v1"
OWN = sorted({key for file in VECTORS.glob("*.json") for key in keys_in(json.loads(file.read_text("utf-8")))})


@pytest.mark.parametrize("key", [*QUOTED, *OWN])
def test_a_published_key_is_refused_as_a_root_key(key: str) -> None:
    with pytest.raises(KeyUnusable):
        load_root(None, {"MASKER_KEY": base64.b64encode(bytes.fromhex(key)).decode()})


@pytest.mark.parametrize("start", [0, 1, 200])
@pytest.mark.parametrize("step", [-1, 1, 3, 17])
def test_a_counting_sequence_is_refused(start: int, step: int) -> None:
    key = bytes((start + step * place) % 256 for place in range(32))
    with pytest.raises(KeyUnusable):
        load_root(None, {"MASKER_KEY": base64.b64encode(key).decode()})


def test_our_own_vectors_have_keys() -> None:
    assert len(OWN) >= 2


def test_every_key_of_the_public_vectors_is_known() -> None:
    if not FOLDER.is_dir():
        pytest.skip("public vectors are not beside the project")
    listed = {line for line in TARGET.read_text("ascii").splitlines() if not line.startswith("#")}
    assert listed == digests(FOLDER)
    assert len(listed) > 300


def test_a_random_key_is_not_taken_for_one() -> None:
    import os

    assert not any(is_published(os.urandom(32)) for _ in range(1000))
