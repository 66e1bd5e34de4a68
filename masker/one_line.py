"""Text that a user hands in and that manifests, the audit log and messages repeat: one line that prints."""

from masker.errors import UsageError

LONGEST = 500


def one_line(text: str, option: str) -> str:
    """Give `text`, or raise `UsageError` where it is no single line of at most 500 printable characters.

    A line break would forge a line of a log, a control character would steer the terminal, and bytes that are no
    UTF-8 cannot stand in a manifest.
    """
    if len(text) > LONGEST or not text.isprintable():
        message = f"`{option}` is not one line of at most {LONGEST} printable characters"
        raise UsageError("usage", message, "write it shorter, without line breaks and control characters")
    return text


def printable(text: str) -> str:
    """What the system says (a user's name, say), with `?` for each character that does not print."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:LONGEST])
