"""Keys from a key: HKDF-SHA256, and the unambiguous info that says what a key is for.

RFC 5869 (HMAC-based Extract-and-Expand Key Derivation Function).
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def hkdf(secret: bytes, info: bytes, size: int, salt: bytes = b"") -> bytes:
    """Derive `size` bytes (1..8160, else `ValueError`) from `secret` for the use that `info` names.

    Outputs for different infos tell nothing of each other or of `secret`, which has to be random already: HKDF does
    NOT make a password strong.

    >>> hkdf(b"\\x0b" * 22, b"", 16).hex()                              # RFC 5869, test case 3, its first 16 bytes
    '8da4e775a563c18f715f802a063c5a31'
    """
    if not 1 <= size <= 255 * 32:
        raise ValueError("HKDF-SHA256 gives 1 to 8160 bytes")
    return HKDF(algorithm=SHA256(), length=size, salt=salt, info=info).derive(secret)


def info_of(*parts: str) -> bytes:
    """Join texts so that no two sequences give the same bytes: each in UTF-8, its length (4 bytes) before it.

    >>> info_of("ab", "c") == info_of("a", "bc")
    False
    """
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
