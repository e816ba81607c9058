"""What would the honest party have said? The receipt of a lie that is told inside a seat.

The honest program runs silently beside the seat's own, on the same mail and with the same coins.
What the two say is compared message by message, so that a lie which changed nothing that anybody
was told is seen to have changed nothing. Knows no behaviour.
"""

from typing import Any

import attrs

from turncoat.actors.actor import ANNOUNCEMENT_SID, Program
from turncoat.actors.envelope import Posting, kind_of_body
from turncoat.actors.party import Party
from turncoat.actors.rule import Change, Receipt
from turncoat.actors.seat import Seat, Understudy, beside, seat_of
from turncoat.adversary.joint_view import Place

Key = tuple[str, str, int]  # (sid, kind, receiver)


@attrs.define(eq=False)
class Comparison:
    """Messages that were said, and those that an honest party would have said, matched by (sid,
    kind, receiver); of each a body and the time [ns]."""

    receipt: Receipt
    said: dict[Key, tuple[Any, int]] = attrs.Factory(dict[Key, tuple[Any, int]])
    meant: dict[Key, tuple[Any, int]] = attrs.Factory(dict[Key, tuple[Any, int]])
    lost: bool = False  # has the honest program stopped?

    def note_said(self, posting: Posting, now: int) -> None:
        self.receipt.fired += len(posting.receivers)
        self._note(posting, now, self.said, self.meant)

    def note_meant(self, posting: Posting, now: int) -> None:
        if posting.sid == ANNOUNCEMENT_SID:  # it has met a contradiction, perhaps the lie's own
            self.lost = True
        else:
            self._note(posting, now, self.meant, self.said)

    def _note(
        self,
        posting: Posting,
        now: int,
        own: dict[Key, tuple[Any, int]],
        other: dict[Key, tuple[Any, int]],
    ) -> None:
        for place, receiver in enumerate(posting.receivers):
            body = posting.body(place)
            key = (posting.sid, kind_of_body(body), receiver)
            if key not in other:
                own[key] = body, now
                continue
            before, then = other.pop(key)
            if before != body:
                self._changed("value")
            elif then != now:
                self._changed("time")

    def close(self) -> None:
        """Whatever only one of the two has said. A shadow that has stopped says nothing more, and
        is no measure of what comes later."""
        said = {key for key in self.said if key[0] != ANNOUNCEMENT_SID}
        for _ in () if self.lost else (*said, *self.meant):
            self._changed("presence")

    def _changed(self, change: Change) -> None:
        self.receipt.on_wire += 1
        if change not in self.receipt.changed:
            self.receipt.changed.append(change)


def shadowed(place: Place, receipt: Receipt, honest: Program, program: Program) -> Program:
    """`program` with the honest one as its shadow."""

    async def main(party: Party) -> Any:
        seat = seat_of(party)
        comparison = Comparison(receipt)
        place.view.at_end.append(comparison.close)
        seat.listeners.append(lambda posting: comparison.note_said(posting, _now(seat)))
        shadow = Understudy(
            seat, seat.incarnation, lambda posting: comparison.note_meant(posting, _now(seat))
        )
        return await beside(party, program, (shadow, honest))

    return main


def _now(seat: Seat) -> int:
    return seat.kernel.clock.now
