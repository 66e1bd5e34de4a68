"""Addresses with a user and a password in them: `postgres://user:password@host` (RFC 3986 section 3.2.1)."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="login_url",
    title="address with a password",
    pattern=r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@]{0,64}:[^\s/@]{1,128}@[^\s@]{1,255}",
    shape="????????://????????",
    accident=0.0001,
    sources=("RFC 3986 section 3.2.1",),
)
