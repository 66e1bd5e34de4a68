"""The page on a scan: what personal data there is, whose, how sure that is and why; names and counts, never a value."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from masker.errors import shown
from masker.findings import Finding, Findings, TableFindings
from masker.report_html.frame import name, page, table, text

# So that a page with names of 80 characters of four bytes each still fits.
_MOST_TABLES = 200


def findings_page(scanned: Sequence[Findings]) -> str:
    """The page for one or more sources; clean columns are left out where there are too many for one page."""
    title = f"What is personal in {scanned[0].source}" if len(scanned) == 1 else "What is personal"
    bodies = (
        partial(_body, scanned, clean=True, columns=True),
        partial(_body, scanned, clean=False, columns=True),
        partial(_body, scanned, clean=False, columns=False),
    )
    return page(title, bodies)


def _body(scanned: Sequence[Findings], *, clean: bool, columns: bool) -> Iterator[str]:
    yield "<p>Names and counts; no value of the data is on this page.</p>"
    yield "<h2>Kinds of data</h2>"
    kinds = Counter(
        (finding.infotype, finding.decision)
        for findings in scanned
        for one in findings
        for finding in one.columns
        if finding.decision != "clean"
    )
    rows = [(text(infotype), text(decision), str(count)) for (infotype, decision), count in sorted(kinds.items())]
    yield from table(("Infotype", "Decision", "Columns"), rows, numbers=(2,))
    if not clean:
        yield "<p>Clean columns are counted, not listed: there are too many for one page.</p>"
    if not columns:
        yield from _as_lines(scanned)
        return
    for findings in scanned:
        if len(scanned) > 1:
            yield f"<h2>{text(findings.source)}</h2>"
        for one in findings:
            yield from _of_table(one, clean=clean)


def _of_table(one: TableFindings, *, clean: bool) -> Iterator[str]:
    listed = [finding for finding in one.columns if clean or finding.decision != "clean" or finding.contains]
    whose = one.subject if one.subject != "none" else "nobody in particular"
    by = f" by {shown(one.subject_key)}" if one.subject_key else ""
    personal = sum(finding.decision == "personal" for finding in one.columns)
    yield f"<h2>{name(one.name)}</h2>"
    yield f"<p>{text(f'{one.rows} rows, {whose}{by}: {personal} of {len(one.columns)} columns personal.')}</p>"
    heads = ("Column", "Type", "Decision", "Infotype", "Score", "Whose", "Contains", "Why")
    yield from table(heads, [_of_column(finding) for finding in listed], numbers=(4,))


def _of_column(finding: Finding) -> tuple[str, ...]:
    return (
        name(finding.column),
        text(finding.type),
        text(finding.decision),
        text(finding.infotype),
        f"{finding.score:.2f}",
        text(finding.subject),
        text(" ".join(finding.contains)),
        text("; ".join(finding.evidence)),
    )


def _as_lines(scanned: Sequence[Findings]) -> Iterator[str]:
    tables = [(findings.source, one) for findings in scanned for one in findings]
    listed = tables[:_MOST_TABLES]
    rows = [
        (
            text(source),
            name(one.name),
            str(one.rows),
            text(one.subject),
            str(sum(finding.decision == "personal" for finding in one.columns)),
            str(sum(finding.decision == "unsure" for finding in one.columns)),
            str(len(one.columns)),
        )
        for source, one in listed
    ]
    yield from table(("Source", "Table", "Rows", "Whose", "Personal", "Unsure", "Columns"), rows, numbers=(2, 4, 5, 6))
    if more := len(tables) - len(listed):
        yield f"<p>{more} more tables: `masker scan --format json` lists them.</p>"
