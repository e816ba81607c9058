"""Where a party's messages wait, and the one primitive by which its strands wait for them.

One slot for each (sid, kind). A strand blocks on a slot until enough of the senders it asked for
have spoken: it is woken once a round, not once a message. Who wakes it, and when, is the kernel's.
"""

from collections.abc import Iterator

import attrs
import trio
from trio.lowlevel import Abort, reschedule, wait_task_rescheduled

from turncoat.actors.envelope import Parcel
from turncoat.actors.outcome import Wait

Key = tuple[str, str]  # (sid, kind)


@attrs.define(eq=False)
class Slot:
    """The messages of one kind under one sid at one party; at most one strand waits for them.

    mail: by sender, in arrival order. taken: fingerprints of what was already gathered.
    conflicts: senders of two different messages. timer: number of the timer in force, 0: none.
    owner: the party whose mailbox this is.
    """

    key: Key
    mail: dict[int, Parcel] = attrs.field(factory=dict)
    taken: dict[int, int] = attrs.field(factory=dict)
    conflicts: frozenset[int] = frozenset()
    wanted: frozenset[int] = frozenset()
    missing: int = 0
    task: trio.lowlevel.Task | None = None
    timer: int = 0
    owner: int = 0

    def put(self, parcel: Parcel) -> bool:
        """Take a message in. Returns whether a waiting strand now has what it waits for."""
        sender = parcel.sender
        known = self.mail.get(sender)
        if known is not None or sender in self.taken:
            before = self.taken[sender] if known is None else known.fingerprint
            if before != parcel.fingerprint:
                self.conflicts |= {sender}
            return False
        self.mail[sender] = parcel
        if self.task is None or sender not in self.wanted:
            return False
        self.missing -= 1
        return self.missing == 0

    async def wait(self, wanted: frozenset[int], missing: int) -> None:
        """Block this strand until the kernel wakes it: `missing` more of `wanted` are here, or
        the time is up."""
        self.wanted, self.missing, self.task = wanted, missing, trio.lowlevel.current_task()
        await wait_task_rescheduled(self._give_up)

    def wake(self) -> None:
        task, self.task, self.timer = self.task, None, 0
        if task is not None:
            reschedule(task)

    def take(self, wanted: frozenset[int]) -> dict[int, Parcel]:
        """Remove and return the mail of `wanted`, in arrival order."""
        if len(self.mail) <= len(wanted) and wanted.issuperset(self.mail):
            got, self.mail = self.mail, {}
        else:
            got = {sender: self.mail.pop(sender) for sender in [*self.mail] if sender in wanted}
        return got

    def waiting(self) -> Wait:
        """What the blocked strand lacks, for the stall report."""
        return Wait(*self.key, tuple(sorted(self.wanted - self.mail.keys())))

    def _give_up(self, _: object) -> Abort:
        self.task, self.timer = None, 0
        return Abort.SUCCEEDED


class Mailbox:
    """All slots of one party."""

    def __init__(self, owner: int) -> None:
        self.owner = owner
        self.slots: dict[Key, Slot] = {}

    def slot(self, key: Key) -> Slot:
        found = self.slots.get(key)
        if found is None:
            found = self.slots[key] = Slot(key, owner=self.owner)
        return found

    def blocked(self) -> Iterator[Slot]:
        """The slots that a strand waits on, in the order of their (sid, kind)."""
        return iter(sorted((s for s in self.slots.values() if s.task), key=lambda s: s.key))
