"""What `masker check` tells: as text, as JSON, as JUnit XML for test reports, as annotations of GitHub Actions.

JUnit has no norm; this is the form that readers agree on (`testsuite` with `testcase` and `failure`). Workflow commands
of GitHub Actions: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from masker.checking import Checked
from masker.errors import MaskerError, shown


def check_text(checked: Checked) -> Iterator[str]:
    """For people: what passed, what is worth saying, then each trouble with its hint."""
    for line in checked.passed:
        yield f"checked: {line}"
    for notice in checked.notices:
        yield f"notice: {notice}"
    for trouble in checked.troubles:
        yield str(trouble)
        yield from (f"  {line}" for line in trouble.place.excerpt())
        yield f"  hint: {trouble.hint}"
    yield f"{len(checked.troubles)} troubles" if checked.troubles else "nothing is wrong"


def check_json(checked: Checked) -> dict[str, object]:
    """For programs; the keys are a contract."""
    return {
        "masker": 1,
        "ok": not checked.troubles,
        "passed": list(checked.passed),
        "notices": list(checked.notices),
        "troubles": [_trouble(trouble) for trouble in checked.troubles],
    }


def _trouble(trouble: MaskerError) -> dict[str, object]:
    place = trouble.place
    return {
        "code": trouble.code,
        "message": trouble.message,
        "hint": trouble.hint,
        "file": shown(place.file) if place.file else None,
        "line": place.line,
        "char": place.char,
        "table": shown(place.table) if place.table else None,
        "column": shown(place.column) if place.column else None,
    }


def check_junit(checked: Checked) -> str:
    """For test reports: a test case per check that passed, and one per trouble that failed."""
    failed = len(checked.troubles)
    suite = Xml.Element("testsuite", name="masker check", tests=str(len(checked.passed) + failed), failures=str(failed))
    for line in checked.passed:
        Xml.SubElement(suite, "testcase", classname="masker.check", name=line)
    for trouble in checked.troubles:
        where = str(trouble.place)
        case = Xml.SubElement(
            suite,
            "testcase",
            classname=f"masker.{trouble.code}",
            name=trouble.message + (f", {where}" if where else ""),
        )
        Xml.SubElement(case, "failure", type=trouble.code, message=trouble.message).text = f"hint: {trouble.hint}"
    Xml.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(suite, encoding="unicode") + "\n"


def check_github(checked: Checked) -> Iterator[str]:
    """For GitHub Actions: a workflow command per trouble and notice."""
    for notice in checked.notices:
        yield f"::notice title=masker check::{_escaped(notice)}"
    for trouble in checked.troubles:
        place = trouble.place
        at = f"file={_property(place.file)},line={place.line}," if place.file and place.line else ""
        text = _escaped(f"{trouble}; hint: {trouble.hint}")
        yield f"::error {at}title=masker {trouble.code}::{text}"


def check_summary(checked: Checked) -> Iterator[str]:
    """For the summary page of a step, in Markdown."""
    yield "### masker check"
    yield ""
    yield f"{len(checked.troubles)} troubles" if checked.troubles else "Nothing is wrong."
    yield ""
    if checked.troubles:
        yield "| code | what | where | hint |"
        yield "|---|---|---|---|"
    for trouble in checked.troubles:
        cells = (trouble.code, trouble.message, str(trouble.place), trouble.hint)
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    for line in (*checked.passed, *checked.notices):
        yield f"- {line}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(shown(text)).replace(":", "%3A").replace(",", "%2C")
