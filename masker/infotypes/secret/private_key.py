"""Private keys in textual form (RFC 7468, OpenSSH, PGP, age)."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="private_key",
    title="private key",
    pattern=r"-----BEGIN (?:[A-Z ]{0,20})PRIVATE KEY(?: BLOCK)?-----[\s\S]*|AGE-SECRET-KEY-1[0-9A-Z]{58}",
    shape="----------???????????????",
    accident=0.0001,
    sources=("RFC 7468 section 10",),
)
