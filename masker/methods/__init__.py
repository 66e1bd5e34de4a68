"""Methods: how a column is masked. One file each, all of one shape, found by the registry.

The one rule: a method is a pure function (keys, column, by, given) → column. No clock, no randomness, no locale of
the machine, no I/O; nothing measured on a snapshot may change a result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, runtime_checkable

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, booleans, flags, is_text, like
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
    back (`columns.as_text`, `columns.like`); `takes` says which Arrow types a method takes as they are. A method of
    `any` type that cannot mask a type at all raises `GateError` (code `does-not-fit`).
    """

    name: ClassVar[str]
    deterministic: ClassVar[bool]
    injective: ClassVar[bool]
    """Whether different originals never share a pseudonym, save within the collision bound rows²/(2·`space`)."""
    reversible: ClassVar[bool]
    keeps_format: ClassVar[bool]
    iso20889: ClassVar[Iso20889]
    changes: ClassVar[bool]
    """Whether a masked value differs from its original but by chance."""
    takes: ClassVar[Literal["text", "any"]]
    """`text`: the caller renders every column as canonical text first; `any`: Arrow columns of any type as they are."""

    by_subject: ClassVar[Literal["always", "infotype", "never"]]
    """Whether the method reads `by`: always, where the infotype is shared by a person's rows, or never."""

    @property
    def space(self) -> float | None:
        """How many outputs are equally likely for one value, at least; None: an output never equals its original.

        The chance that a masked cell equals its original is 1/`space`; 1.0 says that equality tells nothing (a
        constant), because the output does not depend on the value.
        """
        ...

    @property
    def widest(self) -> int | None:
        """How many characters a masked value has at most; None: as many as its original, or none."""
        ...

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column; `by` says whose each value is, `given` holds other columns of the row by role."""
        ...


@runtime_checkable
class Reversible(Method, Protocol):
    """A method whose pseudonyms the key turns back: `reversible`, and not `keep`, which leaves nothing to turn back."""

    @property
    def recorded(self) -> Mapping[str, object] | None:
        """Its parameters as the manifest may carry them: all that turning back needs beside the key.

        None where a parameter holds what may be data (ids that an owner listed): such a column is not turned back.
        """
        ...

    def unmask(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Turn a masked column back, n rows of the same type; the inverse of calling the method, style included.

        A NULL where the input had a value says: this is no output of this method under these keys, or its original
        cannot be told. What comes back is an original that masks to the very value that was given. Raises `GateError`
        (`does-not-fit`) for a type that does not hold every output exactly.
        """
        ...


def turned_back(method: Method, keys: Keys, column: pa.Array) -> pa.Array:
    """Unmask by masking under `keys.turned()`, for methods made of keyed permutations alone.

    NULL where masking again does not give the very value back, so that nothing is guessed.
    """
    masked = as_text(column) if is_text(column.type) else column
    original = method(keys.turned(), masked)
    same = flags(pc.equal(as_text(method(keys, original)), as_text(masked)))
    if not same.all():
        original = pc.if_else(booleans(same), original, pa.nulls(len(masked), masked.type))
    return like(original, column.type)


@dataclass(frozen=True)
class Example:
    """A method with parameters as a profile may set them, and synthetic values for it: for tests and reference pages.

    `values` can be read by the method, `unreadable` cannot. A method's module exports `EXAMPLES`, a tuple of these.
    """

    method: Method
    values: tuple[str, ...]
    unreadable: tuple[str, ...] = ()


METHODS: Registry[type[Method]] = Registry("method", "masker.methods", "METHOD")
