"""Another program in the seat: a puppet, or the honest one twice."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Literal

import attrs

from turncoat.actors.actor import Program
from turncoat.actors.envelope import Envelope, Posting
from turncoat.actors.outcome import Output
from turncoat.actors.party import Party
from turncoat.actors.rule import Change, Receipt
from turncoat.actors.seat import Understudy, beside, seat_of, until
from turncoat.adversary.coalition import Part
from turncoat.adversary.joint_view import JointView, Place
from turncoat.adversary.shadow import Comparison, shadowed


@attrs.frozen
class Puppet:
    """What a program in a corrupted seat has beside its party.

    party: the root of its sids. view: the joint view. part: the honest program, and its inputs.
    """

    party: Party
    view: JointView
    part: Part

    async def honest(self, inputs: Mapping[str, Any] | None = None) -> Any:
        """Run the honest program, on other inputs if some are given; what it outputs."""
        if inputs is None:
            return await self.part.honest(self.party)
        if self.part.with_inputs is None:
            raise ValueError(f"P{self.party.me} has no inputs that could be changed")
        return await self.part.with_inputs(inputs)(self.party)

    async def read(
        self, sid: str, kind: str, senders: Iterable[int], to: int | None = None
    ) -> Mapping[int, Any]:
        """Rushing: the honest messages of that (sid, kind) to corrupted seats, once all `senders`
        have spoken; those that there are, if nobody else will speak."""
        wanted, view = frozenset(senders), self.view
        await until(
            self.party, lambda: wanted <= view.messages(sid, kind, to).keys(), view.patience
        )
        return view.messages(sid, kind, to)

    def say(self, receiver: int, sid: str, body: Any, *, depth: int = 0) -> None:
        """Send anything under any sid, as often as one likes: no rule of good conduct holds."""
        seat, me = seat_of(self.party), self.party.me
        posting = Posting(me, sid, 0, "online", depth, seat.incarnation, (receiver,), (body,))
        for listen in seat.listeners:
            listen(posting)
        self.view.say(Envelope(me, receiver, sid, 0, "online", depth, body))


PuppetProgram = Callable[[Puppet], Awaitable[Any]]


@attrs.frozen
class Puppeteer:
    """Run `program` in the seat, in the place of the honest one: `async def program(puppet)`.

    With "honest" the seat runs what it would run anyway. changes: what the puppet is there to
    change, against what the honest program says beside it.
    """

    program: PuppetProgram | Literal["honest"] = "honest"
    changes: Change = "value"

    @property
    def intends(self) -> Change:
        return "none" if self.program == "honest" else self.changes

    def inhabit(self, place: Place, part: Part, receipt: Receipt) -> Program:
        async def play(party: Party) -> Any:
            if isinstance(self.program, str):
                return await part.honest(party)
            return await self.program(Puppet(party, place.view, part))

        return shadowed(place, receipt, part.honest, play)


@attrs.frozen
class Twins:
    """Run the honest program twice under one identity: every message to the seat reaches both
    copies; the parties in `second` hear the second one, all others the first. No copy lies.

    incarnation: the second one's, and so its coins; 0: the first one's, which makes them agree.
    second: by default the later half of the others. [BDGHHW21], Twins.
    """

    incarnation: int = 1
    second: tuple[int, ...] | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.incarnation else "none"

    def inhabit(self, place: Place, part: Part, receipt: Receipt) -> Program:
        async def nobody(party: Party) -> None:
            """The seat itself says nothing."""

        async def both(party: Party) -> Any:
            stage = Stage(party, place, receipt, self._second(place))
            seat = seat_of(party)
            first = Understudy(seat, 0, stage.first)
            second = Understudy(seat, self.incarnation, stage.second)
            casts = ((first, part.honest), (second, part.honest))
            await beside(party, nobody, *casts, wait=True)
            return first.outcome.value if isinstance(first.outcome, Output) else None

        return both

    def _second(self, place: Place) -> frozenset[int]:
        others = place.view.others(place.party)
        return frozenset(others[len(others) // 2 :] if self.second is None else self.second)


class Stage:
    """Who of two twins is heard by whom, and how what they say differs."""

    def __init__(
        self, party: Party, place: Place, receipt: Receipt, audience: frozenset[int]
    ) -> None:
        self._seat = seat_of(party)
        self._audience = audience
        self._comparison = Comparison(receipt)
        place.view.at_end.append(self._comparison.close)

    def first(self, posting: Posting) -> None:
        for place, j in enumerate(posting.receivers):
            copy = self._copy(posting, place)
            if j in self._audience:
                self._comparison.note_meant(copy, self._seat.kernel.clock.now)
            else:
                self._seat.post(copy)

    def second(self, posting: Posting) -> None:
        for place, j in enumerate(posting.receivers):
            if j in self._audience:
                copy = self._copy(posting, place)
                self._comparison.note_said(copy, self._seat.kernel.clock.now)
                self._seat.post(copy)

    def _copy(self, posting: Posting, place: int) -> Posting:
        """One copy of a posting, which keeps its place in it, and so its luck on the network."""
        return attrs.evolve(
            posting,
            receivers=(posting.receivers[place],),
            bodies=(posting.body(place),),
            incarnation=self._seat.incarnation,
            skipped=posting.skipped + place,
        )
