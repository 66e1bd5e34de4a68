"""The guide shows the example as it is, and tells of every key and of every warning that there is."""

import inspect
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from masker.agreement import lint
from masker.agreement.file import AgreementFile, RecipientRule
from masker.agreement.load import load_agreement

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "agreements.md").read_text(encoding="utf-8")
EXAMPLE = DOCS / "examples" / "agreement.yaml"


def keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def test_the_guide_shows_the_example_as_it_is() -> None:
    assert f"```yaml\n{EXAMPLE.read_text(encoding='utf-8')}```\n" in GUIDE


def test_the_example_loads_with_every_part_in_use() -> None:
    agreement = load_agreement(str(EXAMPLE))
    assert agreement.notices
    assert [each.others for each in agreement.exclude] == [False, True]
    assert agreement.terms("subcontractor:northwind").own_pseudonyms


@pytest.mark.parametrize("key", sorted({*keys(AgreementFile), *keys(RecipientRule)}))
def test_the_guide_tells_of_every_key(key: str) -> None:
    assert re.search(rf"\b{key}\b", GUIDE)


@pytest.mark.parametrize("code", re.findall(r'Concern\("([a-z-]+)"', inspect.getsource(lint)))
def test_the_guide_tells_of_every_warning(code: str) -> None:
    assert f"`{code}`" in GUIDE
