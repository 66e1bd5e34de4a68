"""A verified copy as one HTML page for people: its tag, what was checked, and what was done to every column.

Self-contained: no scripts, no pictures, nothing loaded from elsewhere (a Content-Security-Policy forbids it). Every
text is escaped; names that are no plain identifiers are withheld, as in all output.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape

from masker.clock import rfc3339
from masker.errors import shown
from masker.manifest import CopyTable, Manifest

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: .5rem 0 2rem; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { font-size: .9em; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def verified_page(
    manifest: Manifest,
    checks: int,
    moment: datetime,
    *,
    against: bool,
    unproven: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> str:
    """The page for a copy that passed `checks` checks at `moment`.

    `against`: its SOURCE was compared too, but for what `unproven` says. `notes` are told beside what was checked.
    """
    more = (*(f"not checked: {line}" for line in unproven), *notes)
    return "\n".join(_page(manifest, checks, moment, against=against, whole=not unproven, more=more)) + "\n"


def _page(
    manifest: Manifest, checks: int, moment: datetime, *, against: bool, whole: bool, more: Sequence[str]
) -> Iterator[str]:
    title = f"Copy {manifest.copy_id}"
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(title)}</h1>"
    yield f"<p>{escape(manifest.wording)}. Verified {rfc3339(moment)}: {checks} checks passed.</p>"
    yield from _table(("What", "Is"), _tag(manifest, moment))
    yield "<h2>What was checked</h2><ul>"
    yield from (f"<li>{escape(line)}</li>" for line in _checked(manifest, against=against, whole=whole))
    yield from (f"<li>{escape(line)}</li>" for line in more)
    yield "</ul>"
    for table in manifest.tables:
        yield f"<h2>{escape(shown(table.name))}</h2>"
        yield from _of_table(table)
    yield "<h2>Files</h2>"
    files = [(_code(shown(file.path)), str(file.rows), _code(file.sha256)) for file in manifest.files]
    yield from _table(("File", "Rows", "SHA-256"), files, numbers=(1,))
    yield "</body></html>"


def _tag(manifest: Manifest, moment: datetime) -> list[tuple[str, str]]:
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
    return [(escape(name), escape(value)) for name, value in pairs]


def _checked(manifest: Manifest, *, against: bool, whole: bool) -> Iterator[str]:
    yield "the manifest's signature and its signer"
    yield "the digest of every file, and that there are no other files"
    yield "that the copy has not expired"
    yield "that no column holds identifiers that were not planned, and no file more than its cells and its tag"
    found = manifest.verification
    yield (
        f"before it was published, against SOURCE: {found.checks} checks over {found.rows} rows; {found.leaks} leaks, "
        f"{found.orphans} orphans, {found.mismatches} mismatches"
    )
    if against:
        what = "every promise of every column" if whole else "what can be compared"
        yield f"now once more against SOURCE: {what}"


def _of_table(table: CopyTable) -> Iterator[str]:
    excluded = f"; {table.excluded} rows of SOURCE were kept out" if table.excluded else ""
    outside = f"; {table.outside} rows of SOURCE are outside of the subset" if table.outside else ""
    yield f"<p>{table.rows} rows{excluded}{outside}.</p>"
    if table.risk:
        risk = table.risk
        diverse = f", l = {risk.l} over {', '.join(map(shown, risk.sensitive))}" if risk.sensitive else ""
        told = (
            f"By {', '.join(map(shown, risk.quasi))}: k = {risk.k}{diverse}, "
            f"{risk.unique:.2%} of the rows alone in their group."
        )
        yield f"<p>{escape(told)}</p>"
    rows = [
        (
            _code(shown(column.name)),
            escape(column.infotype),
            escape(column.method),
            escape(column.iso20889),
            escape(column.fate),
            str(column.nulls),
            str(column.unreadable),
            str(column.unchanged_by_chance),
        )
        for column in table.columns
    ]
    heads = ("Column", "Infotype", "Method", "ISO/IEC 20889", "Fate", "NULLs", "Unreadable", "Unchanged by chance")
    yield from _table(heads, rows, numbers=(5, 6, 7))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], numbers: tuple[int, ...] = ()) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"
    for row in rows:
        cells = (f'<td class="number">{c}</td>' if i in numbers else f"<td>{c}</td>" for i, c in enumerate(row))
        yield "<tr>" + "".join(cells) + "</tr>"
    yield "</table>"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"
