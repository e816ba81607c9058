"""What two clients of one run compute alike, computed once: their shared keys and their masks.

Each client of a pair (u, v) would agree on the same key, and expand the same mask, one of them to
add and the other to subtract it. In a simulation both are in one process. This memo changes no
value: an entry is found by the two public keys, a mask by its very seed, and what turns out not to
be wanted is taken back. The CPU time of a pair is billed to whoever comes first, so figures by
party become estimates. Knows no round and no message.
"""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from turncoat.protocols.primitives.key_agreement import KeyPair
from turncoat.protocols.primitives.key_derivation import derive_key
from turncoat.protocols.primitives.masks import MaskExpander

Words = NDArray[Any]


@attrs.frozen
class PairMask:
    """One term of a client's masked input: ± PRG(seed), shared with `peer`; + if me < peer."""

    peer: int
    seed: bytes


@attrs.define(eq=False)
class _Pending:
    """The part of a client's masks that its peers have expanded already."""

    words: Words
    seeds: dict[int, bytes] = attrs.field(factory=dict[int, bytes])


class PairMemo:
    """One for each run. wanted: masks asked for, by whoever; the expander counts those made."""

    def __init__(self, dtype: np.dtype[Any], m: int, *, sharing: bool = True) -> None:
        """dtype, m: of the masks. sharing: False computes everything twice, as real clients do."""
        self.expander = MaskExpander(dtype)
        self.wanted = 0
        self._m = m
        self._sharing = sharing
        self._keys: dict[bytes, bytes] = {}
        self._pending: dict[int, _Pending] = {}

    def agree(self, own: KeyPair, public: bytes, purpose: bytes) -> bytes:
        """A key of 32 bytes for `purpose` that both owners get. ValueError for a bad public key."""
        name = purpose + min(own.public, public) + max(own.public, public)
        key = self._keys.pop(name, None)
        if key is None:
            key = derive_key(own.agree(public), purpose)
            if self._sharing:
                self._keys[name] = key
        return key

    def masks(self, me: int, terms: Iterable[PairMask], *, peers_follow: bool = True) -> Words:
        """Σ ± PRG(seed) over the terms, for client `me`.

        peers_follow: will the peers ask for theirs later? (They will not where the server asks in
        the name of a client that is gone.)
        """
        ready = self._pending.pop(me, None) or _Pending(self._zeros())
        for term in terms:
            self.wanted += 1
            if ready.seeds.get(term.peer) == term.seed:
                del ready.seeds[term.peer]
            elif peers_follow and self._sharing:
                self._expand_for_both(me, term, ready.words)
            else:
                self._apply(term.seed, ready.words, add=me < term.peer)
        for peer, seed in ready.seeds.items():  # expanded for nothing: take it back
            self._apply(seed, ready.words, add=peer < me)
        return ready.words

    def mask(self, seed: bytes, total: Words) -> None:
        """total += PRG(seed): a client's own mask b_u."""
        self.wanted += 1
        self.expander.add(seed, total)

    def unmask(self, seed: bytes, total: Words) -> None:
        """total −= PRG(seed)."""
        self.wanted += 1
        self.expander.subtract(seed, total)

    def _expand_for_both(self, me: int, term: PairMask, words: Words) -> None:
        other = self._pending.get(term.peer)
        if other is None:
            other = self._pending[term.peer] = _Pending(self._zeros())
        if me in other.seeds:  # another of our masks waits there, which will be taken back
            self._apply(term.seed, words, add=me < term.peer)
            return
        other.seeds[me] = term.seed
        pair = (words, other.words) if me < term.peer else (other.words, words)
        self.expander.add(term.seed, *pair)

    def _apply(self, seed: bytes, words: Words, *, add: bool) -> None:
        if add:
            self.expander.add(seed, words)
        else:
            self.expander.subtract(seed, words)

    def _zeros(self) -> Words:
        return np.zeros(self._m, self.expander.dtype)
