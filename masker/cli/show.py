"""`masker show`: what there is, from the registries."""

import click

_KINDS = ("infotypes", "methods", "formats", "engines", "profiles", "purposes", "profile-schema", "agreement-schema")


@click.command()
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("name", required=False)
@click.option("--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option("--agreement", default="", metavar="A", help="Show the purposes of this agreement file.")
def show(kind: str, name: str | None, format_: str, agreement: str) -> None:
    """Show the infotypes, methods, formats, engines, profiles or purposes there are, or the schema of YAML files."""
    import json

    from masker.agreement.file import agreement_schema
    from masker.agreement.load import load_agreement
    from masker.cli._output import write_text
    from masker.errors import UsageError
    from masker.inventory import inventory
    from masker.profile_schema import profile_schema

    if kind.endswith("-schema"):
        schema = profile_schema() if kind == "profile-schema" else agreement_schema()
        write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", None)
        return
    rows = inventory(kind, load_agreement(agreement if kind == "purposes" else ""))
    if name is not None:
        rows = [row for row in rows if row["name"] == name]
        if not rows:
            raise UsageError("unknown-name", f"there is no such one among the {kind}", f"`masker show {kind}`")
    if format_ == "json":
        text = json.dumps({"masker": 1, kind: rows}, indent=1, ensure_ascii=False)
    elif format_ == "markdown":
        heads = list(rows[0]) if rows else ["name"]
        lines = [heads, ["---"] * len(heads), *([str(row[head]).replace("|", "\\|") for head in heads] for row in rows)]
        text = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    else:
        widest = max((len(str(row["name"])) for row in rows), default=0)
        text = "\n".join(_line(row, widest, whole=name is not None) for row in rows)
    write_text(text + "\n", None)


def _line(row: dict[str, object], widest: int, *, whole: bool) -> str:
    if whole:
        return "\n".join(f"{head}: {value}" for head, value in row.items())
    days = f" (at most {row['longest_days']} days: {row['recipients']})" if "longest_days" in row else ""
    return f"{row['name']!s:{widest}}  {row['summary']}{days}"


COMMAND = show
