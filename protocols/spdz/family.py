"""SPDZ as an arithmetic family: authenticated additive shares, active, dishonest majority.

Holds the guarantee and the one object through which programs reach the figures of the papers.
Knows no program; the steps are in the files beside this one.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from fractions import Fraction
from math import log2
from typing import Any, ClassVar, Self

import attrs
import numpy as np

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.arithmetic.family import Announced
from turncoat.protocols.arithmetic.numbering import below
from turncoat.protocols.arithmetic.options import known
from turncoat.protocols.arithmetic.run_program import InputRecord
from turncoat.protocols.declare import Cost, CostFigures, Guarantee
from turncoat.protocols.functionalities import prep
from turncoat.protocols.spdz.auth_share import AuthShare, broadcast, concatenate
from turncoat.protocols.spdz.beaver import matrix_product, multiply, square
from turncoat.protocols.spdz.costs import COSTS
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.output import output, output_to
from turncoat.protocols.spdz.parameters import DELTA, SpdzParameters, require_sound
from turncoat.protocols.spdz.partial_open import partial_open, partial_open_by_king
from turncoat.protocols.spdz.sacrifice import sacrifice
from turncoat.protocols.spdz.share_input import deal_input, effective_input, receive_input
from turncoat.protocols.spdz.stock import Mask, MatrixTriple, Square, Stock, Triple
from turncoat.protocols.spdz.variants import VARIANTS, pairs

OPENINGS = {"all": partial_open, "king": partial_open_by_king}
SIGMA = 40


class Spdz:
    """[DPSZ12] with the MAC check of [DKLPSS13], for n parties of which t may deviate together.

    t = None stands for n − 1. opening: "all" or "king". variant: "plain" (the dealer's products are
    right), "sacrifice" (the adversary may have it shift them, and they are checked) or "unchecked"
    (they are not: to see what the sacrifice is for; refused unless sigma = 0). prep: "dealer", a
    trusted one, is all there is. delta: Δ [ns]. sigma: no cheating may pass with more than
    2^−sigma. Raises ValueError for parameters SPDZ does not have.
    """

    name: ClassVar[str] = "spdz"
    openings: ClassVar[Sequence[str]] = tuple(OPENINGS)
    variants: ClassVar[Sequence[str]] = tuple(VARIANTS)
    preps: ClassVar[Sequence[str]] = ("dealer",)
    options: ClassVar[Sequence[str]] = ("t", "opening", "variant", "prep", "delta", "sigma")

    def __init__(
        self,
        n: int,
        t: int | None,
        field: Field,
        *,
        opening: str = "all",
        variant: str = "plain",
        prep: str = "dealer",
        delta: int = DELTA,
        sigma: int = SIGMA,
    ) -> None:
        self.parameters = SpdzParameters.make(n, t, field, delta)
        self._opening = known(self.name, "opening", opening, self.openings)
        self._variant = VARIANTS[known(self.name, "variant", variant, self.variants)]
        known(self.name, "prep", prep, self.preps)
        require_sound(self.soundness_error, sigma, field)
        self._own: _Own | None = None

    # -- public parameters ---------------------------------------------------------------------

    @property
    def field(self) -> Field:
        return self.parameters.field

    @property
    def n(self) -> int:
        return self.parameters.n

    @property
    def t(self) -> int:
        return self.parameters.t

    @property
    def soundness_error(self) -> Fraction:
        """With what probability a run with a wrong opening or product passes, at most."""
        dealing = self._variant.dealing_error(self.field)
        return min(Fraction(1), self.parameters.check_error + dealing)

    @property
    def guarantee(self) -> Guarantee:
        return Guarantee(
            adversary="active",
            threshold="t <= n-1",
            network="synchronous(Δ)",
            termination="honest parties",
            abort="selective",
            soundness=self._soundness(),
            reveals="the declared outputs, to those they are opened to; to the adversary first",
            assumes=f"a trusted dealer, whose {self._variant.about}",
        )

    def _soundness(self) -> str:
        formula = "(2p-1)/p^2"
        if self._variant.unchecked:
            formula += " + 2/p" if self._variant.sacrifice else ", and 1 for a wrong product"
        return f"{formula} = 2^{log2(self.soundness_error):.1f}"

    @property
    def costs(self) -> Mapping[str, Cost]:
        return COSTS[self._opening]

    # -- preprocessing -------------------------------------------------------------------------

    @property
    def roles(self) -> Mapping[str, Callable[..., Awaitable[None]]]:
        return {"dealer": self._deal}

    async def _deal(
        self, party: Party, announced: Sequence[Announced], record: InputRecord | None = None
    ) -> None:
        """The dealer's whole part."""
        with party.phase("prep"):
            masks = await prep.serve(
                party.sub("prep"),
                self._variant.orders(announced),
                self.field,
                self.parameters.delta,
                unchecked=self._variant.unchecked,
            )
        if record is not None:
            record.keep(party.me, masks)

    async def prepare(self, party: Party, announced: Sequence[Announced]) -> Self:
        """The same family for one party of one run, with its key and its stock."""
        orders = self._variant.orders(announced)
        with party.phase("prep"):
            alpha, items = await prep.receive(
                party.sub("prep"),
                orders,
                self.field,
                self.parameters.delta,
                unchecked=self._variant.unchecked,
            )
            key = MacKey(alpha, party.me == party.everyone[0], self.parameters.delta)
            if self._variant.sacrifice:
                opening = OPENINGS[self._opening]
                await sacrifice(party.sub("sacrifice"), key, pairs(orders, items), opening)
        return self.holding(key, Stock({below(party.sid, sid): i for sid, i in items.items()}))

    def holding(self, key: MacKey, stock: Stock) -> Self:
        """The same family for one party that has these already."""
        ready = copy(self)
        ready._own = _Own(key, stock)
        return ready

    def preparation(self, announced: Sequence[Announced]) -> list[CostFigures]:
        """What `prepare` costs, one thing after the other."""
        orders = self._variant.orders(announced)
        products = [order for order in orders if order.kind in prep.PRODUCTS]
        steps = [
            self.costs["prep"].evaluate(
                n=self.n,
                t=self.t,
                m=sum(order.size for order in orders),
                k=sum(order.size for order in orders if order.kind == "mask"),
            )
        ]
        if self._variant.unchecked and products:
            steps.insert(0, prep.ASKING.evaluate(n=self.n, t=self.t, m=len(products)))
        if self._variant.sacrifice and products:
            c = sum(order.result for order in products) // 2
            factors = sum(order.size for order in products) // 2 - c
            steps.append(self.costs["sacrifice"].evaluate(n=self.n, t=self.t, m=c, k=factors))
        return steps

    @property
    def own(self) -> "_Own":
        """What the party holds. Raises ValueError for a family that nobody has prepared."""
        if self._own is None:
            raise ValueError("this family holds no key and no stock; call prepare first")
        return self._own

    # -- a family's protocols --------------------------------------------------------------------

    def deal_input(self, party: Party, values: Vec) -> None:
        """The owner's part of an input: sends, and does not wait."""
        mask = self.own.stock.take(party.sid, Mask, values.shape)
        self.own.masks[party.sid] = mask
        deal_input(party, values, mask)

    async def receive_input(self, party: Party, owner: int, shape: Shape) -> AuthShare:
        """Everyone's part of an input, the owner's included."""
        own = self.own
        mask = own.masks.pop(party.sid, None) or own.stock.take(party.sid, Mask, shape)
        heard = await receive_input(party, own.key, owner, shape)
        own.heard[party.sid] = heard
        return own.key.add(mask.share, heard)

    def constant(self, party: Party, values: Vec) -> AuthShare:
        """Public values as a share. Local."""
        return self.own.key.constant(values)

    def concatenate(self, shares: Sequence[AuthShare]) -> AuthShare:
        """One after the other along the first axis. Local."""
        return concatenate(shares)

    async def multiply(self, party: Party, x: AuthShare, y: AuthShare) -> AuthShare:
        """⟨x·y⟩, entry by entry; a square where one was announced."""
        own, opening = self.own, OPENINGS[self._opening]
        if x is y and own.stock.holds(party.sid) is Square:
            pair = own.stock.take(party.sid, Square, x.shape)
            return await square(party, own.key, x, pair, opening)
        shape = np.broadcast_shapes(x.shape, y.shape)
        triple = own.stock.take(party.sid, Triple, (shape, shape))
        x, y = broadcast(x, shape), broadcast(y, shape)
        return await multiply(party, own.key, x, y, triple, opening)

    async def dot(self, party: Party, x: AuthShare, y: AuthShare) -> AuthShare:
        """⟨x @ y⟩, by a matrix triple."""
        own = self.own
        triple = own.stock.take(party.sid, MatrixTriple, (x.shape, y.shape))
        return await matrix_product(party, own.key, x, y, triple, OPENINGS[self._opening])

    async def open(self, party: Party, x: AuthShare, to: Sequence[int]) -> Vec | None:
        """x at the parties in `to`, checked; None elsewhere."""
        own, opening = self.own, OPENINGS[self._opening]
        if set(to) == set(party.everyone):
            return await output(party, own.key, x, opening)
        masks = {j: own.stock.take(below(party.sid, str(j)), Mask, (x.size,)) for j in to}
        y = await output_to(party, own.key, x.reshape(-1), masks, opening)
        return None if y is None else y.reshape(x.shape)

    def fork(self, party: Party, count: int) -> Sequence[AbstractContextManager[None]]:
        """Strands that begin together; their checks come in this order."""
        return self.own.key.queue.fork(party, count)

    # -- for the judge ---------------------------------------------------------------------------

    def witness(self, sid: str, share: AuthShare) -> Vec:
        """What this party heard of an input: ε."""
        return self.own.heard[sid]

    def extract_input(self, shares: Mapping[int, Any]) -> Vec | None:
        """r + ε, from the dealer's r and the ε that honest parties heard; None if there is no
        single one."""
        heard = [epsilon for i, epsilon in shares.items() if i <= self.n]
        masks = [mask for i, mask in shares.items() if i > self.n]
        return effective_input(masks[0], heard) if masks else None


@attrs.frozen(eq=False)
class _Own:
    """What one party of one run holds. masks: of own inputs between saying and hearing them, by
    sid. heard: ε of every input, by sid, which no party reads again."""

    key: MacKey
    stock: Stock
    masks: dict[str, Mask] = attrs.field(factory=dict[str, Mask], repr=False)
    heard: dict[str, Vec] = attrs.field(factory=dict[str, Vec], repr=False)
