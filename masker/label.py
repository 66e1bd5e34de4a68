"""The short tag inside a copy: which copy, what for, for whom, until when."""

from dataclasses import dataclass

KEY = "masker_tag"


@dataclass(frozen=True, slots=True)
class Label:
    """Copy id, purpose id, recipient and expiry (RFC 3339, UTC, `Z`); holds no value and no key."""

    copy_id: str
    purpose: str
    recipient: str
    expires: str

    def as_text(self) -> str:
        """One line for places that hold text: `copy=…; purpose=…; recipient=…; expires=…`."""
        return f"copy={self.copy_id}; purpose={self.purpose}; recipient={self.recipient}; expires={self.expires}"

    @classmethod
    def parse(cls, text: str) -> "Label | None":
        """Read `as_text` back; None where `text` is no label."""
        pairs = dict(item.split("=", 1) for item in text.split("; ") if "=" in item)
        try:
            return cls(pairs["copy"], pairs["purpose"], pairs["recipient"], pairs["expires"])
        except KeyError:
            return None
