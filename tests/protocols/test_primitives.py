"""Primitives against the vectors of their standards, and what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols.primitives.aead import Forged, seal, unseal
from turncoat.protocols.primitives.key_agreement import KeyPair
from turncoat.protocols.primitives.key_derivation import derive_key
from turncoat.protocols.primitives.signatures import SigningKey, verifies

KEYS = st.binary(min_size=32, max_size=32)
hexed = bytes.fromhex


# -- X25519 --------------------------------------------------------------------------------------


def test_key_agreement_gives_the_vector_of_rfc_7748():
    """Section 6.1: Bob's public key, and the secret he shares with Alice."""
    b = KeyPair(hexed("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))

    assert b.public == hexed("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    alice = hexed("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    shared = hexed("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    assert b.agree(alice) == shared


@given(KEYS, KEYS)
def test_both_ends_agree(a, b):
    u, v = KeyPair(a), KeyPair(b)

    assert u.agree(v.public) == v.agree(u.public)


@pytest.mark.parametrize("public", [bytes(32), b"\1" + bytes(31), bytes(31)])
def test_points_of_small_order_and_wrong_lengths_are_refused(public):
    with pytest.raises(ValueError, match=r"."):
        KeyPair(bytes(range(32))).agree(public)


def test_a_key_pair_does_not_print_its_private_key():
    pair = KeyPair(bytes(range(32)))

    assert pair.private.hex() not in repr(pair)
    assert pair.public.hex() in repr(pair)


# -- HKDF ----------------------------------------------------------------------------------------


def test_key_derivation_gives_the_vectors_of_rfc_5869():
    """Appendix A.1 and A.3 (no salt, no purpose)."""
    secret = b"\x0b" * 22
    assert derive_key(secret, hexed("f0f1f2f3f4f5f6f7f8f9"), 42, bytes(range(13))) == hexed(
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
    assert derive_key(secret, b"", 42) == hexed(
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


# -- AES-256-GCM ---------------------------------------------------------------------------------


def test_sealing_gives_the_vectors_of_the_gcm_specification():
    """McGrew and Viega, test cases 14 and 16."""
    zero = bytes(16)
    assert seal(bytes(32), bytes(12), b"", zero) == (
        hexed("cea7403d4d606b6e074ec5d3baf39d18"),
        hexed("d0d1c8a799996bf0265b98b5d48ab919"),
    )
    key = hexed("feffe9928665731c6d6a8f9467308308" * 2)
    plaintext = hexed(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    associated = hexed("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    body, tag = seal(key, hexed("cafebabefacedbaddecaf888"), associated, plaintext)
    assert tag == hexed("76fc6ece0f4e1768cddf8853bb2d551b")
    assert body[:16] == hexed("522dc1f099567d07f47f37a32a84427d")


@given(key=KEYS, plaintext=st.binary(max_size=80), associated=st.binary(max_size=20))
def test_what_was_sealed_comes_back_and_nothing_else_does(key, plaintext, associated):
    nonce = bytes(12)
    body, tag = seal(key, nonce, associated, plaintext)

    assert len(body) == len(plaintext)
    assert unseal(key, nonce, associated, body, tag) == plaintext
    for forged in (
        (key, nonce, associated + b"x", body, tag),
        (key, nonce, associated, body + b"x", tag),
        (key, nonce, associated, body, bytes([tag[0] ^ 1]) + tag[1:]),
        (key, b"\1" * 12, associated, body, tag),
        (bytes([key[0] ^ 1]) + key[1:], nonce, associated, body, tag),
    ):
        with pytest.raises(Forged):
            unseal(*forged)


# -- Ed25519 -------------------------------------------------------------------------------------


def test_signatures_are_those_of_rfc_8032():
    """Section 7.1, test 2."""
    key = SigningKey(hexed("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public == hexed("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    assert key.sign(b"\x72") == hexed(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


@given(key=KEYS, text=st.binary(max_size=40))
def test_only_the_signed_text_verifies_under_the_signers_key(key, text):
    signer = SigningKey(key)
    signature = signer.sign(text)

    assert verifies(signer.public, signature, text)
    assert not verifies(signer.public, signature, text + b"x")
    assert not verifies(SigningKey(bytes([key[0] ^ 1]) + key[1:]).public, signature, text)
    assert not verifies(b"no key", signature, text)
    assert not verifies(signer.public, b"no signature", text)
