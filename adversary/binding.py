"""A behaviour bound to one corrupted party in one run: the rule that the kernel calls."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Protocol

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.randomness import UNIT, threshold
from turncoat.actors.rule import Change, Receipt, Thought
from turncoat.adversary.joint_view import JointView, Place
from turncoat.adversary.selector import Counter, Selector

Action = Callable[[Envelope], Iterable[Envelope] | Thought]


class Behaviour(Protocol):
    """What is done to a message that the selector chose. `intends`: the change it is there to
    make, "none" for a harmless twin."""

    @property
    def intends(self) -> Change: ...
    def act(self, place: Place) -> Action:
        """A fresh actor for one seat in one run; what it remembers lasts for that run."""
        ...


@attrs.define
class BoundRule:
    """Implements `turncoat.actors.rule.Rule`."""

    receipt: Receipt
    counter: Counter
    action: Action
    place: Place

    def matches(self, envelope: Envelope, now: int) -> bool:
        held = self.place.party in self.place.view.corrupted
        return held and self.counter.matches(envelope, now)

    def __call__(self, envelope: Envelope) -> Iterable[Envelope] | Thought:
        return self.action(envelope)


def bind(
    name: str,
    behaviour: Behaviour,
    party: int,
    when: Selector,
    *,
    required: bool = True,
    view: JointView | None = None,
) -> BoundRule:
    """A rule for one run of one corrupted party. view: the adversary's, which says when the party
    is corrupted; without one, it always is, and the behaviour can neither look nor draw coins."""
    receipt = Receipt(name, party, behaviour.intends, required)
    if view is None:
        view = JointView()
        view.corruption.take(party)
    place = Place(party, view, when)
    return BoundRule(receipt, Counter(when), behaviour.act(place), place)


@attrs.frozen
class Sometimes:
    """A behaviour that acts on the first `count` matching copies only, and on each matching (sid,
    kind) with that probability: a covert adversary [AL07], who cheats only as far as it pays."""

    behaviour: Behaviour
    count: int | None = None
    probability: Fraction = Fraction(1)

    @property
    def intends(self) -> Change:
        return "none" if self.count == 0 or not self.probability else self.behaviour.intends

    def act(self, place: Place) -> Action:
        action, acted = self.behaviour.act(place), 0
        limit = threshold(self.probability.numerator, self.probability.denominator)

        def maybe(envelope: Envelope) -> Iterable[Envelope] | Thought:
            nonlocal acted
            if self.count is not None and acted >= self.count:
                return (envelope,)
            if limit < UNIT and place.draw(UNIT, "covert", envelope.sid, envelope.kind) >= limit:
                return (envelope,)
            acted += 1
            return action(envelope)

        return maybe
