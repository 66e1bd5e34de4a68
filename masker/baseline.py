"""The personal data that fixtures are known to hold, so that a commit that adds some is noticed. It holds no value.

A baseline has, by file and table, the columns that a scan found personal and how many rows there were. It lies under
version control: whoever adds to it, does so in a diff that others read. What it cannot see: values that take the place
of others in rows that are there already.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from masker.errors import GateError, Place, UsageError, holds_a_value
from masker.findings import Finding, Findings
from masker.yaml_text import Kind, as_usage_error, read_yaml

_KIND = Kind("usage", "baseline", first_line='{"masker-baseline": 1}', schema="masker scan --update-baseline")
_HINT = "mask it (`masker mask`), or where it is invented: `masker scan FILE --baseline B --update-baseline`"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class KnownTable(_Model):
    """How many rows a table had, and its personal columns with the infotypes found there."""

    rows: int = Field(ge=0)
    columns: Mapping[str, Annotated[tuple[str, ...], Field(strict=False)]]


class Baseline(_Model):
    """A whole baseline file, version 1: tables by the path of their file, as it was given."""

    version: Literal[1] = Field(default=1, alias="masker-baseline")
    files: Mapping[str, Mapping[str, KnownTable]] = Field(default_factory=dict)

    def updated(self, scanned: Mapping[str, Findings]) -> "Baseline":
        """This baseline, with `scanned` as what is known of those files; files without personal data have no entry.

        Raises `GateError` (`undecided-column`) where a name looks like a value.
        """
        files = {path: tables for path, tables in self.files.items() if path not in scanned}
        files |= {path: tables for path, findings in scanned.items() if (tables := _known(findings))}
        return Baseline(files=dict(sorted(files.items())))

    def unknown(self, scanned: Mapping[str, Findings]) -> Iterator[GateError]:
        """What is personal in `scanned` that this baseline does not know: columns, infotypes, further rows."""
        for path, findings in scanned.items():
            known = self.files.get(path, {})
            for table in findings:
                personal = [(finding, kinds) for finding in table.columns if (kinds := _kinds(finding))]
                was = known.get(table.name, KnownTable(rows=0, columns={}))
                for finding, kinds in personal:
                    if new := sorted(set(kinds) - set(was.columns.get(finding.column, ()))):
                        place = Place(file=Path(path).name, table=table.name, column=finding.column)
                        yield GateError(
                            "drift", f"personal data that no baseline knows: {', '.join(new)}", _HINT, place
                        )
                if was.columns and personal and table.rows > was.rows:
                    message = f"{table.rows - was.rows} rows of personal data that no baseline knows"
                    yield GateError("drift", message, _HINT, Place(file=Path(path).name, table=table.name))

    def text(self) -> str:
        """The baseline as it is written: sorted, one line a table's column."""
        return json.dumps(self.model_dump(by_alias=True), indent=1, ensure_ascii=False) + "\n"


def read_baseline(path: Path) -> Baseline:
    """The baseline at `path`, an empty one where there is none; raises `UsageError` where it is not of its form."""
    if not path.exists():
        return Baseline()
    text = read_yaml(path, _KIND)
    try:
        return Baseline.model_validate(text.tree)
    except ValidationError as error:
        raise as_usage_error(error, _KIND, Baseline, text) from None


def file_key(name: str) -> str:
    """How a file is called in a baseline: its path from here, with slashes; raises `UsageError` for one elsewhere."""
    try:
        return Path(name).absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        raise UsageError(
            "usage", "a file outside of this folder has no place in its baseline", "run it there"
        ) from None


def _kinds(finding: Finding) -> tuple[str, ...]:
    own = (finding.infotype,) if finding.decision == "personal" else ()
    return tuple(sorted({*own, *finding.contains} - {"none"}))


def _known(findings: Findings) -> dict[str, KnownTable]:
    for table in findings:
        for number, finding in enumerate(table.columns, 1):
            if holds_a_value(finding.column):
                hint = "is there no header line (`--no-header`)? a baseline holds no value"
                message = f"the name of column {number} looks like a value"
                raise GateError("undecided-column", message, hint, Place(table=table.name))
    tables = {
        table.name: KnownTable(
            rows=table.rows, columns={f.column: kinds for f in table.columns if (kinds := _kinds(f))}
        )
        for table in findings
    }
    return {name: table for name, table in tables.items() if table.columns}
