"""Packages that share their name with a function of the Python API: `masker.scan` and `masker.verify`.

Python puts a package into its parent under its name as soon as anything imports it, over the function of that name.
So the package itself can be called, and does what the function does.
"""

import importlib
import sys
from types import ModuleType


class CallablePackage(ModuleType):
    """A package that is called like the function of its name in `masker.api`."""

    def __call__(self, *args: object, **options: object) -> object:
        """Call the function of the API."""
        # By name: the API is the uppermost layer, and nothing below may import it.
        function = getattr(importlib.import_module("masker.api"), self.__name__.rpartition(".")[2])
        return function(*args, **options)


def make_callable(package: str) -> None:
    """Let the package of this full name be called; it must be in the middle of its import, or imported."""
    sys.modules[package].__class__ = CallablePackage
