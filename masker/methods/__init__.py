"""Methods: how a column is masked. One file each, all of one shape, found by the registry.

The one rule: a method is a pure function (keys, column, by, given) → column. No clock, no randomness, no locale of
the machine, no I/O; nothing measured on a snapshot may change a result.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal, Protocol

import pyarrow as pa

from masker.crypto.keys import Keys
from masker.registry import Registry

Iso20889 = Literal[
    "none",
    "pseudonymization",
    "cryptographic",
    "suppression",
    "masking",
    "generalization",
    "randomization",
    "synthetic",
]


class Method(Protocol):
    """A frozen dataclass whose fields are the method's parameters; `__post_init__` refuses bad ones with `UsageError`.

    Called with n rows it gives n rows of the same Arrow type, whatever the batch they come in. NULL stays NULL and ''
    stays ''. **A NULL where the input had a value says: this method cannot read this value**; the caller then applies
    the profile's `unreadable:` way. Text methods see text only: the caller renders other types canonically and casts
    back (`columns.as_text`, `columns.like`); `types` says which Arrow types a method takes as they are.
    """

    name: ClassVar[str]
    deterministic: ClassVar[bool]
    injective: ClassVar[bool]
    reversible: ClassVar[bool]
    keeps_format: ClassVar[bool]
    iso20889: ClassVar[Iso20889]
    changes: ClassVar[bool]
    """Whether a masked value differs from its original but by chance."""
    takes: ClassVar[Literal["text", "any"]]
    """`text`: the caller renders every column as canonical text first; `any`: Arrow columns of any type as they are."""

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array: ...


METHODS: Registry[type[Method]] = Registry("method", "masker.methods", "METHOD")
