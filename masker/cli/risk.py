"""`masker risk`: how well the rows of a copy hide among each other, taken together over their quasi-identifiers."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from masker.manifest import Manifest
    from masker.requirement import Require
    from masker.verify.risk import Figures
    from masker.verify.spill import Spill


@click.command()
@click.argument("copy")
@click.option("--quasi", default="", metavar="A,B", help="The quasi-identifiers; default: what the manifest says.")
@click.option("--sensitive", default="", metavar="C,D", help="The sensitive columns; default: likewise.")
@click.option("--table", default="", metavar="T", help="Only this table.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def risk(copy: str, quasi: str, sensitive: str, table: str, format_: str) -> None:
    """Measure k-anonymity, l-diversity and unique rows of COPY, or with --quasi of any file that masker reads."""
    import json

    from masker.cli._output import write_text
    from masker.errors import UsageError
    from masker.requirement import Require
    from masker.verify.spill import Spill

    manifest = _manifest(Path(copy), needed=not quasi)
    asked = Require(quasi=_names(quasi), sensitive=_names(sensitive))
    with Spill() as spill:
        found = dict(_of_copy(manifest, Path(copy), asked, spill) if manifest else _of_files(Path(copy), asked, spill))
    if table and table not in found:
        raise UsageError("usage", "there is no such table with quasi-identifiers", "see `masker scan COPY`")
    found = {name: figures for name, figures in found.items() if table in ("", name)}
    # Passed over, a misspelled column would make rows look more alike than they are.
    for option, names, kind in (("--quasi", asked.quasi, "quasi"), ("--sensitive", asked.sensitive, "sensitive")):
        measured = {name for figures in found.values() for name in getattr(figures.risk, kind)}
        if not measured.issuperset(names or ()):
            message = f"no table that is measured has a column that `{option}` names"
            raise UsageError("usage", message, "see `masker scan COPY`")
    if format_ == "json":
        tables = [_as_json(name, figures) for name, figures in found.items()]
        body = {"masker": 1, "copy_id": manifest.copy_id if manifest else None, "tables": tables}
        write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", None)
        return
    lines = [line for name, figures in found.items() for line in _as_text(name, figures)]
    write_text("\n".join(lines or ["no table has quasi-identifiers"]) + "\n", None)


def _names(text: str) -> tuple[str, ...] | None:
    return tuple(filter(None, map(str.strip, text.split(",")))) if text else None


def _manifest(copy: Path, *, needed: bool) -> "Manifest | None":
    from masker import clock
    from masker.api import trusted_signers
    from masker.errors import InputError
    from masker.manifest import manifest_path
    from masker.verify.signed import verify_copy

    if not needed and not manifest_path(copy).exists():
        return None
    try:
        return verify_copy(copy, trusted_signers(), clock.now())[0]
    except InputError as error:
        if error.code == "not-found" and copy.exists():
            error.hint = "name the columns with `--quasi` to measure a file that is no copy"
        raise


def _of_copy(manifest: "Manifest", copy: Path, asked: "Require", spill: "Spill") -> "Iterator[tuple[str, Figures]]":
    from masker.requirement import Require
    from masker.verify.alone import tables_of
    from masker.verify.risk import TableGroups, columns_asked

    known = {table.name: table.risk for table in manifest.tables}
    for table, batches in tables_of(manifest, copy):
        as_signed = known[table.name]
        signed = Require(quasi=as_signed.quasi, sensitive=as_signed.sensitive) if as_signed else Require()
        both = Require(
            quasi=signed.quasi if asked.quasi is None else asked.quasi,
            sensitive=signed.sensitive if asked.sensitive is None else asked.sensitive,
        )
        groups = TableGroups(*columns_asked(table, both), spill)
        if groups.quasi:
            for batch in batches:
                groups.take(batch)
            yield table.name, groups.figures()


def _of_files(path: Path, asked: "Require", spill: "Spill") -> "Iterator[tuple[str, Figures]]":
    from masker.formats import ReadOptions
    from masker.formats._open import open_snapshot
    from masker.snapshot import Rows
    from masker.verify.risk import TableGroups

    snapshot = open_snapshot(path, ReadOptions(), "", allow_remask=True)
    for member in snapshot.members:
        for table in member.source.tables:
            columns = table.schema.names
            groups = TableGroups(_there(asked.quasi, columns), _there(asked.sensitive, columns), spill)
            if groups.quasi:
                for part in member.source.parts(table.name):
                    if isinstance(part, Rows) and part.table == table.name:
                        groups.take(part.batch)
                yield table.name, groups.figures()


def _there(names: "tuple[str, ...] | None", columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in columns if name in (names or ()))


def _as_json(name: str, figures: "Figures") -> dict[str, object]:
    found = figures.risk
    return {
        "name": name,
        "rows": figures.rows,
        "quasi": list(found.quasi),
        "sensitive": list(found.sensitive),
        "k": found.k,
        "l": found.l if found.sensitive else None,
        "unique": found.unique,
        "groups": figures.groups,
        "below_5": figures.below_5,
        "below_10": figures.below_10,
    }


def _as_text(name: str, figures: "Figures") -> Iterator[str]:
    from masker.errors import shown

    found = figures.risk
    yield f"{shown(name)}: {figures.rows} rows in {figures.groups} groups by {', '.join(map(shown, found.quasi))}"
    diverse = f", l = {found.l} over {', '.join(map(shown, found.sensitive))}" if found.sensitive else ""
    yield f"  k = {found.k}{diverse}"
    yield (
        f"  alone in their group: {found.unique:.2%} of the rows; "
        f"in groups below 5: {figures.below_5:.2%}; below 10: {figures.below_10:.2%}"
    )


COMMAND = risk
