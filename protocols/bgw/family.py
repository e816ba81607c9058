"""BGW as an arithmetic family: Shamir shares, passive, honest majority.

Holds the guarantee and the one object through which programs reach the figures of the paper.
Knows no program; the steps are in the files beside this one.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import ClassVar, Self

import attrs

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.arithmetic.family import Announced, Unprepared
from turncoat.protocols.arithmetic.options import known
from turncoat.protocols.arithmetic.random_source import BITS, ELEMENTS
from turncoat.protocols.bgw.open import open_to, open_to_all, open_to_one
from turncoat.protocols.bgw.open_by_king import open_by_king
from turncoat.protocols.bgw.parameters import BgwParameters
from turncoat.protocols.bgw.random_bit import random_bits
from turncoat.protocols.bgw.random_element import random_elements
from turncoat.protocols.bgw.share_input import extract_input
from turncoat.protocols.bgw.variants import PRODUCTS, VARIANTS
from turncoat.protocols.declare import Cost, CostFigures, Guarantee, declared

GUARANTEE = Guarantee(
    adversary="passive",
    threshold="t < n/2",
    network="asynchronous",
    termination="every party",
    abort="selective",
    soundness="0 (perfect)",
    reveals="the declared outputs, to those they are opened to",
)

OPENINGS = {"all": open_to_all, "king": open_by_king}


class Bgw(Unprepared[Share]):
    """[BGW88] with the degree reduction of [GRR98], for n parties of which t may listen together.

    t = None stands for the largest t < n/2. opening: "all" or "king". variant: "plain",
    "compressed" (seeds between pairs stand for t shares of each dealing) or "dn07" (double
    sharings prepared beforehand, products through a king). Raises ValueError for parameters BGW
    does not have.
    """

    name: ClassVar[str] = "bgw"
    openings: ClassVar[Sequence[str]] = tuple(OPENINGS)
    variants: ClassVar[Sequence[str]] = tuple(VARIANTS)
    options: ClassVar[Sequence[str]] = ("t", "opening", "variant")

    def __init__(
        self,
        n: int,
        t: int | None,
        field: Field,
        *,
        opening: str = "all",
        variant: str = "plain",
    ) -> None:
        self.parameters = BgwParameters.make(n, t, field)
        self._open_to_all = OPENINGS[known(self.name, "opening", opening, self.openings)]
        self._variant = VARIANTS[known(self.name, "variant", variant, self.variants)]

    @property
    def guarantee(self) -> Guarantee:
        assumption = self._variant.private_up_to
        soundness = f"0 (privacy up to {assumption})" if assumption else GUARANTEE.soundness
        return attrs.evolve(GUARANTEE, soundness=soundness)

    @property
    def costs(self) -> Mapping[str, Cost]:
        return {
            **self._variant.costs,
            "open": declared(self._open_to_all).cost,
            "open-to-one": declared(open_to_one).cost,
            BITS: declared(random_bits).cost,
            ELEMENTS: declared(random_elements).cost,
        }

    @property
    def field(self) -> Field:
        return self.parameters.field

    @property
    def n(self) -> int:
        return self.parameters.n

    @property
    def t(self) -> int:
        return self.parameters.t

    async def prepare(self, party: Party, announced: Sequence[Announced]) -> Self:
        """The same family for one party of one run, after setup and preprocessing."""
        ready = copy(self)
        ready._variant = await self._variant.prepare(party, self.field, announced)
        return ready

    def preparation(self, announced: Sequence[Announced]) -> Sequence[CostFigures]:
        """All double sharings at once, for variants that deal some."""
        m = sum(step.m for step in announced if step.name in PRODUCTS)
        if "prep" not in self._variant.costs or not m:
            return ()
        return (self._variant.costs["prep"].evaluate(n=self.n, t=self.t, m=m),)

    def deal_input(self, party: Party, values: Vec) -> None:
        """The owner's part of an input: sends, and does not wait."""
        self._variant.deal_input(party, values)

    async def receive_input(self, party: Party, owner: int, shape: Shape) -> Share:
        """Everyone's part of an input."""
        return await self._variant.receive_input(party, owner, self.field, shape)

    def constant(self, party: Party, values: Vec) -> Share:
        """Public values are their own shares, on polynomials of degree 0."""
        return Share(values, degree=0)

    def concatenate(self, shares: Sequence[Share]) -> Share:
        """One after the other; the degree is the largest, as in a sum."""
        values = self.field.concatenate([share.values for share in shares])
        return Share(values, degree=max(share.degree for share in shares))

    async def multiply(self, party: Party, x: Share, y: Share) -> Share:
        """[xy]_t, entry by entry."""
        return await self._variant.multiply(party, x, y)

    async def dot(self, party: Party, x: Share, y: Share) -> Share:
        """[x @ y]_t, one resharing of the result's entries."""
        return await self._variant.dot(party, x, y)

    async def random_bits(self, party: Party, shape: Shape) -> Share:
        """[b]_t, b uniform in {0, 1}; in every variant by plain products."""
        return await random_bits(party, self.field, shape)

    async def random_elements(self, party: Party, shape: Shape) -> Share:
        """[r]_t, r uniform in the field."""
        return await random_elements(party, self.field, shape)

    async def open(self, party: Party, x: Share, to: Sequence[int]) -> Vec | None:
        """x at the parties in `to`; None elsewhere. A king opens to all or not at all."""
        if len(to) < self.n:
            return await open_to(party, x, to)
        return await self._open_to_all(party, x)

    def extract_input(self, shares: Mapping[int, Share]) -> Vec | None:
        """The input that honest parties' shares determine, None if there is no single one."""
        return extract_input(shares)
