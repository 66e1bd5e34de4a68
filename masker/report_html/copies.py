"""The parts of a page on a copy: its tag, what was checked, how each table and column was masked, its files."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import IntEnum

from masker.errors import shown
from masker.manifest import CopyColumn, CopyTable, Manifest
from masker.report_html.chart import LEGEND, chart
from masker.report_html.frame import name, table, text
from masker.verify.utility import ColumnUtility

Utilities = Mapping[tuple[str, str], ColumnUtility]
# So that a page with names of 80 characters of four bytes each still fits.
_MOST_TABLES, _MOST_FILES = 200, 150


class Detail(IntEnum):
    """How much a page shows of each table, from all to what always fits."""

    CHARTS = 0
    COLUMNS = 1
    MASKED = 2
    TABLES = 3


def tag(manifest: Manifest, moment: datetime) -> Iterator[str]:
    """The tag of a copy as a table."""
    reference = [("reference", manifest.reference)] if manifest.reference else []
    pairs = [
        ("purpose", f"{manifest.purpose}: {manifest.purpose_text}"),
        *reference,
        ("recipient", manifest.recipient),
        ("created", manifest.created),
        ("expires", f"{manifest.expires}, in {max(0.0, manifest.days_left(moment)):.1f} days"),
        ("agreement", f"{manifest.agreement}, {manifest.agreement_reference}, policy {manifest.policy_version}"),
        ("data subjects", ", ".join(manifest.data_subjects) or "none"),
        ("key", "ephemeral: nobody can repeat or reverse this run" if manifest.ephemeral else manifest.key_id),
        ("made by", f"masker {manifest.tool_version}"),
    ]
    yield from table(("What", "Is"), [(text(one), text(other)) for one, other in pairs])


def checked_before(manifest: Manifest) -> str:
    """What the run itself checked against SOURCE, in a sentence."""
    found = manifest.verification
    return (
        f"before it was published, against SOURCE: {found.checks} checks over {found.rows} rows; {found.leaks} leaks, "
        f"{found.orphans} orphans, {found.mismatches} mismatches"
    )


def methods(manifest: Manifest) -> Iterator[str]:
    """How many columns each method masked."""
    counted = Counter(
        (column.method, column.iso20889, column.fate) for one in manifest.tables for column in one.columns
    )
    rows = [(text(method), text(kind), text(fate), str(count)) for (method, kind, fate), count in counted.most_common()]
    yield "<h2>What was done</h2>"
    yield from table(("Method", "ISO/IEC 20889", "Fate", "Columns"), rows, numbers=(3,))


def tables(manifest: Manifest, detail: Detail, utility: Utilities) -> Iterator[str]:
    """All tables, as far as `detail` goes; what is left out is told."""
    if detail is Detail.TABLES:
        yield from _as_lines(manifest)
        return
    if utility and detail is Detail.CHARTS:
        yield f"<p>{text(LEGEND)}</p>"
    if detail is Detail.MASKED:
        yield "<p>Columns that are kept are counted, not listed: there are too many for one page.</p>"
    for one in manifest.tables:
        yield f"<h2>{name(one.name)}</h2>"
        yield from _of_table(one, detail, utility)


def files(manifest: Manifest) -> Iterator[str]:
    """The files of a copy with their digests."""
    yield "<h2>Files</h2>"
    listed = manifest.files[:_MOST_FILES]
    rows = [(name(file.path), str(file.rows), f"<code>{text(file.sha256)}</code>") for file in listed]
    yield from table(("File", "Rows", "SHA-256"), rows, numbers=(1,))
    if more := len(manifest.files) - len(listed):
        yield f"<p>{more} more files: the manifest lists them.</p>"


def _of_table(one: CopyTable, detail: Detail, utility: Utilities) -> Iterator[str]:
    excluded = f"; {one.excluded} rows of SOURCE were kept out" if one.excluded else ""
    outside = f"; {one.outside} rows of SOURCE are outside of the subset" if one.outside else ""
    yield f"<p>{one.rows} rows{excluded}{outside}.</p>"
    if one.risk:
        risk = one.risk
        diverse = f", l = {risk.l} over {', '.join(map(shown, risk.sensitive))}" if risk.sensitive else ""
        told = (
            f"By {', '.join(map(shown, risk.quasi))}: k = {risk.k}{diverse}, "
            f"{risk.unique:.2%} of the rows alone in their group."
        )
        yield f"<p>{text(told)}</p>"
    columns = [column for column in one.columns if detail is not Detail.MASKED or column.fate != "kept"]
    if kept := len(one.columns) - len(columns):
        yield f"<p>{kept} columns kept.</p>"
    heads = ["Column", "Infotype", "Method", "ISO/IEC 20889", "Fate", "NULLs", "Unreadable", "Unchanged by chance"]
    drawn = detail is Detail.CHARTS and any((one.name, column.name) in utility for column in columns)
    rows = [
        _of_column(column, utility.get((one.name, column.name)), drawn=drawn, measured=bool(utility))
        for column in columns
    ]
    heads += ["Distance"] if utility else []
    heads += ["Before and after"] if drawn else []
    yield from table(heads, rows, numbers=(5, 6, 7))


def _of_column(column: CopyColumn, found: ColumnUtility | None, *, drawn: bool, measured: bool) -> list[str]:
    cells = [
        name(column.name),
        text(column.infotype),
        text(column.method),
        text(column.iso20889),
        text(column.fate),
        str(column.nulls),
        str(column.unreadable),
        str(column.unchanged_by_chance),
    ]
    if measured:
        cells.append(f"{found.distance:.3f} {text(found.kind)}" if found else "")
    if drawn:
        cells.append(chart(found) if found else "")
    return cells


def _as_lines(manifest: Manifest) -> Iterator[str]:
    listed = manifest.tables[:_MOST_TABLES]
    rows = [
        (
            name(one.name),
            str(one.rows),
            str(sum(column.fate != "kept" for column in one.columns)),
            str(len(one.columns)),
            str(one.risk.k) if one.risk else "",
        )
        for one in listed
    ]
    yield "<h2>Tables</h2><p>Columns are not listed: there are too many for one page.</p>"
    yield from table(("Table", "Rows", "Masked columns", "Columns", "k"), rows, numbers=(1, 2, 3, 4))
    if more := len(manifest.tables) - len(listed):
        yield f"<p>{more} more tables: the manifest lists them.</p>"
