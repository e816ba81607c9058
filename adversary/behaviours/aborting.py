"""Stopping others, or stopping oneself at the moment that suits one.

There is no fairness without an honest majority: who sees the output first may keep it from others.
"""

from collections.abc import Iterator
from typing import Any, Literal

import attrs

from turncoat.actors.actor import ANNOUNCEMENT_SID, REASONS, AbortAnnouncement
from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import Action, vectors
from turncoat.adversary.joint_view import Place
from turncoat.protocols.algebra.polynomial import interpolate
from turncoat.protocols.algebra.vec import Vec

Sharing = Literal["additive", "shamir"]


@attrs.frozen
class FalseAbort:
    """Announce an abort that never was, before the first matching message to each receiver, and go
    on as if nothing had happened. A receiver stops, and must accuse nobody."""

    reason: str = "other"

    def __attrs_post_init__(self) -> None:
        if self.reason not in REASONS:
            raise ValueError(f"no reason {self.reason!r} to abort; there are {', '.join(REASONS)}")

    @property
    def intends(self) -> Change:
        return "presence"

    def act(self, place: Place) -> Action:
        told: set[int] = set()

        def announce(envelope: Envelope) -> Iterator[Envelope]:
            if envelope.receiver not in (place.party, *told):
                told.add(envelope.receiver)
                body = AbortAnnouncement(REASONS.index(self.reason))
                yield attrs.evolve(envelope, sid=ANNOUNCEMENT_SID, k=0, depth=0, body=body)
            yield envelope

        return announce


@attrs.frozen
class SelectiveAbort:
    """Rushing: wait for the honest parties' shares of an opening, learn the value, and withhold the
    own share if the value suits: unless = "never" always, "odd" if it is even, "even" if it is odd.

    sharing: how the opening adds up, "shamir" or "additive". Each abort that depends on the value
    tells the others one bit; unfairness itself is within every guarantee of security with abort.
    """

    unless: Literal["never", "odd", "even", "always"] = "never"
    sharing: Sharing = "shamir"

    def __attrs_post_init__(self) -> None:
        if self.unless not in ("never", "odd", "even", "always"):
            raise ValueError(f'unless is one of "never", "odd", "even", not {self.unless!r}')
        if self.sharing not in ("additive", "shamir"):
            raise ValueError(f'sharing is "additive" or "shamir", not {self.sharing!r}')

    @property
    def intends(self) -> Change:
        return "none" if self.unless == "always" else "presence"

    def act(self, place: Place) -> Action:
        if self.unless == "always":
            return lambda envelope: (envelope,)

        async def decide(envelope: Envelope) -> list[Envelope]:
            if envelope.receiver == place.party:
                return [envelope]
            value = await learn(place, envelope, self.sharing)
            if value is None or self.spares(value):
                return [envelope]
            return []

        return decide

    def spares(self, value: Vec) -> bool:
        """Is this a value at which the seat goes on?"""
        odd = bool(value.ravel()[:1].tolist()[0] % 2)
        return odd if self.unless == "odd" else not odd if self.unless == "even" else False


@attrs.frozen
class Steer:
    """Rushing: wait for the honest parties' shares of a sum, and choose the own one so that the sum
    is `target`. Whatever is opened without a commitment beforehand is the last speaker's choice."""

    target: int = 0

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        async def choose(envelope: Envelope) -> list[Envelope]:
            view = place.view
            honest = view.honest(place.party)
            seen = await view.read(envelope.sid, envelope.kind, honest)
            if not honest or not set(honest) <= seen.keys():
                return [envelope]
            changes = {
                name: self.target - total([getattr(seen[j], name) for j in honest])
                for name in vectors(envelope.body)
            }
            return [attrs.evolve(envelope, body=attrs.evolve(envelope.body, **changes))]

        return choose


async def learn(place: Place, envelope: Envelope, sharing: Sharing) -> Vec | None:
    """The value that an opening opens, before any corrupted seat has spoken; None if somebody stays
    silent. The seats tell each other what they are about to say."""
    view, name = place.view, next(iter(vectors(envelope.body)), None)
    if name is None:
        return None
    key = (envelope.sid, envelope.kind)
    ours: dict[int, Any] = view.shared.setdefault(("about to open", *key), {})
    ours[place.party] = envelope.body
    everyone = {place.party, *view.others(place.party)}

    def known() -> dict[int, Any]:
        """What each party says, the corrupted seats' own version of theirs."""
        return {**view.messages(*key), **ours}

    if not await view.until(lambda: everyone <= known().keys(), view.patience):
        return None
    shares = {j: getattr(body, name).ravel() for j, body in known().items()}
    return interpolate(shares) if sharing == "shamir" else total(list(shares.values()))


def total(vecs: list[Vec]) -> Vec:
    """The sum of vectors of one shape."""
    return vecs[0].field.combine([1] * len(vecs), vecs)
