"""A good agreement file as text, for tests to change a line of."""

from pathlib import Path

from masker.agreement import Agreement
from masker.agreement.load import load_agreement

GOOD = """masker-agreement: 1
customer: acme
reference: MSA-1
policy: {name: data policy, version: "3"}
valid: {from: 2026-01-01, until: 2027-12-31}
purposes:
  test-patch: 14d
  test-system: {longest: P60D}
recipients:
  staff: {}
  subcontractor:northwind: {purposes: [test-patch]}
"""


def written(folder: Path, text: str = GOOD) -> Path:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str = GOOD) -> Agreement:
    return load_agreement(str(written(folder, text)))
