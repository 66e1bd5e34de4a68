"""Advertising ids (IDFA, GAID): a UUID that an operating system gives to one device; a header has to tell."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="advertising_id",
    title="advertising id",
    pattern=r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    shape="########-####-####-####-############",
    accident=1.0,
    sources=("IAB Tech Lab: Guidelines for Identifier for Advertising", "RFC 9562"),
)
