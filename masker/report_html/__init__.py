"""Reports as one HTML page for people: on a scan, on a run, on a copy that was verified.

Self-contained, printable, at most 200 kB, without a script: see `frame`. Names that are no plain identifiers are
withheld, as in all output.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from masker.clock import rfc3339
from masker.errors import shown
from masker.manifest import Manifest
from masker.report_html.copies import Detail, Utilities, checked_before, files, methods, tables, tag
from masker.report_html.frame import listed, page, text
from masker.report_html.scanned import findings_page as findings_page
from masker.verify.redetect import Seen


def verified_page(
    manifest: Manifest,
    checks: int,
    moment: datetime,
    *,
    against: bool,
    unproven: Sequence[str] = (),
    notes: Sequence[str] = (),
    utility: Utilities | None = None,
) -> str:
    """The page for a copy that passed `checks` checks at `moment`.

    `against`: its SOURCE was compared too, but for what `unproven` says; `utility` is what that measured. `notes` are
    told beside what was checked.
    """
    title = f"Copy {manifest.copy_id}"
    intro = f"{manifest.wording}. Verified {rfc3339(moment)}: {checks} checks passed."
    lines = list(_checked(manifest, against=against, whole=not unproven))
    lines += [*(f"not checked: {each}" for each in unproven), *notes]
    return page(
        title, [partial(_body, manifest, moment, intro, lines, utility or {}, detail=detail) for detail in Detail]
    )


def run_page(
    manifest: Manifest,
    moment: datetime,
    seconds: float,
    utility: Utilities,
    seen: Sequence[Seen] = (),
    notices: Sequence[str] = (),
) -> str:
    """The page for a run that made a copy: what was done to every column, and what that left of its shape.

    `utility` was measured on SOURCE, so that the page is for its owner and does not go with the copy.
    """
    rows = sum(file.rows for file in manifest.files)
    intro = f"{manifest.wording}. {len(manifest.tables)} tables, {rows} rows, {seconds:.1f} s."
    lines = [checked_before(manifest), *notices]
    lines += [f"{_shown_column(each)} looks like {each.infotype}, was planned as {each.planned}" for each in seen]
    title = f"Run that made copy {manifest.copy_id}"
    return page(title, [partial(_body, manifest, moment, intro, lines, utility, detail=detail) for detail in Detail])


def _shown_column(seen: Seen) -> str:
    return f"{shown(seen.table)}.{shown(seen.column)}"


def _body(
    manifest: Manifest, moment: datetime, intro: str, lines: Sequence[str], utility: Utilities, *, detail: Detail
) -> Iterator[str]:
    yield f"<p>{text(intro)}</p>"
    yield from tag(manifest, moment)
    yield "<h2>What was checked</h2>"
    yield from listed(lines)
    yield from methods(manifest)
    yield from tables(manifest, detail, utility)
    yield from files(manifest)


def _checked(manifest: Manifest, *, against: bool, whole: bool) -> Iterator[str]:
    yield "the manifest's signature and its signer"
    yield "the digest of every file, and that there are no other files"
    yield "that the copy has not expired"
    yield "that no column holds identifiers that were not planned, and no file more than its cells and its tag"
    yield checked_before(manifest)
    if against:
        what = "every promise of every column" if whole else "what can be compared"
        yield f"now once more against SOURCE: {what}"
