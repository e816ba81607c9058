"""A behaviour bound to one corrupted party in one run: the rule that the kernel calls."""

from collections.abc import Callable, Iterable
from typing import Protocol

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change, Receipt
from turncoat.adversary.selector import Counter, Selector


class Behaviour(Protocol):
    """What is done to a message that the selector chose. `intends`: the change it is there to
    make, "none" for a harmless twin."""

    @property
    def intends(self) -> Change: ...
    def act(self) -> Callable[[Envelope], Iterable[Envelope]]:
        """A fresh actor for one run; what it remembers lasts for that run."""
        ...


@attrs.define
class BoundRule:
    """Implements `turncoat.actors.rule.Rule`."""

    receipt: Receipt
    counter: Counter
    action: Callable[[Envelope], Iterable[Envelope]]

    def matches(self, envelope: Envelope, now: int) -> bool:
        return self.counter.matches(envelope, now)

    def __call__(self, envelope: Envelope) -> Iterable[Envelope]:
        return self.action(envelope)


def bind(
    name: str, behaviour: Behaviour, party: int, when: Selector, *, required: bool = True
) -> BoundRule:
    """A rule for one run of one corrupted party."""
    receipt = Receipt(name, party, behaviour.intends, required)
    return BoundRule(receipt, Counter(when), behaviour.act())
