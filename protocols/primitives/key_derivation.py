"""HKDF-SHA256 [RFC 5869]: keys for named purposes out of a shared secret. Knows no protocol."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_HASH = SHA256()


def derive_key(secret: bytes, purpose: bytes, length: int = 32, salt: bytes = b"") -> bytes:
    """`length` bytes that look random, and independent for different purposes, to whoever does not
    know `secret`; ValueError for more than 255·32 bytes.

    purpose: RFC 5869's `info`; salt: need not be secret.
    """
    return HKDF(_HASH, length, salt, purpose).derive(secret)
