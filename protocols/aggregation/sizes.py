"""How many bytes each message of secure aggregation has, from public parameters alone.

One blank of every kind, as an honest run sends it with everybody there, measured by the code that
encodes. Deadlines, `explain` and the ledger-only mode take sizes from here and from nowhere else; a
kind that is not here has no declared size. Knows no network and no round.
"""

from collections.abc import Mapping

import numpy as np

from turncoat.actors.wire import Size, size_of
from turncoat.protocols.aggregation import messages
from turncoat.protocols.aggregation.blanks import blank, blank_vector
from turncoat.protocols.aggregation.messages import (
    KEYS_BYTES,
    PAIR_BYTES,
    SHARE_BYTES,
    SIGNATURE_BYTES,
    STRUCTURE,
    TAG_BYTES,
    pack_clients,
)
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.residues import PackedResidues
from turncoat.protocols.primitives import key_agreement, signatures

_COINS_BYTES = 16


def sizes(parameters: AggregationParameters, *, pki: bool) -> Mapping[str, Size]:
    """Kind → bytes of one message, header included, if nobody drops out. pki: are keys signed?"""
    p = parameters
    structures = {STRUCTURE: PackedResidues(p.modulus_bits, p.m)}
    return {
        type(body).__name__: size_of(body, structures)
        for body in _specimens(p, SIGNATURE_BYTES * pki)
    }


def _specimens(p: AggregationParameters, mark: int) -> tuple[object, ...]:
    """One of each. mark: bytes of the signature on a client's keys."""
    n, k = p.n, p.neighbours
    everyone, cohort = (pack_clients(np.arange(1, count + 1)) for count in (n, k + 1))
    key = blank(key_agreement.KEY_BYTES)
    return (
        messages.VerificationKey(blank(signatures.KEY_BYTES)),
        messages.KeyDirectory(everyone, blank(signatures.KEY_BYTES * n)),
        messages.AdvertisedKeys(key, key, blank(mark)),
        messages.GraphRequest(n),
        messages.GraphCoins(blank(_COINS_BYTES)),
        messages.KeyList(cohort, blank(KEYS_BYTES * k), blank(mark * k)),
        messages.EncryptedShares(blank(PAIR_BYTES * k), blank(TAG_BYTES * k)),
        messages.RelayedShares(cohort, blank(PAIR_BYTES * k), blank(TAG_BYTES * k)),
        blank_vector(p.m, p.modulus_bits),
        messages.SurvivorList(cohort),
        messages.ConsistencySignature(blank(SIGNATURE_BYTES)),
        messages.SignatureList(everyone, blank(SIGNATURE_BYTES * n)),
        messages.UnmaskingShares(blank(SHARE_BYTES * (k + 1))),
    )


def undeclared(declared: Mapping[str, Size]) -> tuple[str, ...]:
    """The kinds of messages without a size: with one of them, a ledger of blanks would be wrong."""
    kinds = [
        name
        for name, thing in vars(messages).items()
        if isinstance(thing, type) and thing.__module__ == messages.__name__
    ]
    return tuple(kind for kind in kinds if kind not in declared)
