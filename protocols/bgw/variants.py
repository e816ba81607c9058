"""The variants of BGW: how inputs are dealt and products reduced, and what is exchanged before.

Each is one object for public parameters only; `prepare` yields another that holds what one party
got from setup or preprocessing in one run. Openings are the same in all. The figures themselves
are in the files beside this one.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

import attrs

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.arithmetic.family import Announced
from turncoat.protocols.arithmetic.numbering import below
from turncoat.protocols.bgw.double_sharing import DoubleSharing, double_sharing
from turncoat.protocols.bgw.inner_product import inner_product
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.pairwise_seeds import PairwiseSeeds, pairwise_seeds
from turncoat.protocols.bgw.reduce_degree_by_king import reduce_degree_by_king
from turncoat.protocols.bgw.reduce_degree_compressed import reduce_degree_compressed
from turncoat.protocols.bgw.share_input import deal_input, receive_input, share_input
from turncoat.protocols.bgw.share_input_compressed import (
    deal_compressed_input,
    receive_compressed_input,
)
from turncoat.protocols.declare import Cost, declared

PRODUCTS = ("multiply", "dot")  # the operations that reduce a degree


class Variant(Protocol):
    """What a variant decides. costs: "input", "multiply", "dot", and "setup" or "prep" if any.
    private_up_to: an assumption that privacy rests on, "" for none."""

    costs: ClassVar[Mapping[str, Cost]]
    private_up_to: ClassVar[str]

    async def prepare(
        self, party: Party, field: Field, announced: Sequence[Announced]
    ) -> "Variant": ...
    def deal_input(self, party: Party, values: Vec) -> None: ...
    async def receive_input(
        self, party: Party, owner: int, field: Field, shape: Shape
    ) -> Share: ...
    async def multiply(self, party: Party, x: Share, y: Share) -> Share: ...
    async def dot(self, party: Party, x: Share, y: Share) -> Share: ...


@attrs.frozen
class Plain:
    """The papers' own protocols, with nothing exchanged before: perfect privacy."""

    costs: ClassVar[Mapping[str, Cost]] = {
        "input": declared(share_input).cost,
        "multiply": declared(multiply).cost,
        "dot": declared(inner_product).cost,
    }
    private_up_to: ClassVar[str] = ""

    async def prepare(self, party: Party, field: Field, announced: Sequence[Announced]) -> Variant:
        return self

    def deal_input(self, party: Party, values: Vec) -> None:
        deal_input(party, values)

    async def receive_input(self, party: Party, owner: int, field: Field, shape: Shape) -> Share:
        return await receive_input(party, owner, shape)

    async def multiply(self, party: Party, x: Share, y: Share) -> Share:
        return await multiply(party, x, y)

    async def dot(self, party: Party, x: Share, y: Share) -> Share:
        return await inner_product(party, x, y)


@attrs.frozen
class Compressed:
    """Pairwise seeds, exchanged in phase `setup`, stand for t shares of every dealing."""

    seeds: PairwiseSeeds | None = None

    costs: ClassVar[Mapping[str, Cost]] = {
        "setup": declared(pairwise_seeds).cost,
        "input": declared(receive_compressed_input).cost,
        "multiply": declared(reduce_degree_compressed).cost,
        "dot": declared(reduce_degree_compressed).cost,
    }
    private_up_to: ClassVar[str] = "AES-128"

    async def prepare(self, party: Party, field: Field, announced: Sequence[Announced]) -> Variant:
        with party.phase("setup"):
            return Compressed(await pairwise_seeds(party.sub("setup")))

    def deal_input(self, party: Party, values: Vec) -> None:
        deal_compressed_input(party, values, self._exchanged())

    async def receive_input(self, party: Party, owner: int, field: Field, shape: Shape) -> Share:
        return await receive_compressed_input(party, owner, field, shape, self._exchanged())

    async def multiply(self, party: Party, x: Share, y: Share) -> Share:
        return await reduce_degree_compressed(party, x * y, self._exchanged())

    async def dot(self, party: Party, x: Share, y: Share) -> Share:
        return await reduce_degree_compressed(party, x @ y, self._exchanged())

    def _exchanged(self) -> PairwiseSeeds:
        if self.seeds is None:
            raise ValueError("the variant has no seeds yet; call prepare before anything else")
        return self.seeds


@attrs.frozen
class Dn07:
    """Double sharings, dealt in phase `prep` for all announced products at once, and a king.

    pairs: sid of a product → the double sharing that is its own. A product that nobody announced
    (a program may branch on what it opened) has its double sharing dealt when it is reached.
    """

    pairs: Mapping[str, DoubleSharing] = attrs.field(factory=dict[str, DoubleSharing], repr=False)

    costs: ClassVar[Mapping[str, Cost]] = {
        "prep": declared(double_sharing).cost,
        "input": declared(share_input).cost,
        "multiply": declared(reduce_degree_by_king).cost,
        "dot": declared(reduce_degree_by_king).cost,
    }
    private_up_to: ClassVar[str] = ""

    async def prepare(self, party: Party, field: Field, announced: Sequence[Announced]) -> Variant:
        products = [step for step in announced if step.name in PRODUCTS]
        if not products:
            return self
        with party.phase("prep"):
            total = sum(step.m for step in products)
            dealt = await double_sharing(party.sub("prep"), field, (total,))
        pairs, at = dict[str, DoubleSharing](), 0
        for step in products:
            pairs[below(party.sid, step.sid)] = dealt.take(at, (step.m,))
            at += step.m
        return Dn07(pairs)

    def deal_input(self, party: Party, values: Vec) -> None:
        deal_input(party, values)

    async def receive_input(self, party: Party, owner: int, field: Field, shape: Shape) -> Share:
        return await receive_input(party, owner, shape)

    async def multiply(self, party: Party, x: Share, y: Share) -> Share:
        return await self._reduced(party, x * y)

    async def dot(self, party: Party, x: Share, y: Share) -> Share:
        return await self._reduced(party, x @ y)

    async def _reduced(self, party: Party, d: Share) -> Share:
        pair = self.pairs.get(party.sid)
        if pair is None or pair.low.size != d.size:
            with party.phase("prep"):
                pair = await double_sharing(party.sub("prep"), d.values.field, d.shape)
        return await reduce_degree_by_king(party, d, pair.take(0, d.shape))


VARIANTS: Mapping[str, Variant] = {"plain": Plain(), "compressed": Compressed(), "dn07": Dn07()}
