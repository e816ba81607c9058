"""One seat of the world: a participant's state in the kernel, and the task that lives in it."""

import math
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import trio

from turncoat.actors.envelope import Parcel, Posting, kind_of_body
from turncoat.actors.errors import LeftBehind, ProtocolAbort
from turncoat.actors.mailbox import Mailbox, Slot
from turncoat.actors.meter import OWNER
from turncoat.actors.outcome import Aborted, Crashed, Excluded, Outcome, Output, Wait
from turncoat.actors.party import Party
from turncoat.actors.randomness import Tape, derive
from turncoat.actors.strand import STRAND, Strand
from turncoat.actors.topology import Group
from turncoat.actors.wire import integer, message

if TYPE_CHECKING:
    from turncoat.actors.kernel import Kernel

Program = Callable[[Party], Awaitable[Any]]

REASONS = (  # the public set that an announcement's code is an index into
    "other",
    "malformed-message",
    "conflicting-messages",
    "timeout",
    "inconsistent-opening",
    "retries-exhausted",
    "broadcast-mismatch",
    "wrong-decommitment",
    "mac-check-failed",
    "sacrifice-failed",
    "dead-key",
    "too-few-survivors",
    "unknown-clients",
    "keys-repeated",
    "bad-public-key",
    "bad-signature",
    "decryption-failed",
    "inconsistent-shares",
)


ANNOUNCEMENT_SID = "#abort"  # no sub-protocol can be called so


@message
class AbortAnnouncement:
    """ "I have stopped": travels as framing, adds no round, and accuses nobody."""

    code: int = integer(1)


class Actor:
    """P_index in the kernel: mailbox, access line, how it ended, and what may yet strike it."""

    def __init__(
        self, kernel: "Kernel", index: int, group: Group, heeds: frozenset[int] | None = None
    ) -> None:
        self.kernel = kernel
        self.index = index
        self.corrupted = index in kernel.rules
        self.everyone = group.members
        self.all = group.all
        self.heeds = group.all if heeds is None else heeds  # whose announcement ends it
        self.mailbox = Mailbox(index)
        self.incarnation = 0
        self.up = kernel.topology.up(index)
        self.down = kernel.topology.down(index)
        self.latest: dict[int, int] = {}  # receiver → latest arrival so far, over like links
        self.horizon = 0  # the latest of them: what arrives later overtakes nothing
        self.line_until = 0  # when the last copy so far leaves its access line [ns],
        self.again_until = 0  # and when the last of those that come again is sent again
        self.sends = 0
        self.died: float = math.inf  # when its memory was lost
        self.off: float = 0  # until when its power is cut [ns]; for ever after a crash
        self.asleep = 0  # until when a pause holds everything up [ns]
        self.backlog: list[Posting] = []  # posted, but not sent before it fell asleep
        self.outcome: Outcome | None = None
        self.finished: int | None = None
        self.scope = trio.CancelScope()
        self.absence = trio.CancelScope()  # between two incarnations

    @cached_property
    def others(self) -> tuple[int, ...]:
        return tuple(j for j in self.everyone if j != self.index)

    @cached_property
    def rotation(self) -> tuple[int, ...]:
        """The others as a round of sending to all goes: i+1, i+2, … first, so that no receiver
        is everybody's first and no access line a hot spot."""
        later = tuple(j for j in self.others if j > self.index)
        return later + self.others[: len(self.others) - len(later)]

    @property
    def wakes(self) -> float:
        """When neither a power cut nor a pause holds it any more [ns]."""
        return self.off if self.off > self.asleep else self.asleep

    @property
    def returns(self) -> bool:
        """Is it dead now, but to begin again?"""
        return self.died < math.inf and self.off < math.inf

    # -- called by the party -------------------------------------------------------------------

    def tape(self, sid: str) -> Tape:
        """This party's private coins for one sid, in this incarnation."""
        key = derive(self.kernel.seed, "coins", self.index, self.incarnation, sid)
        tape, watch = self.kernel.tapes(key), self.kernel.coins
        return tape if watch is None else watch(self.index, self.incarnation, sid, tape)

    def post(self, posting: Posting) -> None:
        """Put a posting into the outbox. An honest party's own copy is with it at once; a
        corrupted one's goes through its rules first."""
        if self.outcome is not None or posting.incarnation != self.incarnation:
            return  # a finally block does not speak from the grave
        if posting.own is not None and not self.corrupted:
            self.keep(posting.sid, posting.own)
            posting.own = None
        self.kernel.outbox.append(posting)

    def keep(self, sid: str, body: Any) -> None:
        """A copy to oneself: free, and no message of the network."""
        key = (sid, kind_of_body(body))
        parcel = Parcel(self.index, key, 0, body, 0, 0)
        self.kernel.arrivals.put(self, parcel)

    def settle(self, slot: Slot, got: dict[int, Parcel]) -> None:
        """After a gather: remember what was said if it may be contradicted, else make room."""
        if self.kernel.may_repeat:
            slot.remember(got)
        elif not slot.mail:
            self.mailbox.slots.pop(slot.key, None)

    # -- life and death ------------------------------------------------------------------------

    async def live(self, program: Program) -> None:
        """Run the program to its end, whatever that is; after a restart with amnesia, again."""
        OWNER.set(self.index)
        while True:
            if self.outcome is None:
                await self._run(program)
            if not self.returns:
                break
            with self.absence:
                await trio.sleep_forever()

    async def _run(self, program: Program) -> None:
        STRAND.set(strand := Strand())  # a program may speak before its first await
        with self.scope:
            try:
                self.end(Output(await strand.live(program(Party(self, "", "online")))))
            except ProtocolAbort as abort:
                self.abort(abort)
            except LeftBehind as behind:
                self.end(Excluded(behind.by, self.kernel.clock.now))
            except Exception as error:
                self.kernel.fail(self.index, error)

    def abort(self, abort: ProtocolAbort) -> None:
        """This party's own check failed: tell those who heed it, and stop."""
        code = REASONS.index(abort.reason) if abort.reason in REASONS else 0
        self.post(
            Posting(
                sender=self.index,
                sid=ANNOUNCEMENT_SID,
                k=0,
                phase="online",
                depth=0,
                incarnation=self.incarnation,
                receivers=self.kernel.listeners(self.index),
                bodies=(AbortAnnouncement(code),),
            )
        )
        self.stop(
            Aborted(
                abort.reason,
                abort.accused,
                abort.missing,
                detail=abort.detail,
                evidence=abort.evidence,
            )
        )

    def stop(self, outcome: Outcome) -> None:
        """End with `outcome` now, wherever the program is."""
        self.end(outcome)
        self.scope.cancel()

    def give_up(self) -> None:
        """Never come back."""
        self.off = math.inf
        self.absence.cancel()

    def begin_again(self) -> None:
        """Forget everything: from here on lives a new incarnation. What a program has brought to
        its end is not run again."""
        self.incarnation += 1
        self.mailbox = Mailbox(self.index)
        self.up = self.kernel.topology.up(self.index)
        self.down = self.kernel.topology.down(self.index)
        self.died, self.off, self.asleep = math.inf, 0, 0
        self.backlog.clear()
        if isinstance(self.outcome, Crashed):
            self.outcome, self.finished = None, None
            self.scope = trio.CancelScope()
        self.absence.cancel()
        self.absence = trio.CancelScope()

    def end(self, outcome: Outcome) -> None:
        """Note how and when this party ended. The first ending stands."""
        if self.outcome is None:
            self.outcome, self.finished = outcome, self.kernel.clock.now

    def waits(self) -> tuple[Wait, ...]:
        """What its strands wait for; a party blocked outside the network says so."""
        waits = tuple(slot.waiting() for slot in self.mailbox.blocked())
        return waits or (Wait("", "", ()),)
