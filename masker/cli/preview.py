"""`masker preview`: some rows before and after; originals are hidden unless asked for, which is written down."""

from typing import TYPE_CHECKING

import click

from masker.cli._words import profiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from masker.preview import Previewed


@click.command()
@click.argument("source")
@click.option("--profile", required=True, metavar="P", shell_complete=profiles, help="The profile to try.")
@click.option("--rows", type=click.IntRange(1, 100), default=3, show_default=True, help="Rows of each table.")
@click.option("--table", "tables", multiple=True, metavar="T", help="Only this table; can be given several times.")
@click.option("--reveal", is_flag=True, help="Show originals too; the audit log records it first.")
@click.option("--agreement", default="", metavar="A", help="The agreement (default: the profile's own).")
@click.option("--recipient", default="staff", show_default=True, help="Who would get the copy.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--input-format", default="", help="Read SOURCE as this format, whatever its name.")
@click.option("--encoding", default="", help="The text encoding of SOURCE, where it is not UTF-8.")
@click.option("--delimiter", default="", help="The delimiter of CSV files, where it is to be said.")
@click.option("--no-header", is_flag=True, help="CSV files have no header line.")
def preview(
    source: str,
    profile: str,
    rows: int,
    tables: tuple[str, ...],
    reveal: bool,
    agreement: str,
    recipient: str,
    format_: str,
    input_format: str,
    encoding: str,
    delimiter: str,
    no_header: bool,
) -> None:
    """Show some rows of SOURCE before and after PROFILE, side by side; nothing is written.

    Pseudonyms are drawn for this once: those of a copy are others. Originals are hidden without --reveal.
    """
    import json
    from dataclasses import asdict

    from masker.address import place_of
    from masker.cli._output import write_text
    from masker.formats import ReadOptions
    from masker.ledger import record_event
    from masker.preview import PreviewRequest
    from masker.preview import preview as make_preview

    request = PreviewRequest(
        source=place_of(source),
        profile=profile,
        rows=rows,
        tables=tables,
        reveal=reveal,
        agreement=agreement,
        recipient=recipient,
        options=ReadOptions(encoding=encoding, delimiter=delimiter, header=not no_header),
        input_format=input_format,
    )
    shown = make_preview(request, lambda facts: record_event("reveal", facts))
    if format_ == "json":
        write_text(json.dumps({"masker": 1, "tables": [asdict(each) for each in shown]}, indent=1) + "\n", None)
        return
    write_text("\n".join(line for each in shown for line in _lines(each)) + "\n", None)


_NAME, _METHOD, _SIDE = 20, 10, 22


def _lines(previewed: "Previewed") -> "Iterator[str]":
    from masker.errors import shown

    yield f"{shown(previewed.table)}: {len(previewed.rows)} rows"
    for number, row in enumerate(previewed.rows, 1):
        yield f"  {f'row {number}':{_NAME}} {'method':{_METHOD}} {'before':{_SIDE}} after"
        for column, cell in row.items():
            name, method = _cut(shown(column), _NAME), _cut(previewed.methods[column], _METHOD)
            yield f"  {name} {method} {_cell(cell.before)} {_cell(cell.after)}".rstrip()


def _cell(value: str | None) -> str:
    """A value in its place: one line, nothing in it that a terminal would obey or that turns the text around."""
    if value is None:
        return _cut("NULL", _SIDE)
    return _cut("".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in value), _SIDE)


def _cut(text: str, width: int) -> str:
    return f"{text:{width}}" if len(text) <= width else text[: width - 1] + "…"


COMMAND = preview
