"""JSON web tokens: two base64url parts that begin like a JSON object, and a signature (RFC 7519)."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="jwt",
    title="JSON web token",
    pattern=r"(?:Bearer )?eyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*",
    shape="??????????.??????????.??????????",
    accident=0.0001,
    sources=("RFC 7519",),
)
