"""Finds extensions by themselves: a package's own modules first, then entry points of the same name.

A new file in `masker/methods/` is a new method; nothing is listed by hand, nothing is imported before it is asked for.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from masker.errors import UsageError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """The extensions of one kind by name: `Registry("method", "masker.methods", "METHOD")["fake"]`.

    `kind` is the word that errors use, `package` holds one module per extension, `attribute` is what each module
    exports. Installed packages add more through entry points of the group `package`. Modules whose name starts with
    an underscore are not extensions. An unknown name raises `UsageError` (code `unknown-name`) with a near match.
    """

    def __init__(self, kind: str, package: str, attribute: str) -> None:
        self.kind, self.package, self.attribute = kind, package, attribute

    @cached_property
    def _own(self) -> tuple[str, ...]:
        paths = importlib.import_module(self.package).__path__
        return tuple(sorted(m.name for m in pkgutil.iter_modules(paths) if not m.name.startswith("_")))

    @cached_property
    def _foreign(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.package) if point.name not in self._own}

    @cached_property
    def _loaded(self) -> dict[str, T]:
        return {}

    def __getitem__(self, name: str) -> T:
        if name in self._loaded:
            return self._loaded[name]
        if name in self._own:
            extension: T = getattr(importlib.import_module(f"{self.package}.{name}"), self.attribute)
        elif name in self._foreign:
            extension = self._foreign[name].load()
        else:
            near = difflib.get_close_matches(str(name), list(self), n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(self)}"
            raise UsageError("unknown-name", f"there is no {self.kind} of that name", hint)
        self._loaded[name] = extension
        return extension

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._foreign

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._own, *self._foreign}))

    def __len__(self) -> int:
        return len({*self._own, *self._foreign})
