"""Authenticated encryption with associated data: AES-256-GCM [SP 800-38D].

A nonce must never be used twice with one key; where it comes from is for protocols to say. The
tag is handed out apart from the ciphertext's body, because the two are billed apart.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class Forged(Exception):
    """A ciphertext that was not made with this key, nonce and associated data."""


def seal(key: bytes, nonce: bytes, associated: bytes, plaintext: bytes) -> tuple[bytes, bytes]:
    """(body, tag); the body is as long as the plaintext."""
    sealed = AESGCM(key).encrypt(nonce, plaintext, associated)
    return sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]


def unseal(key: bytes, nonce: bytes, associated: bytes, body: bytes, tag: bytes) -> bytes:
    """The plaintext. Raises Forged unless all of it is as `seal` made it."""
    try:
        return AESGCM(key).decrypt(nonce, body + tag, associated)
    except InvalidTag:
        raise Forged("the ciphertext is not authentic") from None
