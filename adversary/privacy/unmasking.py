"""An attacker that takes the masks off one client's input, from the view of an aggregation server.

y_v = x_v + PRG(b_v) ± Σ PRG(s_vw). Who holds enough shares of s_v^SK takes off the pairwise masks,
who holds enough of b_v the self mask: the protocol is there to keep the server from holding both.
Knows how the protocol masks, and nothing of how the server came by what it holds.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.adversary.views import View
from turncoat.protocols.aggregation.messages import SHARE_BYTES
from turncoat.protocols.aggregation.pair_memo import PairMask, PairMemo
from turncoat.protocols.aggregation.parameters import AggregationParameters
from turncoat.protocols.aggregation.residues import word_type
from turncoat.protocols.aggregation.sharing import reconstruct_secrets
from turncoat.protocols.primitives.key_agreement import KeyPair
from turncoat.protocols.primitives.key_derivation import derive_key

Secret = Literal["b", "s"]
Shares = Mapping[int, bytes]  # holder → share
NO_SELF_MASK = bytes(32)  # the seed of one that everybody knows


@attrs.frozen(kw_only=True)
class Unmasking:
    """victim: the client. asked: client → which of the victim's two secrets its share is of, as
    the list of survivors that the server showed to it decides. sid: of the session."""

    parameters: AggregationParameters
    sid: str
    victim: int
    asked: Mapping[int, Secret]

    def guesses(self, view: View) -> Iterator[tuple[int, ...]]:
        """The victim's input, as far as the view tells; with the self mask's seed, or without one,
        or with one that is known to all."""
        keys = _heard(view, "AdvertisedKeys")
        peers = [w for w in sorted(_heard(view, "EncryptedShares")) if w != self.victim]
        masks = {w: keys[w]["masking"] for w in peers}
        yield from self.unmasked(view, self._shares(view, "s"), self._shares(view, "b"), masks)

    def unmasked(
        self, view: View, s: Shares, b: Shares, masks: Mapping[int, bytes]
    ) -> Iterator[tuple[int, ...]]:
        """From shares of both secrets. masks: the keys of those with whom the victim has masks."""
        private = self._reconstructed(s)
        masked = _heard(view, "MaskedInput").get(self.victim)
        if private is None or masked is None:
            return
        bare = masked["values"].words - self._pairwise(private, masks)
        yield self._reduced(bare)
        for seed in (self._reconstructed(b), NO_SELF_MASK):
            if seed is not None:
                total = bare.copy()
                self._memo().unmask(seed, total)
                yield self._reduced(total)

    def _shares(self, view: View, which: Secret) -> Shares:
        """Client → the share of the victim's secret that it has revealed."""
        cohort = sorted(_heard(view, "EncryptedShares"))
        at = cohort.index(self.victim) * SHARE_BYTES
        return {
            client: fields["shares"][at : at + SHARE_BYTES]
            for client, fields in _heard(view, "UnmaskingShares").items()
            if self.asked.get(client) == which
        }

    def _reconstructed(self, shares: Shares) -> bytes | None:
        """The secret; None if the shares are too few."""
        if len(shares) < self.parameters.threshold:
            return None
        points = sorted(shares)[: self.parameters.threshold]
        table = np.stack([np.frombuffer(shares[i], np.uint8) for i in points])
        return reconstruct_secrets(np.array([points]), table[None])[0]

    def _pairwise(self, private: bytes, masks: Mapping[int, bytes]) -> NDArray[Any]:
        """± Σ PRG(s_vw) over everybody with whom the victim has masks."""
        own, purpose = KeyPair(private), b"mask " + self.sid.encode()
        terms = [PairMask(w, derive_key(own.agree(key), purpose)) for w, key in masks.items()]
        return self._memo().masks(self.victim, terms)

    def _memo(self) -> PairMemo:
        dtype = word_type(self.parameters.modulus_bits)
        return PairMemo(dtype, self.parameters.m, sharing=False)

    def _reduced(self, words: NDArray[Any]) -> tuple[int, ...]:
        return tuple((words % words.dtype.type(self.parameters.modulus)).tolist())


def _heard(view: View, kind: str) -> dict[int, Mapping[str, Any]]:
    """Sender → the fields of its message."""
    return {m.sender: m.fields for m in view.received if m.kind == kind}


def all_asked_for(clients: Iterable[int], which: Secret) -> dict[int, Secret]:
    """Everybody was shown the same list."""
    return dict.fromkeys(clients, which)
