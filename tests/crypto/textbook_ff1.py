"""FF1 step by step from NIST SP 800-38G, one string at a time: an oracle that shares nothing with masker."""

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES


def ff1(key: bytes, symbols: list[int], radix: int, tweak: bytes = b"", *, decrypt: bool = False) -> list[int]:
    """Algorithm 7 (FF1.Encrypt), or 8 (FF1.Decrypt); the names are those of the standard."""
    ciph = Cipher(AES(key), modes.ECB()).encryptor().update
    n, t = len(symbols), len(tweak)
    u = n // 2
    v = n - u
    b = -(-(radix**v - 1).bit_length() // 8)
    d = 4 * -(-b // 4) + 4
    p = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, u % 256]) + n.to_bytes(4, "big") + t.to_bytes(4, "big")
    num_a, num_b = _num(symbols[:u], radix), _num(symbols[u:], radix)
    for i in reversed(range(10)) if decrypt else range(10):
        m = v if i % 2 else u
        q = tweak + bytes((-t - b - 1) % 16) + bytes([i]) + (num_a if decrypt else num_b).to_bytes(b, "big")
        r = bytes(16)
        for start in range(0, len(p + q), 16):
            r = ciph(_xor(r, (p + q)[start : start + 16]))
        s = r + b"".join(ciph(_xor(r, j.to_bytes(16, "big"))) for j in range(1, -(-d // 16)))
        y = int.from_bytes(s[:d], "big")
        if decrypt:
            num_a, num_b = (num_b - y) % radix**m, num_a
        else:
            num_a, num_b = num_b, (num_a + y) % radix**m
    return _str(num_a, radix, u) + _str(num_b, radix, v)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(one, other, strict=True))


def _num(symbols: list[int], radix: int) -> int:
    number = 0
    for symbol in symbols:
        number = number * radix + symbol
    return number


def _str(number: int, radix: int, length: int) -> list[int]:
    return [number // radix**place % radix for place in reversed(range(length))]
