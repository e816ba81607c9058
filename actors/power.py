"""What faults do to parties: power cuts, with or without a way back, and pauses.

A cut takes what is still on the access line. A party that keeps its memory sends that again when it
is back, and what reaches it meanwhile on a reliable channel waits; one that loses it begins again
as a new incarnation, on new connections. A pause holds up whatever would happen to a party, or be
said by it; what it has said before travels on. Knows no trigger and keeps no record but the tallies
that it is handed.
"""

import math
from typing import TYPE_CHECKING

import attrs

from turncoat.actors.actor import Actor
from turncoat.actors.events import DELIVER, RETRY
from turncoat.actors.flight import Copy
from turncoat.actors.journal import Fate
from turncoat.actors.outcome import Crashed

if TYPE_CHECKING:
    from turncoat.actors.kernel import Event, Kernel


@attrs.define(eq=False)
class Tally:
    """What one fault has done so far."""

    fired: int | None = None
    strokes: int = 0
    hits: int = 0

    def strike(self, now: int) -> None:
        """Count a stroke; the first one's time is kept."""
        self.fired = now if self.fired is None else self.fired
        self.strokes += 1


class Power:
    """Who is off, who is asleep, and until when."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._holds: dict[int, list[tuple[Tally, float]]] = {}  # party → what holds it, till when

    def is_gone(self, party: int) -> bool:
        """Has it crashed for good?"""
        return self._kernel.actors[party].off == math.inf

    def cut(self, tally: Tally, party: int, until: float, *, forget: bool) -> None:
        """Power off until then: what has left still travels, nothing follows."""
        actor, now = self._kernel.actors[party], self._kernel.clock.now
        actor.off = max(actor.off, until)
        self._hold(tally, party, until)
        if forget and actor.died > now:
            actor.died = now
            self._kernel.carrier.disconnect(party)
        if forget:
            self._kernel.mourn(actor, Crashed(now))
        if actor.up is not None:
            actor.up.clear(now)
        for copy in self._kernel.take_copies(party):
            tally.hits += 1
            self._cut_short(actor, copy)

    def _cut_short(self, actor: Actor, copy: Copy) -> None:
        """A copy goes down with its sender, who sends it again if it remembers."""
        if not self._kernel.carrier.comes_again(copy):
            self._kernel.carrier.conclude(copy, Fate.LOST_IN_CRASH)
            return
        self._kernel.journal.resent(copy.number, 1)
        copy.attempts += 1
        actor.again_until = max(actor.again_until, int(actor.off))
        self._kernel.push(int(actor.off), RETRY, copy.number, copy)

    def pause(self, tally: Tally, party: int, until: int) -> None:
        """Stand still until then."""
        actor = self._kernel.actors[party]
        actor.asleep = max(actor.asleep, until)
        self._hold(tally, party, until)

    def come_back(self, party: int) -> None:
        """A cut or a pause ends; if none is left, the party goes on, or begins again."""
        actor, now = self._kernel.actors[party], self._kernel.clock.now
        if actor.died <= now:
            if actor.off <= now:
                self._kernel.resurrect(actor)
        elif actor.wakes <= now:
            self._kernel.outbox.extend(actor.backlog)
            actor.backlog.clear()

    # -- what it holds up ----------------------------------------------------------------------

    def defers(self, event: "Event", party: int) -> bool:
        """Is the party asleep? Then what would happen to it happens when it wakes."""
        wakes = self._kernel.actors[party].wakes
        if not self._kernel.clock.now < wakes < math.inf:
            return False
        _, what, number, subject = event
        self._kernel.push(int(wakes), what, number, subject)
        if what == DELIVER:
            self.hit(party)
        return True

    def hit(self, party: int) -> None:
        """A message met whatever holds the party now."""
        for tally, until in self._holds.get(party, ()):
            tally.hits += until > self._kernel.clock.now

    def _hold(self, tally: Tally, party: int, until: float) -> None:
        now = self._kernel.clock.now
        holds = [hold for hold in self._holds.get(party, ()) if hold[1] > now]
        self._holds[party] = [*holds, (tally, until)]
