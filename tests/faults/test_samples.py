"""The fault suite covers what is registered: a sample of every format, each masked without a mark left."""

import pytest

from masker.formats import FORMATS
from tests.faults.canaries import STEM, files_with_marks, found_in, spellings
from tests.faults.runs import Lab, put
from tests.faults.samples import SAMPLES


def test_every_registered_format_has_a_sample() -> None:
    assert {sample.format for sample in SAMPLES.values()} == set(FORMATS)


@pytest.mark.promise("P1")
@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_is_masked_and_its_copy_holds_no_mark(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES[name])
    assert list(files_with_marks(made.folder / "in"))
    seen = made.mask(source)
    assert seen.exit == 0, seen.stderr.decode()
    assert made.whole_or_absent(source)


@pytest.mark.parametrize("spelling", spellings(STEM))
def test_the_search_finds_every_spelling(spelling: str) -> None:
    assert spelling in found_in(b"xx" + spellings(STEM)[spelling] + b"yy")
    assert "utf-8" in found_in(STEM.upper().encode())
    assert not found_in(b"nothing of the kind")
