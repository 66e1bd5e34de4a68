"""`masker scan`: what personal data is in a source, whose, how sure, and why."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from masker.findings import Findings
    from masker.scan import FindingsJson
    from masker.verify.risk import Figures


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--format", "format_", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--rows", type=click.IntRange(min=1), help="Read at most N rows of each table.")
@click.option("--ignore-names", is_flag=True, help="Judge by values alone.")
@click.option(
    "--ner", default="", metavar="NAME=PATH", help="Ask a model of yours what texts hold: spacy, gliner, presidio."
)
@click.option("--baseline", metavar="B", help="Fail (1) on personal data that this file does not know.")
@click.option("--update-baseline", is_flag=True, help="Write what is found into the baseline instead.")
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to stdout.")
@click.option("--risk", is_flag=True, help="Read once more, and tell the k of each table's quasi-identifiers.")
@click.option("--all", "show_all", is_flag=True, help="Text: show the columns found clean too.")
@click.option("--input-format", default="", help="Read SOURCE as this format, whatever its name.")
@click.option("--encoding", default="", help="The text encoding of SOURCE, where it is not UTF-8.")
@click.option("--delimiter", default="", help="The delimiter of CSV files, where it is to be said.")
@click.option("--no-header", is_flag=True, help="CSV files have no header line.")
def scan(
    sources: tuple[str, ...],
    format_: str,
    rows: int | None,
    ignore_names: bool,
    ner: str,
    risk: bool,
    baseline: str | None,
    update_baseline: bool,
    output: str | None,
    show_all: bool,
    input_format: str,
    encoding: str,
    delimiter: str,
    no_header: bool,
) -> None:
    """Say what personal data is in SOURCE, whose it is, how sure that is, and why."""
    import json
    from pathlib import Path

    from masker.address import place_of
    from masker.cli._output import write_text
    from masker.errors import UsageError
    from masker.formats import ReadOptions
    from masker.scan import findings_json
    from masker.scanning import scan as scan_source

    if update_baseline and baseline is None:
        raise UsageError("usage", "it is not said which baseline", "say `--baseline FILE`")
    options = ReadOptions(encoding=encoding, delimiter=delimiter, header=not no_header)
    found = [
        scan_source(
            place_of(name), rows=rows, ignore_names=ignore_names, ner=ner, options=options, input_format=input_format
        )
        for name in sources
    ]
    if baseline is not None:
        from masker.baseline import file_key

        _compare(Path(baseline), dict(zip(map(file_key, sources), found, strict=True)), update=update_baseline)
        return
    measured: list[Mapping[str, Figures]] = [{} for _ in found]
    if risk:
        from masker.source_risk import source_risk

        measured = [
            source_risk(place_of(name), findings, options=options, input_format=input_format)
            for name, findings in zip(sources, found, strict=True)
        ]
    if format_ == "json":
        bodies = [
            _with_risk(findings_json(findings), figures) for findings, figures in zip(found, measured, strict=True)
        ]
        merged = bodies[0] if len(bodies) == 1 else {"masker": 1, "sources": bodies}
        write_text(json.dumps(merged, ensure_ascii=False, indent=1) + "\n", output)
    elif format_ == "html":
        from masker.report_html import findings_page

        write_text(findings_page(found), output)
    else:
        from masker.report import findings_text

        write_text(
            "\n".join(
                "\n".join(findings_text(findings, show_all=show_all, risk=figures))
                for findings, figures in zip(found, measured, strict=True)
            )
            + "\n",
            output,
        )


def _with_risk(body: "FindingsJson", figures: "Mapping[str, Figures]") -> "Mapping[str, object]":
    """The document with the quasi-identifiers of each table that was measured, their k and the share of rows alone."""
    tables = []
    for table in body["tables"]:
        risk = figures[table["name"]].risk if table["name"] in figures else None
        more = {"quasi": list(risk.quasi), "k": risk.k, "unique": risk.unique} if risk else {}
        tables.append({**table, **more})
    return {**body, "tables": tables}


def _compare(path: "Path", found: "dict[str, Findings]", *, update: bool) -> None:
    """Write the baseline, or tell all that it does not know and fail with the first of it."""
    from masker.baseline import read_baseline
    from masker.cli._output import say
    from masker.staged import replace_file

    known = read_baseline(path)
    if update:
        replace_file(path, known.updated(found).text().encode())
        return
    new = list(known.unknown(found))
    for trouble in new[:-1]:
        say(str(trouble))
    if new:
        raise new[-1]


COMMAND = scan
