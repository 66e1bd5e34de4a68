"""The functions of the Python API stay callable, whichever packages of the same name were imported before."""

import importlib
import subprocess
import sys

import pytest

import masker
from masker.errors import InputError


@pytest.mark.parametrize("name", ["scan", "verify"])
def test_a_package_of_the_functions_name_is_called_like_it(name: str) -> None:
    importlib.import_module(f"masker.{name}")
    with pytest.raises(InputError):
        getattr(masker, name)("no/such/place.csv")


def test_the_functions_come_before_any_package_is_imported() -> None:
    program = "import masker, sys; print(masker.verify.__name__, masker.scan.__name__, 'masker.run' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["verify", "scan", "False"]
