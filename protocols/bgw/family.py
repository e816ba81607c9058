"""BGW as an arithmetic family: Shamir shares, passive, honest majority, perfect.

Holds the guarantee and the one object through which programs reach the figures of the paper.
Knows no program; the steps are in the files beside this one.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.inner_product import inner_product
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to, open_to_all, open_to_one
from turncoat.protocols.bgw.parameters import BgwParameters
from turncoat.protocols.bgw.share_input import deal_input, extract_input, receive_input, share_input
from turncoat.protocols.declare import Cost, Guarantee, declared

GUARANTEE = Guarantee(
    adversary="passive",
    threshold="t < n/2",
    network="asynchronous",
    termination="every party",
    abort="selective",
    soundness="0 (perfect)",
    reveals="the declared outputs, to those they are opened to",
)

COSTS = {
    "input": declared(share_input).cost,
    "multiply": declared(multiply).cost,
    "dot": declared(inner_product).cost,
    "open": declared(open_to_all).cost,
    "open-to-one": declared(open_to_one).cost,
}


class Bgw:
    """[BGW88] with the degree reduction of [GRR98], for n parties of which t may listen together.

    t = None stands for the largest t < n/2. Raises ValueError for parameters BGW does not have.
    """

    name: ClassVar[str] = "bgw"
    guarantee: ClassVar[Guarantee] = GUARANTEE
    costs: ClassVar[Mapping[str, Cost]] = COSTS

    def __init__(self, n: int, t: int | None, field: Field) -> None:
        self.parameters = BgwParameters.make(n, t, field)

    @property
    def field(self) -> Field:
        return self.parameters.field

    @property
    def n(self) -> int:
        return self.parameters.n

    @property
    def t(self) -> int:
        return self.parameters.t

    def deal_input(self, party: Party, values: Vec) -> None:
        """The owner's part of an input: sends, and does not wait."""
        deal_input(party, values)

    async def receive_input(self, party: Party, owner: int, shape: Shape) -> Share:
        """Everyone's part of an input."""
        return await receive_input(party, owner, shape)

    def constant(self, party: Party, values: Vec) -> Share:
        """Public values are their own shares, on polynomials of degree 0."""
        return Share(values, degree=0)

    def concatenate(self, shares: Sequence[Share]) -> Share:
        """One after the other; the degree is the largest, as in a sum."""
        values = self.field.concatenate([share.values for share in shares])
        return Share(values, degree=max(share.degree for share in shares))

    async def multiply(self, party: Party, x: Share, y: Share) -> Share:
        """[xy]_t, entry by entry."""
        return await multiply(party, x, y)

    async def dot(self, party: Party, x: Share, y: Share) -> Share:
        """[x @ y]_t, one resharing of the result's entries."""
        return await inner_product(party, x, y)

    async def open(self, party: Party, x: Share, to: Sequence[int]) -> Vec | None:
        """x at the parties in `to`; None elsewhere."""
        return await open_to(party, x, to)

    def extract_input(self, shares: Mapping[int, Share]) -> Vec | None:
        """The input that honest parties' shares determine, None if there is no single one."""
        return extract_input(shares)
