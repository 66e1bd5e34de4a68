"""A column before and after as a small drawing: distinct values, NULLs, lengths. It holds no value of the column.

Inline SVG (https://www.w3.org/TR/SVG2/) whose colours come from the page's style; its title says the same.
"""

from masker.report_html.frame import text
from masker.verify.utility import ColumnUtility, Shape

_LEFT, _WIDTH, _BAR = 46, 120, 5
LEGEND = (
    "The drawings compare each masked column before (upper bar) and after (lower bar): how many distinct values, the "
    "share of NULLs, and lengths from the shortest to the longest in bytes. Distance 0 means the same distribution, "
    "1 nothing in common: of numbers and dates by Kolmogorov and Smirnov (ks), else of how frequent values are."
)


def chart(utility: ColumnUtility) -> str:
    """The drawing of one column, over the rows that were looked at."""
    before, after = utility.before, utility.after
    most = max(before.distinct, after.distinct, 1)
    longest = max(before.longest, after.longest, 1)
    bars = [
        ("distinct", [(0.0, side.distinct / most) for side in (before, after)]),
        ("NULLs", [(0.0, side.nulls) for side in (before, after)]),
        ("length", [(side.shortest / longest, side.longest / longest) for side in (before, after)]),
    ]
    parts = [f'<svg role="img" width="{_LEFT + _WIDTH}" height="48"><title>{text(_told(before, after))}</title>']
    for row, (label, sides) in enumerate(bars):
        top = row * 16
        parts.append(f'<text x="0" y="{top + 9}">{label}</text>')
        for number, (start, end) in enumerate(sides):
            kind, x = ("before", "after")[number], _LEFT + start * _WIDTH
            width = max((end - start) * _WIDTH, 1 if end else 0)
            y = top + 1 + number * (_BAR + 1)
            parts.append(f'<rect class="{kind}" x="{x:.0f}" y="{y}" width="{width:.0f}" height="{_BAR}"/>')
    return "".join(parts) + "</svg>"


def _told(before: Shape, after: Shape) -> str:
    return (
        f"distinct {before.distinct} before, {after.distinct} after; "
        f"NULLs {before.nulls:.1%}, {after.nulls:.1%}; "
        f"lengths {before.shortest} to {before.longest}, {after.shortest} to {after.longest}"
    )
