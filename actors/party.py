"""`Party`: all that a protocol sees of the world.

A party is a strand of one participant under one session id. An await is where the network
happens, and nothing else is. There is no clock to read but virtual time, no randomness but the
sid's own tape, and no fault switch: honest code cannot tell a simulation from a deployment.
"""

from collections.abc import Coroutine, Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import attrs
import trio
from trio.lowlevel import checkpoint_if_cancelled

from turncoat.actors.envelope import Parcel, Posting
from turncoat.actors.errors import MalformedMessage, MisuseError, ProtocolAbort
from turncoat.actors.mailbox import Slot
from turncoat.actors.randomness import Tape
from turncoat.actors.wire import Shape, check, flat_class, open_body, shape_of

if TYPE_CHECKING:
    from turncoat.actors.actor import Actor

M = TypeVar("M")
Phase = Literal["setup", "prep", "online"]


@attrs.define(eq=False)
class Strand:
    """One concurrent line of execution of a party, with the causal depth of all it has consumed."""

    depth: int = 0
    over: bool = False


STRAND: ContextVar[Strand] = ContextVar("strand")


class Party:
    """P_i under one sid. Made by the world for the main program, and by `sub` below it.

    me: 1 … n (auxiliary roles follow). n, t: parties of its own group, corruptions tolerated.
    everyone, others: its own group, with and without itself, ascending.
    """

    def __init__(self, actor: "Actor", sid: str, phase: Phase) -> None:
        self._actor = actor
        self._incarnation = actor.incarnation
        self.sid = sid
        self.phase_name: Phase = phase
        self._names: set[str] = set()
        self._spoken: dict[str, set[int]] = {}  # kind → to whom
        self._heard: dict[str, frozenset[int]] = {}  # kind → from whom
        self._postings = 0
        self._coins: Tape | None = None
        self._owner: Strand | None = None

    @property
    def me(self) -> int:
        return self._actor.index

    @property
    def n(self) -> int:
        return len(self._actor.everyone)

    @property
    def t(self) -> int:
        return self._actor.kernel.t

    @property
    def everyone(self) -> tuple[int, ...]:
        return self._actor.everyone

    @property
    def others(self) -> tuple[int, ...]:
        return self._actor.others

    @property
    def now(self) -> int:
        """Virtual time [ns]."""
        return self._actor.kernel.clock.now

    @property
    def coins(self) -> Tape:
        """This sid's private tape, derived by name. Raises MisuseError for another strand's sid."""
        self._strand()
        if self._coins is None:
            self._coins = self._actor.tape(self.sid)
        return self._coins

    def role(self, name: str) -> tuple[int, ...]:
        """The indices of a role's members. Raises KeyError for a role that nobody plays."""
        return self._actor.kernel.cast.roles[name]

    def __repr__(self) -> str:
        return f"<Party P{self.me} {self.sid}>"

    # -- structure -----------------------------------------------------------------------------

    def sub(self, name: str) -> "Party":
        """This party under the sid `<sid>/<name>`, with coins and messages of its own.

        Raises MisuseError for a name that this sid has given before, ValueError for one that
        is no part of a path.
        """
        if not name or "/" in name or name.startswith("#"):
            raise ValueError(
                f"{name!r} names no sub-protocol: it is empty, holds a / or starts with #"
            )
        sid = f"{self.sid}/{name}" if self.sid else name
        if name in self._names:
            raise MisuseError(f"P{self.me} uses {sid} twice; give each sub-protocol its own name")
        self._names.add(name)
        return Party(self._actor, sid, self.phase_name)

    @contextmanager
    def phase(self, name: Phase) -> Generator[None]:
        """Bill what is sent here, and under sids made here, to a phase."""
        before, self.phase_name = self.phase_name, name
        try:
            yield
        finally:
            self.phase_name = before

    async def together(self, *strands: Coroutine[Any, Any, M]) -> list[M]:
        """Run strands concurrently; their results in the order given. If one aborts, all end; if
        several do in one instant, the first in the order given is heard."""
        parent = STRAND.get()
        results: list[M | None] = [None] * len(strands)
        failures: dict[int, Exception] = {}
        forks = [Strand(parent.depth) for _ in strands]

        async def run(index: int, scope: trio.CancelScope) -> None:
            STRAND.set(forks[index])
            try:
                results[index] = await strands[index]
            except Exception as error:
                failures[index] = error
                self._actor.kernel.cancel_at_rest(scope)

        try:
            async with trio.open_nursery() as nursery:
                for index in range(len(strands)):
                    nursery.start_soon(run, index, nursery.cancel_scope)
        finally:
            for fork in forks:
                fork.over = True
                parent.depth = max(parent.depth, fork.depth)
        if failures:
            raise failures[min(failures)]
        return cast("list[M]", results)

    # -- sending -------------------------------------------------------------------------------

    def send(self, receiver: int, body: object) -> None:
        """Send one message to one party. Returns at once; the network does the rest.

        Raises MisuseError, as the other ways of sending do, for a receiver that does not exist,
        for a body that is no message, and for a second message of its kind to that receiver.
        """
        if receiver == self.me:
            self._post((), (), own=body)
        else:
            self._post((self._existing(receiver),), (body,))

    def send_all(self, body: object) -> None:
        """The same message to everyone: n − 1 unicasts and a free copy to oneself. Guarantees no
        agreement whatsoever; that is what `broadcast` is for."""
        self._post(self._actor.rotation, (body,), own=body)

    def send_each(self, bodies: Mapping[int, object]) -> None:
        """A message of its own to each receiver, the free copy to oneself included."""
        order = tuple(j for j in self._actor.rotation if j in bodies)
        if len(order) + (self.me in bodies) != len(bodies):
            order = tuple(self._existing(j) for j in bodies if j != self.me)
        self._post(order, tuple(bodies[j] for j in order), own=bodies.get(self.me))

    def _post(
        self, receivers: tuple[int, ...], bodies: tuple[object, ...], own: object = None
    ) -> None:
        strand, structures, kind = self._strand(), self._actor.kernel.structures, ""
        for body in bodies:
            kind = check(body, structures)
        if own is not None and not (bodies and own is bodies[0]):
            kind = check(own, structures)
        self._speak_once(kind, receivers if own is None else (*receivers, self.me))
        self._actor.post(
            Posting(
                sender=self.me,
                sid=self.sid,
                k=self._postings,
                phase=self.phase_name,
                depth=strand.depth + 1,
                incarnation=self._incarnation,
                receivers=receivers,
                bodies=bodies,
                own=own,
            )
        )
        self._postings += 1

    def _existing(self, receiver: int) -> int:
        if receiver not in self._actor.kernel.actors:
            raise MisuseError(f"P{self.me} sends to P{receiver} in {self.sid!r}: nobody is that")
        return receiver

    def _speak_once(self, kind: str, receivers: tuple[int, ...]) -> None:
        spoken = self._spoken.get(kind)
        if spoken is None:
            self._spoken[kind] = set(receivers)
        elif spoken.isdisjoint(receivers):
            spoken.update(receivers)
        else:
            raise MisuseError(
                f"P{self.me} sends a second {kind} of {self.sid!r} to one receiver: use party.sub"
            )

    # -- receiving -----------------------------------------------------------------------------

    async def gather(
        self,
        kind: type[M],
        senders: Iterable[int] | None = None,
        *,
        at_least: int | None = None,
        deadline: int | None = None,
        shape: Shape | None = None,
    ) -> dict[int, M]:
        """Messages of one kind under this sid, by sender, in arrival order.

        Waits until all of `senders` (default: everyone, with the own copy) have spoken, or
        `at_least` of them, or until virtual time `deadline` [ns]. May return more than
        `at_least` (equal instants), fewer only at the deadline; gathering again yields late mail.
        shape: the shape every vector must have (default: flat, of any length).

        Raises ProtocolAbort, accusing the sender, if a message is malformed, of another length,
        or contradicts another message of that sender.
        """
        strand = self._strand()
        slot = self._actor.mailbox.slot((self.sid, kind.__name__))
        wanted = self._actor.all if senders is None else frozenset(senders)
        heard = self._heard.get(kind.__name__)
        if heard is not None:
            wanted = wanted - heard
        target = len(wanted) if at_least is None else min(at_least, len(wanted))
        missing = target - _count(slot.mail, wanted)
        if missing > 0:
            if slot.task is not None:
                raise MisuseError(
                    f"two strands of P{self.me} wait for {kind.__name__} of {self.sid!r}"
                )
            if deadline is not None:
                self._actor.kernel.timer(slot, deadline)
            await slot.wait(wanted, missing)
        else:
            await checkpoint_if_cancelled()
        got = slot.take(wanted)
        news = wanted if len(got) == len(wanted) else frozenset(got)
        self._heard[kind.__name__] = news if heard is None else heard | news
        self._actor.settle(slot, got)
        return self._open(slot, got, shape, strand)

    async def receive(
        self, sender: int, kind: type[M], *, deadline: int | None = None, shape: Shape | None = None
    ) -> M:
        """The one message of a kind from one sender. Past `deadline`: ProtocolAbort("timeout"),
        which accuses nobody."""
        got = await self.gather(kind, (sender,), deadline=deadline, shape=shape)
        if sender not in got:
            raise ProtocolAbort("timeout", missing={sender})
        return got[sender]

    async def exchange(
        self, bodies: Mapping[int, M], *, shape: Shape | None = None, deadline: int | None = None
    ) -> dict[int, M]:
        """One round: a message of its own to each party, and everyone's to us, by party.

        shape: of the vectors that arrive (default: that of our own copy's).
        """
        self.send_each(bodies)
        return await self._round(bodies[self.me], shape, deadline)

    async def exchange_all(
        self, body: M, *, shape: Shape | None = None, deadline: int | None = None
    ) -> dict[int, M]:
        """One round: the same message to everyone, and everyone's to us, by party."""
        self.send_all(body)
        return await self._round(body, shape, deadline)

    async def _round(self, own: M, shape: Shape | None, deadline: int | None) -> dict[int, M]:
        if shape is None:
            shape = shape_of(own)
        got = await self.gather(type(own), deadline=deadline, shape=shape)
        if len(got) < len(self.everyone):
            raise ProtocolAbort("timeout", missing=self._actor.all - got.keys())
        return {j: got[j] for j in self.everyone}

    def _open(
        self, slot: Slot, got: dict[int, Parcel], shape: Shape | None, strand: Strand
    ) -> dict[int, Any]:
        """Check what came, and let it count as consumed."""
        bodies: dict[int, Any] = {}
        bad = dict.fromkeys(sorted(slot.conflicts & got.keys()), "two different messages")
        structures = self._actor.kernel.structures
        flat = flat_class(slot.key[1])
        for sender, parcel in got.items():
            if parcel.depth > strand.depth:
                strand.depth = parcel.depth
            body = parcel.body
            if type(body) is flat:
                bodies[sender] = body
                continue
            try:
                bodies[sender] = open_body(body, shape, structures)
            except MalformedMessage as error:
                bad.setdefault(sender, str(error))
        if bad:
            reason = "conflicting-messages" if slot.conflicts & got.keys() else "malformed-message"
            where = f" in {self.sid}" if self.sid else ""
            said = "; ".join(f"P{j}{where}: {text}" for j, text in bad.items())
            raise ProtocolAbort(reason, accused=bad, detail=said)
        return bodies

    # -- time ----------------------------------------------------------------------------------

    async def sleep(self, duration: int) -> None:
        """Let `duration` ns of virtual time pass."""
        self._strand()
        slot = Slot((self.sid, "sleep"), owner=self.me)
        self._actor.kernel.timer(slot, self.now + duration)
        await slot.wait(frozenset(), 1)

    def rouse(self, slot: Slot) -> None:
        """Wake another strand of this party, which waits on `slot` (`actors/latch.py`)."""
        self._actor.kernel.rouse(slot)

    def _strand(self) -> Strand:
        """The running strand, which from its first use on owns this sid."""
        strand = STRAND.get()
        if self._owner is not strand:
            if self._owner is not None and not self._owner.over:
                raise MisuseError(
                    f"P{self.me}: sid {self.sid!r} is another strand's; give each its own party.sub"
                )
            self._owner = strand
        return strand


def _count(mail: Mapping[int, Parcel], wanted: frozenset[int]) -> int:
    if len(mail) <= len(wanted):
        return sum(sender in wanted for sender in mail)
    return sum(sender in mail for sender in wanted)
