"""F_Prep: a trusted dealer that hands out everything SPDZ consumes, authenticated.

Holds what may be ordered, the dealing as a pure function of the dealer's coins, and the two ends of
its one message: dealer and party. A stand-in for a preprocessing protocol, and an oracle for one.
The interface of *unchecked* triples lets the adversary ask for c + Δ under a valid MAC, as weaker
preprocessing would; honest parties ask for Δ = 0. Knows no step of the online phase.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import prod
from operator import add
from typing import Literal

import attrs
import numpy as np

from turncoat.actors.errors import MisuseError, ProtocolAbort
from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape
from turncoat.actors.wire import Shape, elements, message
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.spdz.auth_share import AuthShare
from turncoat.protocols.spdz.stock import Bit, Item, Mask, MatrixTriple, Random, Square, Triple

Kind = Literal["mask", "triple", "matrix-triple", "square", "random", "bit"]
PRODUCTS: frozenset[Kind] = frozenset({"triple", "matrix-triple", "square"})


@attrs.frozen
class Order:
    """One item. sid: of the step that will use it, below that of the program. shapes: of a, or of
    a and b where they are two. owner: who learns the mask."""

    kind: Kind
    sid: str
    shapes: tuple[Shape, ...]
    owner: int = 0

    @property
    def parts(self) -> tuple[Shape, ...]:
        """The shapes of the vectors that are dealt for it."""
        if self.kind == "matrix-triple":
            a, b = self.shapes
            return a, b, (a[:-1] + b[1:]) or (1,)
        return (self.shapes[0],) * {"triple": 3, "square": 2}.get(self.kind, 1)

    @property
    def size(self) -> int:
        """The entries of all of them."""
        return sum(map(prod, self.parts))

    @property
    def result(self) -> int:
        """The entries of the last of them: of c."""
        return prod(self.parts[-1])


@message
class DealtShares:
    """From the dealer to P_i: α_i; P_i's shares of everything ordered, one after the other, and of
    its MACs; and the masks that P_i may know."""

    alpha: Vec = elements()
    values: Vec = elements()
    macs: Vec = elements()
    masks: Vec = elements()


@message
class TripleShift:
    """Δ from P_i to the dealer: what is added to c, under a valid MAC. Honest parties send 0."""

    delta: Vec = elements()


Items = Mapping[str, Item]  # sid → item


@attrs.frozen
class Dealing:
    """What the dealer sends to each party, and the masks in the clear, by sid, for the judge."""

    shares: Mapping[int, DealtShares]
    masks: Mapping[str, Vec]


# -- dealing ---------------------------------------------------------------------------------------


def deal(
    orders: Sequence[Order],
    parties: Sequence[int],
    field: Field,
    coins: Tape,
    shifts: Mapping[str, Vec] | None = None,
) -> Dealing:
    """Fresh items for these parties under a fresh key α, uniform in the field.

    shifts: sid → Δ, of length 1, which is added to every entry of that item's c.
    """
    alpha = field.random(coins, 1)
    dealt = {order.sid: _CLEAR[order.kind](order, field, coins) for order in orders}
    for sid, shift in (shifts or {}).items():
        dealt[sid][-1] = dealt[sid][-1] + shift
    flat = [vec.reshape(-1) for vecs in dealt.values() for vec in vecs]
    clear = field.concatenate(flat) if flat else field.zeros(0)
    alphas = additive(alpha, parties, coins)
    values, macs = additive(clear, parties, coins), additive(clear * alpha, parties, coins)
    masks = {order.sid: dealt[order.sid][0] for order in orders if order.kind == "mask"}
    known = {i: _joined(field, [masks[o.sid] for o in _owned(orders, i)]) for i in parties}
    return Dealing(
        {i: DealtShares(alphas[i], values[i], macs[i], known[i]) for i in parties}, masks
    )


def additive(secret: Vec, parties: Sequence[int], coins: Tape) -> dict[int, Vec]:
    """Uniform vectors with Σ = secret, by party."""
    *others, last = parties
    shares = {i: secret.field.random(coins, secret.shape) for i in others}
    rest = secret
    for share in shares.values():
        rest = rest - share
    return shares | {last: rest}


def _triple(order: Order, field: Field, coins: Tape) -> list[Vec]:
    a, b = (field.random(coins, shape) for shape in order.parts[:2])
    return [a, b, a @ b if order.kind == "matrix-triple" else a * b]


def _square(order: Order, field: Field, coins: Tape) -> list[Vec]:
    a = field.random(coins, order.shapes[0])
    return [a, a * a]


def _uniform(order: Order, field: Field, coins: Tape) -> list[Vec]:
    return [field.random(coins, order.shapes[0])]


def _bits(order: Order, field: Field, coins: Tape) -> list[Vec]:
    shape = order.shapes[0]
    return [field(coins.uniform(2, prod(shape)).astype(np.int64)).reshape(shape)]


_CLEAR: Mapping[Kind, Callable[[Order, Field, Tape], list[Vec]]] = {
    "mask": _uniform,
    "triple": _triple,
    "matrix-triple": _triple,
    "square": _square,
    "random": _uniform,
    "bit": _bits,
}


def _owned(orders: Sequence[Order], party: int) -> list[Order]:
    return [order for order in orders if order.kind == "mask" and order.owner == party]


def _joined(field: Field, vecs: Sequence[Vec]) -> Vec:
    return field.concatenate([vec.reshape(-1) for vec in vecs]) if vecs else field.zeros(0)


# -- the two ends ----------------------------------------------------------------------------------


async def serve(
    party: Party, orders: Sequence[Order], field: Field, delta: int, *, unchecked: bool = False
) -> Mapping[str, Vec]:
    """The dealer's part: deal what was ordered. Returns the masks, by sid, for the judge alone.

    unchecked: ask all parties first by how much each product shall be wrong; waits Δ [ns] for that.
    """
    parties = party.role("parties")
    shifts = dict[str, Vec]()
    for order in orders if unchecked else ():
        if order.kind in PRODUCTS:
            asked = await _heard(_asking(party, order), parties, delta)
            shifts[order.sid] = reduce(add, (ask.delta for ask in asked.values()))
    dealing = deal(orders, parties, field, party.coins, shifts)
    party.send_each(dealing.shares)
    return dealing.masks


ASKING = Cost("1", "n*m")  # of unchecked products, m in all, before any is dealt


async def _heard(party: Party, senders: Sequence[int], delta: int) -> dict[int, TripleShift]:
    asked = await party.gather(TripleShift, senders, deadline=party.now + delta, shape=(1,))
    if len(asked) < len(senders):
        raise ProtocolAbort("timeout", missing=set(senders) - asked.keys())
    return asked


@declares(
    name="spdz/prep",
    cost=Cost("1", "n*(1 + 2*m) + k", per_role={"party": "0"}),
    cites=("DPSZ12, functionality F_Prep", "DKLPSS13"),
)
async def receive(
    party: Party, orders: Sequence[Order], field: Field, delta: int, *, unchecked: bool = False
) -> tuple[Vec, dict[str, Item]]:
    """A party's part: (α_i, item by sid).

    The dealer is trusted, and never corrupted. One round, in which it sends each party its share of
    the key, two elements for every entry dealt (m in all, of a, b and c alike) and its masks in the
    clear (k entries over all parties). unchecked: one round more, in which each party sends it an
    element for every product.
    Raises ProtocolAbort("timeout") after Δ = delta [ns].
    """
    (dealer,) = party.role("dealer")
    for order in orders if unchecked else ():
        if order.kind in PRODUCTS:
            _asking(party, order).send(dealer, TripleShift(field.zeros(1)))
    dealt = await party.receive(dealer, DealtShares, deadline=party.now + delta)
    return dealt.alpha, unpacked(dealt, orders, party.me)


def unpacked(dealt: DealtShares, orders: Sequence[Order], me: int) -> dict[str, Item]:
    """A party's items, cut from what it was dealt. Raises MisuseError if that is not all."""
    wanted = sum(order.size for order in orders)
    if dealt.values.size != wanted:
        raise MisuseError(
            f"P{me} ordered {wanted} elements, the dealer dealt {dealt.values.size}: announce the "
            "same steps to all parties and to the dealer"
        )
    items, at, known = dict[str, Item](), 0, 0
    for order in orders:
        parts = list[AuthShare]()
        for shape in order.parts:
            entries = slice(at, at + prod(shape))
            parts.append(
                AuthShare(dealt.values[entries].reshape(shape), dealt.macs[entries].reshape(shape))
            )
            at += prod(shape)
        clear = None
        if order.kind == "mask" and order.owner == me:
            clear = dealt.masks[known : known + order.size].reshape(order.shapes[0])
            known += order.size
        items[order.sid] = _item(order.kind, parts, clear)
    return items


def _item(kind: Kind, parts: Sequence[AuthShare], clear: Vec | None) -> Item:
    match kind:
        case "mask":
            return Mask(parts[0], clear)
        case "triple":
            return Triple(*parts)
        case "matrix-triple":
            return MatrixTriple(*parts)
        case "square":
            return Square(*parts)
        case "random":
            return Random(*parts)
        case "bit":
            return Bit(*parts)


def _asking(party: Party, order: Order) -> Party:
    """Where Δ is asked for: under a sid that ends like that of the step."""
    return party.sub(f"shift.{order.sid.replace('/', '.')}")
