"""What a run writes down of itself: the counts it kept on the way, and the manifest made of them."""

import hmac
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from masker import __version__
from masker.agreement import Agreement, Purpose
from masker.manifest import CopyColumn, CopyFile, CopyTable, Manifest, TableRisk
from masker.methods import Reversible
from masker.plan import ColumnPlan, Plan, TablePlan, collision_bound
from masker.plan.bind import Tally
from masker.plan.promise import promise_of
from masker.promises import ColumnPromise
from masker.selection import CopyRoot, Root, Where
from masker.verify.problems import Verification


@dataclass
class Counts:
    """Sums the tallies of a run: rows per table, NULLs and unreadable values per table and column; all of the copy.

    `excluded` counts the rows of each table that the agreement keeps out of it, `outside` those beside a subset,
    `read` the rows that were read so far, `remarks` the comments that were left out. `noticed` are sentences of what
    else a copy lacks.
    """

    rows: Counter[str] = field(default_factory=Counter)
    nulls: Counter[tuple[str, str]] = field(default_factory=Counter)
    unreadable: Counter[tuple[str, str]] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)
    remarks: int = 0
    read: Counter[str] = field(default_factory=Counter)
    noticed: list[str] = field(default_factory=list)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the copy lacks though nobody asked for that, in sentences."""
        remarks = [f"comments left out that no tool wrote: {self.remarks}"] if self.remarks else []
        return (*self.noticed, *remarks)

    def add(self, tally: Tally) -> None:
        """Take one tally in."""
        self.rows[tally.table] += tally.rows
        for column, count in tally.nulls.items():
            self.nulls[tally.table, column] += count
        for column, count in tally.unreadable.items():
            self.unreadable[tally.table, column] += count


def copy_id(key: bytes, plan: Plan, created: str, source: str) -> str:
    """The id of a copy: HMAC-SHA256 under `key` over plan digest, purpose, recipient, creation time and source name.

    128 bits in hex. Keyed, so that a source's name cannot be tried out against it.
    """
    parts = (plan.digest, plan.purpose, plan.recipient, created, source)
    encoded = [part.encode(errors="surrogateescape") for part in parts]  # a folder's name may be no UTF-8
    message = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
    return hmac.digest(key, message, "sha256")[:16].hex()


@dataclass(frozen=True)
class Facts:
    """What a run knows of itself beside its plan: times in RFC 3339, `file_of` maps each table to its file.

    `more_of` maps a table to further files with rows of it.
    """

    copy_id: str
    purpose: Purpose
    agreement: Agreement
    created: str
    expires: str
    operator: str
    reference: str
    key_id: str
    ephemeral: bool
    source: str
    is_folder: bool
    files: tuple[CopyFile, ...]
    file_of: Mapping[str, str]
    more_of: Mapping[str, tuple[str, ...]]
    roots: tuple[Root, ...] = ()


def write_down(
    plan: Plan, facts: Facts, counts: Counts, verification: Verification, risk: Mapping[str, TableRisk]
) -> Manifest:
    """The manifest of a run: what was done to every column and what the verification found; never a value."""
    subjects = sorted({table.subject for table in plan.tables} - {"none"})
    return Manifest(
        copy_id=facts.copy_id,
        purpose=plan.purpose,
        purpose_text=facts.purpose.text,
        purpose_terms=(facts.purpose.dpv,),
        expires=facts.expires,
        created=facts.created,
        recipient=plan.recipient,
        operator=facts.operator,
        reference=facts.reference,
        agreement=facts.agreement.customer,
        agreement_reference=facts.agreement.reference,
        policy=facts.agreement.policy,
        policy_version=facts.agreement.policy_version,
        agreement_digest=facts.agreement.digest,
        own_pseudonyms=facts.agreement.terms(plan.recipient).own_pseudonyms,
        data_subjects=tuple(subjects),
        profile_digest=plan.profile_digest,
        key_id=facts.key_id,
        ephemeral=facts.ephemeral,
        tool_version=__version__,
        unicode_version=unicodedata.unidata_version,
        source=facts.source,
        is_folder=facts.is_folder,
        files=facts.files,
        tables=tuple(
            CopyTable(
                name=table.name,
                file=facts.file_of[table.name],
                rows=counts.rows[table.name],
                columns=tuple(_column(table, column, counts, verification) for column in table.columns),
                foreign_keys=table.foreign_keys,
                excluded=counts.excluded[table.name],
                outside=counts.outside[table.name],
                risk=risk.get(table.name),
                held=table.held,
                typed=table.typed,
                unique=table.unique,
                part_of=table.part_of,
                at=table.at,
                more=facts.more_of.get(table.name, ()),
            )
            for table in plan.tables
        ),
        verification=verification.summary,
        subset=tuple(map(_root, facts.roots)),
        quoting=plan.quoting,
        lacks=counts.notices,
        longest_days=facts.agreement.longest(facts.purpose, datetime.fromisoformat(facts.created)).days,
    )


def _root(root: Root) -> CopyRoot:
    if isinstance(root, Where):
        return CopyRoot(root.table)
    return CopyRoot(root.table, root.size.text, root.columns, root.seed.hex())


def _column(table: TablePlan, column: ColumnPlan, counts: Counts, verification: Verification) -> CopyColumn:
    promise = promise_of(column, table.subject)
    return CopyColumn(
        **{name: getattr(promise, name) for name in ColumnPromise.__match_args__},
        iso20889=column.method.iso20889,
        nulls=counts.nulls[table.name, column.name],
        unreadable=counts.unreadable[table.name, column.name],
        unchanged_by_chance=verification.unchanged_by_chance.get((table.name, column.name), 0),
        collision_bound=collision_bound(column, counts.rows[table.name]) or 0.0,
        domain=column.domain,
        by=column.by or "",
        parameters=_recorded(column),
    )


def _recorded(column: ColumnPlan) -> Mapping[str, object]:
    """What turning a column back needs beside key and domain; nothing where that is impossible.

    What its method could not read went another way, which is told under `unreadable`.
    """
    method, other = column.method, column.unreadable
    if column.mixed or column.ignores:
        return {}
    if not isinstance(method, Reversible) or method.recorded is None:
        return {}
    parameters = other.recorded if isinstance(other, Reversible) else None
    way = {"method": other.name} if parameters is None else {"method": other.name, "parameters": parameters}
    return {**method.recorded, "unreadable": way}
