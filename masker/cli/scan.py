"""`masker scan`: what personal data is in a source, whose, how sure, and why."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from masker.scan import FindingsJson
    from masker.verify.risk import Figures


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--rows", type=click.IntRange(min=1), help="Read at most N rows of each table.")
@click.option("--ignore-names", is_flag=True, help="Judge by values alone.")
@click.option(
    "--ner", default="", metavar="NAME=PATH", help="Ask a model of yours what texts hold: spacy, gliner, presidio."
)
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
    output: str | None,
    show_all: bool,
    input_format: str,
    encoding: str,
    delimiter: str,
    no_header: bool,
) -> None:
    """Say what personal data is in SOURCE, whose it is, how sure that is, and why."""
    import json

    from masker.address import place_of
    from masker.cli._output import write_text
    from masker.formats import ReadOptions
    from masker.report import findings_text
    from masker.scan import findings_json
    from masker.scanning import scan as scan_source
    from masker.source_risk import source_risk

    options = ReadOptions(encoding=encoding, delimiter=delimiter, header=not no_header)
    found = [
        scan_source(
            place_of(name), rows=rows, ignore_names=ignore_names, ner=ner, options=options, input_format=input_format
        )
        for name in sources
    ]
    measured = [
        source_risk(place_of(name), findings, options=options, input_format=input_format) if risk else {}
        for name, findings in zip(sources, found, strict=True)
    ]
    if format_ == "json":
        bodies = [
            _with_risk(findings_json(findings), figures) for findings, figures in zip(found, measured, strict=True)
        ]
        merged = bodies[0] if len(bodies) == 1 else {"masker": 1, "sources": bodies}
        write_text(json.dumps(merged, ensure_ascii=False, indent=1) + "\n", output)
    else:
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


COMMAND = scan
