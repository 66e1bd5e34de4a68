"""What every test shares: no time limit on single examples, since a loaded machine is no defect, and a ledger apart."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("masker", deadline=None)
settings.load_profile("masker")

_numbers = count()


@pytest.fixture(scope="session", autouse=True)
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test, nor a process that one starts, writes into the ledger of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("ledgers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASKER_LEDGER", str(folder / "session" / "ledger.db"))
        yield folder


@pytest.fixture(autouse=True)
def own_ledger(ledgers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests have signing keys of their own, and so a ledger each."""
    monkeypatch.setenv("MASKER_LEDGER", str(ledgers / f"{os.getpid()}-{next(_numbers)}" / "ledger.db"))
