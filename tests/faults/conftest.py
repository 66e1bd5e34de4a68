"""The fault suite: faults, kills, limits, mutations. `make faults` runs its long form (MASKER_FAULTS=long)."""

import pytest

from tests.faults.runs import SEED, faulty_lab, lab, zygote

__all__ = ["faulty_lab", "lab", "zygote"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults/" in item.nodeid:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.faults)


def pytest_report_header() -> str:
    return f"fault suite: MASKER_FAULTS_SEED={SEED}"
