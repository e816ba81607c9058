"""`Party`: all that a protocol sees of the world.

A party is a strand of one participant under one session id. An await is where the network
happens, and nothing else is. There is no clock to read but virtual time, no randomness but the
sid's own tape, and no fault switch: honest code cannot tell a simulation from a deployment.
"""

from collections.abc import Collection, Coroutine, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from trio.lowlevel import checkpoint_if_cancelled

from turncoat.actors.accusing import contradiction, exhibit, malformed
from turncoat.actors.envelope import Parcel, Posting, kind_of_body
from turncoat.actors.errors import MalformedMessage, MisuseError, ProtocolAbort
from turncoat.actors.evidence import CONFLICTING, MALFORMED, Exhibit, Proof
from turncoat.actors.mailbox import Slot
from turncoat.actors.randomness import Tape
from turncoat.actors.strand import STRAND, Strand, side_by_side
from turncoat.actors.wire import Shape, check, flat_class, open_body, shape_of

if TYPE_CHECKING:
    from turncoat.actors.actor import Actor

M = TypeVar("M")
Phase = Literal["setup", "prep", "online"]


class Party:
    """P_i under one sid. Made by the world for the main program, and by `sub` below it.

    me: 1 … n (auxiliary roles follow). n, t: parties of its own group, corruptions tolerated.
    everyone, others: its own group, with and without itself, ascending.
    """

    __slots__ = (
        "_actor", "_coins", "_heard", "_incarnation", "_names", "_owner", "_postings", "_spoken",
        "everyone", "me", "phase_name", "sid",
    )  # fmt: skip

    def __init__(self, actor: "Actor", sid: str, phase: Phase) -> None:
        self._actor = actor
        self._incarnation = actor.incarnation
        self.me = actor.index
        self.everyone = actor.everyone
        self.sid = sid
        self.phase_name: Phase = phase
        self._names: set[str] | None = None  # that it has given; most sids give none
        self._spoken: dict[str, Collection[int]] = {}  # kind → to whom
        self._heard: dict[str, frozenset[int]] = {}  # kind → from whom
        self._postings = 0
        self._coins: Tape | None = None
        self._owner: Strand | None = None

    @property
    def n(self) -> int:
        return len(self.everyone)

    @property
    def t(self) -> int:
        return self._actor.kernel.t

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
        if self._names is None:
            self._names = set()
        elif name in self._names:
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
        return await side_by_side(strands, self._actor.kernel.cancel_at_rest)

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
        order = [j for j in self._actor.rotation if j in bodies]
        if len(order) + (self.me in bodies) != len(bodies):
            order = [self._existing(j) for j in bodies if j != self.me]
        self._post(tuple(order), tuple([bodies[j] for j in order]), own=bodies.get(self.me))

    def _post(
        self, receivers: tuple[int, ...], bodies: tuple[object, ...], own: object = None
    ) -> None:
        strand, structures, kind = self._strand(), self._actor.kernel.structures, ""
        for body in bodies:
            kind = check(body, structures)
        if own is not None and not (bodies and own is bodies[0]):
            kind = check(own, structures)
        self._speak_once(kind, receivers if own is None else (*receivers, self.me))
        posting = Posting(
            self.me, self.sid, self._postings, self.phase_name, strand.depth + 1,
            self._incarnation, receivers, bodies, own,
        )  # fmt: skip
        self._postings += 1
        self._actor.post(posting)

    def _existing(self, receiver: int) -> int:
        if receiver not in self._actor.kernel.actors:
            raise MisuseError(f"P{self.me} sends to P{receiver} in {self.sid!r}: nobody is that")
        return receiver

    def _speak_once(self, kind: str, receivers: tuple[int, ...]) -> None:
        spoken = self._spoken.get(kind)
        if spoken is None:
            self._spoken[kind] = receivers
            return
        if not isinstance(spoken, set):
            spoken = self._spoken[kind] = set(spoken)
        if not spoken.isdisjoint(receivers):
            raise MisuseError(
                f"P{self.me} sends a second {kind} of {self.sid!r} to one receiver: use party.sub"
            )
        spoken.update(receivers)

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
        strand, actor, name = self._strand(), self._actor, kind.__name__
        slot = actor.mailbox.slot((self.sid, name))
        wanted = actor.all if senders is None else frozenset(senders)
        heard = self._heard.get(name)
        if heard is not None:
            wanted = wanted - heard
        missing = len(wanted) if at_least is None else min(at_least, len(wanted))
        if slot.mail:
            missing -= slot.count(wanted)
        if missing > 0:
            if slot.waiter is not None:
                raise MisuseError(f"two strands of P{self.me} wait for {name} of {self.sid!r}")
            if deadline is not None:
                actor.kernel.timer(slot, deadline)
            await slot.wait(wanted, missing, strand.relay)
        else:
            await checkpoint_if_cancelled()
        got = slot.take(wanted)
        news = wanted if len(got) == len(wanted) else frozenset(got)
        self._heard[name] = news if heard is None else heard | news
        actor.settle(slot, got)
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
        bad: dict[int, str] = {}
        proof: dict[int, Proof] = {}
        if slot.conflicts:
            conflicting = sorted(slot.conflicts.keys() & got.keys())
            bad = dict.fromkeys(conflicting, "two different messages")
            proof = {j: contradiction(slot, j, got[j].fingerprint) for j in conflicting}
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
                proof.setdefault(sender, malformed(slot, sender, body, shape, structures))
        if bad:
            contradicted = any(each.claim == CONFLICTING for each in proof.values())
            reason = CONFLICTING if contradicted else MALFORMED
            where = f" in {self.sid}" if self.sid else ""
            said = "; ".join(f"P{j}{where}: {text}" for j, text in bad.items())
            raise ProtocolAbort(reason, accused=bad, detail=said, evidence=proof.values())
        return bodies

    def exhibit(self, sender: int, body: object, of: str = "") -> Exhibit:
        """A message that came under this sid, or under its sub-sid `of`, as a piece of evidence."""
        sid = f"{self.sid}/{of}" if of and self.sid else of or self.sid
        key = (sid, kind_of_body(body))
        return exhibit(key, sender, self.me, body, self._actor.kernel.structures)

    # -- time ----------------------------------------------------------------------------------

    async def sleep(self, duration: int) -> None:
        """Let `duration` ns of virtual time pass."""
        strand = self._strand()
        slot = Slot((self.sid, "sleep"), self.me)
        self._actor.kernel.timer(slot, self.now + duration)
        await slot.wait(frozenset(), 1, strand.relay)

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
