"""X25519 [RFC 7748]: two parties, each with the other's public key, agree on 32 bytes.

A private key is any 32 bytes (the function clamps them), so a party's tape makes its keys. The
shared bytes are no key yet: `key_derivation.py` makes keys of them. Knows no parties.
"""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

KEY_BYTES = 32


class KeyPair:
    """A private key and its public one. Two pairs with the same private bytes are the same."""

    __slots__ = ("_key", "private", "public")

    def __init__(self, private: bytes) -> None:
        """`private`: 32 bytes. ValueError for another length."""
        self._key = X25519PrivateKey.from_private_bytes(private)
        self.private = private
        self.public = self._key.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"KeyPair(public={self.public.hex()})"

    def agree(self, public: bytes) -> bytes:
        """The 32 bytes shared with the owner of `public`; the same from either end.

        ValueError for a public key of another length, and for one of small order, with which
        everybody would share the same: zero.
        """
        return self._key.exchange(X25519PublicKey.from_public_bytes(public))
