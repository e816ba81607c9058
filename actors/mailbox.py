"""Where a party's messages wait, and the one primitive by which its strands wait for them.

One slot for each (sid, kind). A strand blocks on a slot until enough of the senders it asked for
have spoken: it is woken once a round, not once a message. Who wakes it, and when, is the kernel's.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from trio.lowlevel import Abort, wait_task_rescheduled

from turncoat.actors.envelope import Parcel
from turncoat.actors.outcome import Wait
from turncoat.actors.relay import Relay, Sleeper, Waiter, rest

Key = tuple[str, str]  # (sid, kind)


_NOTHING: Mapping[int, int] = MappingProxyType({})


class Slot:
    """The messages of one kind under one sid at one party; at most one strand waits for them.

    mail: by sender, in arrival order. taken: fingerprints of what was already gathered.
    conflicts: senders of two different messages, with the fingerprint of the second. timer: number
    of the timer in force, 0: none.
    owner: the party whose mailbox this is.
    """

    __slots__ = (
        "conflicts", "key", "mail", "missing", "owner", "taken", "timer", "waiter", "wanted",
    )  # fmt: skip

    def __init__(self, key: Key, owner: int) -> None:
        self.key = key
        self.owner = owner
        self.mail: dict[int, Parcel] = {}
        self.taken: Mapping[int, int] = _NOTHING
        self.conflicts: Mapping[int, int] = _NOTHING
        self.wanted: frozenset[int] = frozenset()
        self.missing = 0
        self.waiter: Waiter | None = None
        self.timer = 0

    def put(self, parcel: Parcel) -> bool:
        """Take a message in. Returns whether a waiting strand now has what it waits for."""
        sender = parcel.sender
        known = self.mail.get(sender)
        if known is not None or sender in self.taken:
            before = self.taken[sender] if known is None else known.fingerprint
            if before != parcel.fingerprint:
                self.conflicts = {sender: parcel.fingerprint, **self.conflicts}
            return False
        self.mail[sender] = parcel
        if self.waiter is None or sender not in self.wanted:
            return False
        self.missing -= 1
        return self.missing == 0

    def count(self, wanted: frozenset[int]) -> int:
        """How many of `wanted` have mail here."""
        if len(self.mail) <= len(wanted):
            return len(wanted.intersection(self.mail))
        return len([sender for sender in wanted if sender in self.mail])

    async def wait(self, wanted: frozenset[int], missing: int, relay: Relay | None) -> None:
        """Block this strand, which `relay` runs, until the kernel wakes it: `missing` more of
        `wanted` are here, or the time is up."""
        self.wanted, self.missing = wanted, missing
        if relay is not None and relay.rest_on(self):
            self.waiter = relay
            await rest()
        else:
            self.waiter = Sleeper()
            await wait_task_rescheduled(self._give_up)

    def wake(self) -> Waiter | None:
        """Who waited goes on; returned, for the kernel to let it."""
        waiter, self.waiter, self.timer = self.waiter, None, 0
        if waiter is not None:
            waiter.rise()
        return waiter

    def take(self, wanted: frozenset[int]) -> dict[int, Parcel]:
        """Remove and return the mail of `wanted`, in arrival order."""
        if len(self.mail) <= len(wanted) and wanted.issuperset(self.mail):
            got, self.mail = self.mail, {}
        else:
            got = {sender: self.mail.pop(sender) for sender in [*self.mail] if sender in wanted}
        return got

    def remember(self, got: Mapping[int, Parcel]) -> None:
        """What was gathered may yet be contradicted."""
        said = {sender: parcel.fingerprint for sender, parcel in got.items()}
        self.taken = {**self.taken, **said}

    def waiting(self) -> Wait:
        """What the blocked strand lacks, for the stall report."""
        return Wait(*self.key, tuple(sorted(self.wanted - self.mail.keys())))

    def leave(self) -> None:
        """Who waited here does not any more: it was cancelled."""
        self.waiter, self.timer = None, 0

    def _give_up(self, _: object) -> Abort:
        self.leave()
        return Abort.SUCCEEDED


class Mailbox:
    """All slots of one party."""

    def __init__(self, owner: int) -> None:
        self.owner = owner
        self.slots: dict[Key, Slot] = {}

    def slot(self, key: Key) -> Slot:
        found = self.slots.get(key)
        if found is None:
            found = self.slots[key] = Slot(key, self.owner)
        return found

    def blocked(self) -> Iterator[Slot]:
        """The slots that a strand waits on, in the order of their (sid, kind)."""
        return iter(sorted((s for s in self.slots.values() if s.waiter), key=lambda s: s.key))
