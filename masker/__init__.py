"""masker: copies of production data that are safe to test on.

`mask`, `scan` and `verify` are the commands of the same name; `mask_frame` masks a pandas frame (or anything with the
Arrow C stream) in memory. Nothing heavy is imported before one of them is used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from masker.api import mask, mask_frame, scan, verify

__version__ = "0.1.0"
__all__ = ["mask", "mask_frame", "scan", "verify"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from masker import api

        return getattr(api, name)
    raise AttributeError(f"module masker has no attribute {name}")
