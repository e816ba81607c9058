"""The joint view of one adversary: all that its corrupted seats see, in one place.

Holds what honest parties said to corrupted seats, and the few things an adversary may ask of the
world: the time, coins of its own, to wait, to say something. What honest parties say to each other
is not here, but for sizes and times. Knows no behaviour.
"""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.link import SECOND
from turncoat.actors.randomness import Name
from turncoat.actors.seam import Heard, Seam
from turncoat.actors.thoughts import Until
from turncoat.adversary.corruption import Corruption
from turncoat.adversary.selector import Selector

PATIENCE = 30 * SECOND  # half of the default deadline of synchronous protocols


@attrs.define(eq=False)
class JointView:
    """What all corrupted seats have seen so far, in the order in which they saw it.

    patience: how long the adversary waits for honest messages before it speaks [ns]. at_start,
    at_hearing, at_end: called when the run begins, with every message that is heard, and when it is
    over.
    """

    patience: int = PATIENCE
    at_start: list[Callable[[], None]] = attrs.Factory(list[Callable[[], None]])
    at_hearing: list[Callable[[Heard], None]] = attrs.Factory(list[Callable[[Heard], None]])
    at_end: list[Callable[[], None]] = attrs.Factory(list[Callable[[], None]])
    corruption: Corruption = attrs.Factory(Corruption)
    shared: dict[Any, Any] = attrs.Factory(dict[Any, Any])  # what behaviours keep for all seats
    _seam: Seam | None = None
    _kept: dict[int, list[Heard]] = attrs.Factory(dict[int, list[Heard]])
    _heard: list[Heard] = attrs.Factory(list[Heard])
    _by_slot: dict[tuple[str, str], list[Heard]] = attrs.Factory(dict[tuple[str, str], list[Heard]])

    def __attrs_post_init__(self) -> None:
        self.corruption.at_taking.append(self._taken)

    # -- the world -----------------------------------------------------------------------------

    @property
    def seam(self) -> Seam:
        """What the adversary acts through. Raises RuntimeError before the run."""
        if self._seam is None:
            raise RuntimeError("the joint view is empty: no run has begun")
        return self._seam

    @property
    def now(self) -> int:
        """Virtual time [ns]."""
        return self.seam.now

    @property
    def t(self) -> int:
        return self.seam.t

    @property
    def corrupted(self) -> frozenset[int]:
        """The parties that are corrupted now."""
        return self.corruption.now

    def others(self, party: int) -> tuple[int, ...]:
        """The other parties of that party's group."""
        return tuple(j for j in self.seam.group(party) if j != party)

    def honest(self, party: int) -> tuple[int, ...]:
        """The honest parties of that party's group."""
        return tuple(j for j in self.seam.group(party) if j not in self.corrupted)

    def draw(self, bound: int, *name: Name) -> int:
        """A coin of the adversary's own, uniform in [0, bound); the same for the same name."""
        return self.seam.draws.draw("adversary", name, bound)

    def traffic(self) -> Iterator[tuple[int, int, int, int]]:
        """(time [ns], sender, receiver, bytes) of the messages between honest parties."""
        yield from self.seam.outlines()

    # -- what was seen -------------------------------------------------------------------------

    @property
    def heard(self) -> Sequence[Heard]:
        """Every honest message to a corrupted seat."""
        return self._heard

    def messages(self, sid: str, kind: str, to: int | None = None) -> dict[int, Any]:
        """Bodies by honest sender; to: as said to that seat, else as said to any (the first)."""
        found: dict[int, Any] = {}
        for heard in self._by_slot.get((sid, kind), ()):
            if to is None or heard.receiver == to:
                found.setdefault(heard.sender, heard.body)
        return found

    async def read(
        self, sid: str, kind: str, senders: Iterable[int], to: int | None = None
    ) -> Mapping[int, Any]:
        """Rushing: the honest messages of that (sid, kind), once all `senders` have spoken to the
        seat `to` (to any, without one). After `patience`, or when nobody else will speak, those
        that there are."""
        wanted = frozenset(senders)
        await self.until(lambda: wanted <= self.messages(sid, kind, to).keys(), self.patience)
        return self.messages(sid, kind, to)

    async def until(self, ready: Callable[[], bool], patience: int | None = None) -> bool:
        """Wait until `ready()`, for `patience` ns at most, and no longer than anything happens in
        the world. What `ready()` says then."""
        return await Until(ready, None if patience is None else self.now + patience)

    async def sleep(self, duration: int) -> None:
        """Let `duration` ns of virtual time pass."""
        wakes = self.now + duration
        await Until(lambda: self.now >= wakes, wakes)

    # -- what can be done ----------------------------------------------------------------------

    def say(self, envelope: Envelope) -> None:
        """Send a message from a corrupted seat beside what its program says."""
        self.seam.say(envelope)

    def think(self, thought: Coroutine[Any, None, None]) -> None:
        """Begin something that no message sets off."""
        self.seam.think(thought)

    def corrupt(self, party: int, *, erasure: bool = False) -> None:
        """Take a seat during the run; erasure: without the messages that it has received before.
        Raises ValueError for a party that this adversary was not given to choose from."""
        if party not in self.seam.seats:
            raise ValueError(f"P{party} is none of the seats that the adversary may take")
        self.corruption.take(party, erasure=erasure)

    # -- filled by the coalition ---------------------------------------------------------------

    def begin(self, seam: Seam) -> None:
        self._seam = seam
        for begin in self.at_start:
            begin()

    def note(self, heard: Heard) -> None:
        """A seat hears something; if it is not corrupted yet, that is kept for when it is."""
        if heard.receiver not in self.corruption.now:
            self._kept.setdefault(heard.receiver, []).append(heard)
            return
        self._heard.append(heard)
        self._by_slot.setdefault((heard.sid, heard.kind), []).append(heard)
        for listen in self.at_hearing:
            listen(heard)

    def _taken(self, party: int, erasure: bool) -> None:
        kept = self._kept.pop(party, [])
        for heard in () if erasure else kept:
            self.note(heard)


@attrs.frozen
class Place:
    """One corrupted seat as a behaviour sees it: whose it is, the adversary's joint view, and the
    messages that it was bound to."""

    party: int
    view: JointView = attrs.field(factory=JointView)
    when: Selector = attrs.field(factory=Selector)

    def draw(self, bound: int, *name: Name) -> int:
        """A coin of this seat's behaviours, uniform in [0, bound)."""
        return self.view.draw(bound, self.party, *name)
