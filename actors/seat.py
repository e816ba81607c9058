"""A corrupted seat: an actor whose mail, coins and words the adversary can reach.

Holds what honest actors must never have: ears on the mailbox, lies to oneself, another's coins, and
understudies, further programs in the same seat that hear what it hears. Knows no behaviour.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs
import trio

from turncoat.actors.actor import Actor, Program
from turncoat.actors.envelope import Parcel, Posting
from turncoat.actors.mailbox import Key, Mailbox, Slot
from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape
from turncoat.actors.strand import STRAND
from turncoat.actors.thoughts import Until
from turncoat.actors.topology import Group

if TYPE_CHECKING:
    from turncoat.actors.kernel import Kernel


class OpenSlot(Slot):
    """A slot of a corrupted seat: whatever is put into it, the seat hears first."""

    __slots__ = ("_seat",)

    def __init__(self, key: Key, seat: "Seat") -> None:
        super().__init__(key, seat.index)
        self._seat = seat

    def put(self, parcel: Parcel) -> bool:
        """Take a message in, as the seat reads it."""
        return super().put(self._seat.hear(parcel))


class OpenMailbox(Mailbox):
    """The mailbox of a corrupted seat."""

    def __init__(self, seat: "Seat") -> None:
        super().__init__(seat.index)
        self._seat = seat

    def slot(self, key: Key) -> Slot:
        found = self.slots.get(key)
        if found is None:
            found = self.slots[key] = OpenSlot(key, self._seat)
        return found


class Seat(Actor):
    """P_index, corrupted.

    readings: what the seat makes of each message before its own program sees it. coins: replaces
    the tape of a sid. listeners: are told of every posting. understudies: hear all its mail.
    """

    def __init__(
        self, kernel: "Kernel", index: int, group: Group, heeds: frozenset[int] | None = None
    ) -> None:
        super().__init__(kernel, index, group, heeds)
        self.mailbox = OpenMailbox(self)
        self.readings: list[Callable[[Parcel], Parcel]] = []
        self.coins: Callable[[str, Tape], Tape] | None = None
        self.listeners: list[Callable[[Posting], None]] = []
        self.understudies: list[Understudy] = []

    def hear(self, parcel: Parcel) -> Parcel:
        """A message has come, or the own copy of one."""
        if parcel.sender != self.index:
            self.kernel.seam.arrived(self.index, parcel)
            for other in self.understudies:
                self.kernel.arrivals.put(other, parcel)
        for read in self.readings:
            parcel = read(parcel)
        return parcel

    def tape(self, sid: str) -> Tape:
        honest = super().tape(sid)
        return honest if self.coins is None else self.coins(sid, honest)

    def post(self, posting: Posting) -> None:
        if self.outcome is None:
            for listener in self.listeners:
                listener(posting)
        super().post(posting)

    def begin_again(self) -> None:
        super().begin_again()
        self.mailbox = OpenMailbox(self)
        self.understudies.clear()


class Understudy(Actor):
    """A second player of one part. It hears what its seat hears; what it posts goes to `speak`.

    It keeps its own copies, and shares the seat's coins if the incarnation is the same.
    """

    def __init__(self, seat: Seat, incarnation: int, speak: Callable[[Posting], None]) -> None:
        super().__init__(seat.kernel, seat.index, Group(seat.everyone), seat.heeds)
        self.corrupted = False  # its copies to itself go through no rule
        self.incarnation = incarnation
        self._speak = speak

    def post(self, posting: Posting) -> None:
        if self.outcome is not None:
            return
        self._speak(attrs.evolve(posting, own=None))
        if posting.own is not None:
            self.keep(posting.sid, posting.own)


def seat_of(party: Party) -> Seat:
    """The corrupted seat that a party's program runs in. Raises TypeError for an honest party."""
    actor = party._actor  # pyright: ignore[reportPrivateUsage]
    if not isinstance(actor, Seat):
        raise TypeError(f"P{party.me} is honest: nobody acts in its place")
    return actor


async def beside(
    party: Party, first: Program, *others: tuple[Understudy, Program], wait: bool = False
) -> Any:
    """Run a seat's program with understudies beside it; what the first one returns or raises.

    wait: go on until the understudies have come to an end too.
    """
    seat, results, failures = seat_of(party), list[Any](), list[Exception]()
    seat.understudies.extend(understudy for understudy, _ in others)
    async with trio.open_nursery() as nursery:
        for understudy, program in others:
            nursery.start_soon(understudy.live, program)
        try:
            results.append(await first(party))
        except Exception as error:
            failures.append(error)  # raised below, and not as a member of a group
        if not wait:  # what they still have to say in this instant they say
            seat.kernel.cancel_at_rest(nursery.cancel_scope)
    if failures:
        raise failures[0]
    return results[0]


async def until(party: Party, ready: Callable[[], bool], patience: int | None = None) -> bool:
    """`Until`, for a program that runs in a corrupted seat: wait until `ready()`, for `patience` ns
    at most, and no longer than anything happens in the world. What `ready()` says then."""
    kernel, slot = seat_of(party).kernel, Slot((party.sid, "until"), owner=party.me)
    due = None if patience is None else kernel.clock.now + patience

    async def watch() -> None:
        await Until(ready, due)
        kernel.rouse(slot)

    if not ready():
        kernel.seam.think(watch())
        await slot.wait(frozenset(), 1, STRAND.get().relay)
    return ready()
