"""Number formats of cells (ECMA-376 part 1, sections 18.8.30 and 18.8.31): those of a workbook, fit for a copy.

A format can hold texts, which show beside every number: only short ones, such as units and currencies, are kept.
"""

import re

from masker.formats.excel.container import Container, Element, local

MAX_TEXT = 3
_MAX_CODE = 255
BUILT_IN = {
    0: "", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
    48: "##0.0E+0", 49: "@",
}  # fmt: skip
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*](?P<space>.)|\[(?P<bracket>[^\]]*)\]|(?P<plain>General|AM/PM|A/P|'
    r"[0#?.,%/:;@ \-+()$€£¥<>=!&~{}^'yYmMdDhHsSeEbBgG])",
    re.IGNORECASE,
)
_BRACKET = re.compile(
    r"h+|m+|s+|black|blue|cyan|green|magenta|red|white|yellow|color ?\d{1,2}|[<>=]{1,2}-?[\d.]{1,20}"
    r"|\$(?P<symbol>[^-]*)(?:-[0-9a-f]{1,8})?",
    re.IGNORECASE,
)


def formats_of(container: Container, part: str) -> list[str]:
    """The number formats by number of style, "" for General; those of a workbook without styles: none."""
    if not container.has(part):
        return []
    root = container.read(part)
    own = {int(each.get("numFmtId", "0")): each.get("formatCode", "") for each in _children(root, "numFmts")}
    codes = {**BUILT_IN, **{number: clean(code) for number, code in own.items()}}
    return [codes.get(int(each.get("numFmtId", "0")), "") for each in _children(root, "cellXfs")]


def clean(code: str) -> str:
    """A number format without its longer texts; "" (General) for one that cannot be read.

    >>> clean('#,##0.00 "EUR"'), clean('0 "pieces for Anna"'), clean("[$€-407] 0"), clean("General")
    ('#,##0.00 "EUR"', '0 ', '[$€-407] 0', '')
    """
    if code == "General" or len(code) > _MAX_CODE:
        return ""
    kept: list[str] = []
    at = texts = 0
    while at < len(code):
        token = _TOKEN.match(code, at)
        bracket = _BRACKET.fullmatch(token["bracket"]) if token is not None and token["bracket"] is not None else None
        if token is None or (token["bracket"] is not None and bracket is None):
            return ""
        at = token.end()
        text = token["quoted"] or token["escaped"] or token["space"] or ""
        text += (bracket["symbol"] or "") if bracket is not None else ""
        if len(text) > MAX_TEXT:
            continue
        texts += sum(map(str.isalnum, text))
        kept.append(token.group())
    # Letters that stand one by one, or in several texts, spell a longer one.
    return "".join(kept) if texts <= 2 * MAX_TEXT else ""


def _children(root: Element, name: str) -> list[Element]:
    return [each for group in root if local(group.tag) == name for each in group]
