"""Lies that a seat tells itself, and keeps: other inputs, other coins, other shares.

The honest program goes on from there, so that every later message is consistent with the lie. A
check that compares what was said with what was said cannot find these; IPA's tests could not even
write them.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import attrs

from turncoat.actors.actor import Program
from turncoat.actors.envelope import Parcel
from turncoat.actors.errors import MalformedMessage
from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape, derive
from turncoat.actors.rule import Change, Receipt
from turncoat.actors.seat import Seat, seat_of
from turncoat.actors.wire import open_body
from turncoat.adversary.behaviours.lies import vectors
from turncoat.adversary.coalition import Part
from turncoat.adversary.joint_view import Place
from turncoat.adversary.shadow import shadowed
from turncoat.protocols.algebra.vec import Vec


@attrs.frozen
class ChangeInput:
    """Run the honest program on inputs that are `add` greater in every entry; name: in the input of
    that name only. A substitution, which every protocol must allow: the output is right for it."""

    add: int = 1
    name: str | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.add else "none"

    def inhabit(self, place: Place, part: Part, receipt: Receipt) -> Program:
        program = part.honest
        if self.add and part.with_inputs is not None:
            program = part.with_inputs(
                {
                    name: values + self.add if self.name in (None, name) else values
                    for name, values in part.inputs.items()
                }
            )
        return shadowed(place, receipt, part.honest, program)


def with_coins(
    place: Place, part: Part, receipt: Receipt, coins: Callable[[Seat, str, Tape], Tape]
) -> Program:
    """The honest program, drawing from the tapes that `coins` makes of the honest ones."""

    async def program(party: Party) -> Any:
        seat = seat_of(party)
        seat.coins = lambda sid, honest: coins(seat, sid, honest)
        return await part.honest(party)

    return shadowed(place, receipt, part.honest, program)


@attrs.frozen
class WeakSeed:
    """Draw all coins from a seed of `bits` bits: whoever tries them all learns every secret of this
    seat. From 128 bits on the coins stay as they are.

    Flower folded every seed to 32 bits.
    """

    bits: int = 32

    @property
    def intends(self) -> Change:
        return "value" if self.bits < 128 else "none"

    def inhabit(self, place: Place, part: Part, receipt: Receipt) -> Program:
        def weak(seat: Seat, sid: str, honest: Tape) -> Tape:
            if self.bits >= 128:
                return honest
            seed = place.draw(1 << min(self.bits, 64), "weak-seed") % (1 << self.bits)
            return seat.kernel.tapes(derive(seed, "weak", place.party, sid))

        return with_coins(place, part, receipt, weak)


@attrs.frozen
class Reset:
    """Draw under every sid that matches the glob `sids` the same coins again, from the beginning of
    one tape: a party whose state was set back, or a virtual machine that was cloned."""

    sids: str = "*"

    @property
    def intends(self) -> Change:
        return "value" if self.sids else "none"

    def inhabit(self, place: Place, part: Part, receipt: Receipt) -> Program:
        first: list[str] = []

        def again(seat: Seat, sid: str, honest: Tape) -> Tape:
            if not fnmatchcase(sid, self.sids):
                return honest
            first.append(sid)
            key = (seat.kernel.seed, "coins", place.party, seat.incarnation, first[0])
            return seat.kernel.tapes(derive(*key))

        return with_coins(place, part, receipt, again)


Reading = Callable[[Vec], Vec]


def reading(
    place: Place, part: Part, receipt: Receipt, change: Reading, of: int | None, field: str | None
) -> Program:
    """The honest program, which takes vectors in matching messages for what `change` makes of them;
    of: in that party's messages only, field: in that field only."""

    def read(parcel: Parcel) -> Parcel:
        if of not in (None, parcel.sender) or not place.when.names(*parcel.key):
            return parcel
        try:
            body = open_body(parcel.body, None, place.view.seam.structures)
        except MalformedMessage:  # the seat's own program will say so
            return parcel
        changes = {name: change(vec) for name, vec in vectors(body, field).items()}
        return attrs.evolve(parcel, body=attrs.evolve(body, **changes)) if changes else parcel

    async def program(party: Party) -> Any:
        seat_of(party).readings.append(read)
        return await part.honest(party)

    return shadowed(place, receipt, part.honest, program)


@attrs.frozen
class Misread:
    """Take every share that matches to be `offset` greater than it is, and go on from there; of: in
    that party's messages only, part: in that field only. The seat's own copies are read like this,
    too."""

    offset: int = 1
    of: int | None = None
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.offset else "none"

    def inhabit(self, place: Place, part: Part, receipt: Receipt) -> Program:
        def shift(vec: Vec) -> Vec:
            return vec + self.offset if self.offset else vec

        return reading(place, part, receipt, shift, self.of, self.part)


@attrs.frozen
class ReuseTriple:
    """Take `length` entries of what the dealer has sent for the `length` after them as well: of
    triples (a, b, c) laid out one after the other, a vector of m products is 3·m entries long.

    A mask that is used twice tells the difference of what it masked: x − x' for two openings of
    x − a and x' − a. A backup that was restored has done this to real deployments (mpcsec).
    """

    length: int = 3

    @property
    def intends(self) -> Change:
        return "value" if self.length else "none"

    def inhabit(self, place: Place, part: Part, receipt: Receipt) -> Program:
        def repeat(vec: Vec) -> Vec:
            if not 0 < 2 * self.length <= vec.size:
                return vec
            flat, k = vec.ravel(), self.length
            return vec.field.concatenate([flat[:k], flat[:k], flat[2 * k :]]).reshape(vec.shape)

        return reading(place, part, receipt, repeat, None, None)
