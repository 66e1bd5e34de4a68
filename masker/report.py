"""What commands tell: findings and runs as plain text lines for people, a run as JSON for programs. Never a value."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from masker.errors import shown
from masker.findings import Findings, TableFindings
from masker.manifest import Manifest
from masker.scan.quasi import quasi_identifiers
from masker.verify.redetect import Seen
from masker.verify.risk import Figures
from masker.verify.utility import ColumnUtility

_WIDEST = 120


def findings_text(
    findings: Findings, *, show_all: bool = False, risk: Mapping[str, Figures] | None = None
) -> Iterator[str]:
    """A scan for people: a line per table with its subject, a line per column that is personal or unsure, with why.

    `risk` are the figures of tables whose quasi-identifiers were measured.
    """
    decisions = Counter(finding.decision for table in findings for finding in table.columns)
    shares = ", ".join(f"{decisions[word]} {word}" for word in ("personal", "clean", "unsure"))
    part = decisions["unsure"] / max(sum(decisions.values()), 1)
    yield f"{findings.source}: {len(findings.tables)} tables, {sum(decisions.values())} columns"
    yield f"{shares} ({part:.0%} of the columns)"
    yield from (f"note: {notice}" for notice in findings.notices)
    for table in findings:
        personal = sum(finding.decision == "personal" for finding in table.columns)
        whose = table.subject if table.subject != "none" else "nobody in particular"
        by = f" by {shown(table.subject_key)}" if table.subject_key else ""
        yield ""
        share = f"{personal} of {len(table.columns)} columns personal"
        yield f"{shown(table.name)}  {table.rows} rows, {whose}{by}: {share}"
        for finding in table.columns:
            if finding.decision == "clean" and not finding.contains and not show_all:
                continue
            contains = f" contains {' '.join(finding.contains)}" if finding.contains else ""
            line = f"  {shown(finding.column):24} {finding.decision:8} {finding.infotype:16} {finding.score:4.2f}"
            yield _within(line + contains + " ", finding.evidence)
            for each in finding.inside:
                if each.decision != "clean" or show_all:
                    line = f"    {shown(each.column.removeprefix('$.')):22} {each.decision:8} {each.infotype:16}"
                    yield _within(f"{line} {each.score:4.2f} ", each.evidence)
        yield from _together(table, (risk or {}).get(table.name))
        for key in table.foreign_keys:
            columns, ref = (", ".join(map(shown, names)) for names in (key.columns, key.ref))
            how = "declared" if key.declared else "inferred"
            yield f"  key {columns} -> {shown(key.table)}({ref}), {how}"


def _together(table: TableFindings, measured: Figures | None) -> Iterator[str]:
    """Which columns may tell people apart together, and how well the rows hide among each other by them."""
    names = ", ".join(map(shown, quasi_identifiers(table)))
    if names and measured is not None:
        alone = f"{measured.risk.unique:.1%} of the rows alone"
        yield f"  quasi-identifiers {names}: k = {measured.risk.k}, {alone}"
    elif names:
        yield f"  quasi-identifiers {names}; --risk tells their k"


def _within(line: str, terms: tuple[str, ...]) -> str:
    """The line with as many terms as fit in its width."""
    for number, term in enumerate(terms):
        longer = line + ("; " if number else " ") + term
        if len(longer) > _WIDEST:
            break
        line = longer
    return line.rstrip()


def run_text(manifest: Manifest, seconds: float, notices: Sequence[str] = ()) -> Iterator[str]:
    """A finished run for people, within 80 columns but for `notices`."""
    rows = sum(file.rows for file in manifest.files)
    masked = sum(column.fate != "kept" for table in manifest.tables for column in table.columns)
    columns = sum(len(table.columns) for table in manifest.tables)
    checked = manifest.verification
    yield f"{len(manifest.tables)} tables, {rows} rows, {masked} of {columns} columns masked in {seconds:.1f} s"
    if excluded := sum(table.excluded for table in manifest.tables):
        yield f"{excluded} rows of SOURCE kept out, as the agreement says"
    if manifest.subset:
        yield from _subset_text(manifest)
    if manifest.quoting:
        yield f"may quote originals in their statements, as the profile says: {', '.join(map(shown, manifest.quoting))}"
    yield from (f"note: {notice}" for notice in notices)
    yield f"verified: {checked.checks} checks, {checked.leaks} leaks, {checked.orphans} orphans"
    yield from tag_text(manifest)
    if manifest.own_pseudonyms:
        yield "pseudonyms of its own, but rows in SOURCE's order: copies join by position"


def _subset_text(manifest: Manifest) -> Iterator[str]:
    """Which part of which table a subset has."""
    yield "a closed subset of SOURCE:"
    for table in manifest.tables:
        sizes = [root.size or "condition" for root in manifest.subset if root.table == table.name]
        why = f", by {', '.join(sizes)}" if sizes else ""
        if not table.rows and table.outside and not sizes:
            why = ": nothing led there"
        yield f"  {shown(table.name):24} {table.rows} of {table.rows + table.outside} rows{why}"


def tag_text(manifest: Manifest) -> Iterator[str]:
    """The tag of a copy for people."""
    reference = f", {manifest.reference}" if manifest.reference else ""
    yield f"copy {manifest.copy_id}: {manifest.wording}"
    yield f"purpose {manifest.purpose}{reference}, for {manifest.recipient}, expires {manifest.expires}"
    if manifest.ephemeral:
        yield "key: ephemeral, so nobody can repeat or reverse this run"
    else:
        yield f"key: {manifest.key_id}"


def run_json(
    manifest: Manifest,
    manifest_path: str,
    seconds: float,
    cpu_seconds: dict[str, float],
    utility: Mapping[tuple[str, str], ColumnUtility],
    seen: Sequence[Seen] = (),
    notices: Sequence[str] = (),
) -> dict[str, object]:
    """A finished run for programs; the keys are a contract. `utility` is of SOURCE: for its owner, not for the copy."""
    unplanned = {(found.table, found.column): found.infotype for found in seen}
    rows = sum(file.rows for file in manifest.files)
    checked = manifest.verification
    return {
        "masker": 1,
        "copy_id": manifest.copy_id,
        "tables": [
            {
                "name": table.name,
                "rows_in": table.rows + table.excluded + table.outside,
                "rows_out": table.rows,
                "columns": [
                    {
                        "name": column.name,
                        "method": column.method,
                        "infotype": column.infotype,
                        "nulls": column.nulls,
                        "unreadable": column.unreadable,
                        "compact": column.compact,
                        "unchanged_by_chance": column.unchanged_by_chance,
                        "collision_bound": column.collision_bound,
                        "utility": _utility(utility.get((table.name, column.name))),
                        "looks_like": unplanned.get((table.name, column.name)),
                    }
                    for column in table.columns
                ],
                "risk": asdict(table.risk) if table.risk else None,
            }
            for table in manifest.tables
        ],
        "verification": {
            "leaks": checked.leaks,
            "orphans": checked.orphans,
            "mismatches": checked.mismatches,
            "checks": checked.checks,
        },
        "notices": [*notices],
        "seconds": round(seconds, 3),
        "rows_per_second": round(rows / seconds) if seconds else 0,
        "cpu_seconds": {step: round(spent, 3) for step, spent in cpu_seconds.items()},
        "manifest": manifest_path,
    }


def _utility(found: ColumnUtility | None) -> dict[str, object] | None:
    if found is None:
        return None
    sides = {name: asdict(side) for name, side in (("before", found.before), ("after", found.after))}
    return {"rows": found.rows, **sides, "kind": found.kind, "distance": found.distance}
