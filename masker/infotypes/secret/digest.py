"""Digests and tokens in hex, 128 bits and more (plainly hashed passwords, reset tokens); a header has to tell."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="digest",
    title="hash or token in hexadecimal",
    pattern=r"[0-9A-Fa-f]{32,128}|\*[0-9A-F]{40}",
    shape="################################",
    accident=1.0,
    sources=("FIPS 180-4", "RFC 1321"),
)
