"""Ed25519 signatures [RFC 8032]. A signing key is made of 32 bytes of its owner's tape."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_BYTES = 32
SIGNATURE_BYTES = 64


class SigningKey:
    """Signs what its owner says; `public` is the key to check it with."""

    __slots__ = ("_key", "public")

    def __init__(self, private: bytes) -> None:
        """`private`: 32 bytes. ValueError for another length."""
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, text: bytes) -> bytes:
        """64 bytes; deterministic, so that equal runs stay equal."""
        return self._key.sign(text)


def verifies(public: bytes, signature: bytes, text: bytes) -> bool:
    """Did the owner of `public` sign `text`? False as well for what is no key or no signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
