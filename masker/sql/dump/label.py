"""The label of a copy: a comment in the dump's first line."""

from masker.label import Label

_START = b"-- masker: "


def label_line(label: Label) -> bytes:
    """The line that says what a copy is."""
    return _START + label.as_text().encode() + b"\n"


def label_end(head: bytes) -> int:
    """Where the label at the top of a dump ends; 0 where there is none.

    >>> label_end(b"-- masker: copy=1; purpose=p; recipient=r; expires=e\\nSELECT 1;"), label_end(b"-- masker:\\n")
    (53, 0)
    """
    line = head.partition(b"\n")[0]
    if not line.startswith(_START) or Label.parse(line[len(_START) :].decode("utf-8", "replace")) is None:
        return 0
    return len(line) + 1
