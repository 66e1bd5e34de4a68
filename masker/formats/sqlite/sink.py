"""Writes a copy of an SQLite file: the masked dump goes into a fresh database, whose finished file goes to `out`."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from masker.formats import ORDER, Sink
from masker.formats.sqlite.facts import Facts
from masker.formats.sqlite.loading import Loading
from masker.formats.sqlite.order import Noted, Order
from masker.label import Label
from masker.snapshot import Part, Rows


class Feed:
    """What the sink of the dump writes to: each of its writes goes to the database in the making."""

    def __init__(self, loading: Loading) -> None:
        self._loading = loading

    def write(self, data: bytes | memoryview) -> int:
        """Take the dump's next bytes."""
        self._loading.feed(bytes(data))
        return len(data)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A part as the dump's sink rendered it; of rows, their table and what is to be noted of their keys."""

    dump: object
    table: str = ""
    noted: Noted | None = None


class SqliteSink:
    """Builds the file in `scratch` (None: in a folder of its own) and writes it to `out` when it is closed."""

    def __init__(self, scratch: Path | None, out: BinaryIO, file: str, facts: Facts, label: Label | None) -> None:
        self._cleanup = ExitStack()
        if scratch is None:
            scratch = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="masker-")))
        self._out, self._facts, self._label = out, facts, label
        self._order = Order(scratch / ORDER, facts.keys, facts.encoding)
        self._loading = Loading(scratch, file)
        self.feed = Feed(self._loading)
        self._counters: dict[str, int] = {}
        self._dump: Sink | None = None

    def over(self, dump: Sink) -> "SqliteSink":
        """Name the sink that renders the masked parts as a dump into `feed`."""
        self._dump = dump
        return self

    def prepare(self, part: Part) -> "Rendered":
        """Render a part of the dump, and see which keys its rows have now; pure."""
        if not isinstance(part, Rows):
            return Rendered(self._inner.prepare(part))
        return Rendered(self._inner.prepare(part), part.table, self._order.noted(part))

    def write(self, prepared: object) -> None:
        """Load what `prepare` gave; raises `GateError` where masked rows break a constraint of their table."""
        if not isinstance(prepared, Rendered):
            raise TypeError("write takes what prepare gave")
        table = prepared.table
        self._loading.table = table or self._loading.table
        self._inner.write(prepared.dump)
        if prepared.noted is not None:
            self._order.take(prepared.noted)
        elif table in self._facts.counters:
            self._counters[table] = self._facts.counters[table]

    def close(self) -> None:
        """Finish and check the database, write its file and remove what is left."""
        self._inner.close()
        facts = self._facts
        for block in self._loading.finish(self._label, facts.orphans, counters=self._counters, analyzed=facts.analyzed):
            self._out.write(block)
        self._loading.close()
        self._order.close()
        self._cleanup.close()

    @property
    def _inner(self) -> Sink:
        if self._dump is None:
            raise TypeError("the sink has no dump to load")
        return self._dump
