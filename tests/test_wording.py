"""What masker makes is pseudonymised personal data: no text of its own calls it anything more."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLACES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs",
    "masker",
    "profiles",
    "changelog.d",
    "sample_data",
    "tools",
    "pyproject.toml",
)
ENDINGS = {".md", ".py", ".yaml", ".html", ".toml", ".sh", ".json", ".txt"}
WORD = re.compile(r"anonym(?!ity\b)", re.IGNORECASE)
# What is said to be false, what other tools are called, and a header that people give to columns of visitor ids.
TRUE = re.compile(
    r"pseudonym|\bnot anonymous|never calls a copy anonymous|^\*anonymous, anonymised, GDPR-compliant"
    r"|never \"anonymous\"|\"Prefix-Preserving IP Address Anonymization"
    r"|pycanon|\"anonymous id\"|\bmyanon\b|[kl]-anonym",
    re.IGNORECASE,
)


def lines() -> Iterator[tuple[str, int, str]]:
    for place in PLACES:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() and file.suffix in ENDINGS and "words" not in file.relative_to(ROOT).parts:
                for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
                    yield file.relative_to(ROOT).as_posix(), number, line


def claims(line: str) -> bool:
    """Whether a line has the word where it is not one of those that are true."""
    return bool(WORD.search(TRUE.sub("", line)))


@pytest.mark.parametrize("line", ["an anonymous copy", "Anonymised data", "pseudonymised and anonymized"])
def test_a_claim_is_found(line: str) -> None:
    assert claims(line)


@pytest.mark.parametrize("line", ["pseudonymised personal data, not anonymous data", "k-anonymity", "Pseudonyms"])
def test_what_is_true_is_no_claim(line: str) -> None:
    assert not claims(line)


def test_no_text_says_that_a_copy_is_anonymous() -> None:
    assert [f"{file}:{number}: {line.strip()}" for file, number, line in lines() if claims(line)] == []
