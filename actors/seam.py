"""Where the adversary touches the world: what it hears, what its seats say, when copies set out.

Holds the kernel's side of one adversary over all corrupted seats: messages that wait for its
decision, what reaches its ears, what it says on its own account. Knows no behaviour.
"""

from collections.abc import Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

import attrs

from turncoat.actors.envelope import Envelope, Parcel, Posting, kind_of_body
from turncoat.actors.events import RELEASE
from turncoat.actors.flight import Copy
from turncoat.actors.randomness import Draws
from turncoat.actors.rule import Receipt, Thought
from turncoat.actors.thoughts import Thoughts
from turncoat.actors.wire import Structures, open_body

if TYPE_CHECKING:
    from turncoat.actors.kernel import Kernel
    from turncoat.actors.world import World

Rushing = Literal["free", "network"]


@attrs.frozen
class Heard:
    """An honest message to a corrupted seat. time: when it was sent, or, to an adversary that waits
    for the network, when it arrived [ns]."""

    time: int
    sender: int
    receiver: int
    sid: str
    kind: str
    body: Any


@attrs.frozen
class Outline:
    """What the scheduler of a network sees of a message: everything but its content."""

    time: int
    sender: int
    receiver: int
    sid: str
    kind: str
    size: int


class Mind(Protocol):
    """What one adversary does beside the rules for what its seats say. It serves one run."""

    @property
    def rushing(self) -> Rushing: ...
    @property
    def receipts(self) -> Sequence[Receipt]: ...
    @property
    def schedules(self) -> bool:
        """Does it decide when copies set out?"""
        ...

    def begin(self, seam: "Seam") -> None: ...
    def watch(self, sender: int, sid: str, kind: str) -> None:
        """An honest party speaks; to whom and what is not said here."""
        ...

    def hear(self, heard: Heard) -> None: ...
    def postpone(self, outline: Outline) -> int:
        """By how many ns this copy sets out later."""
        ...

    def end(self) -> None:
        """The run is over."""
        ...


@attrs.frozen
class Held:
    """An envelope of a corrupted party on its way through the rules. origin: as the party posted
    it, at time `since`. incarnation: the party's. luck: its draws of the network."""

    envelope: Envelope
    origin: Envelope
    since: int
    incarnation: int
    luck: tuple[int, int]


@attrs.frozen
class Postponed:
    """A copy that the adversary lets set out later."""

    copy: Copy


class Seam:
    """One run's seam.

    listens: is there an adversary? waits_for_arrivals: does it hear only what the network has
    delivered? schedules: does it decide when copies set out?
    """

    def __init__(self, kernel: "Kernel", world: "World") -> None:
        self._kernel = kernel
        self._rules = world.rules
        self._mind = world.mind
        self.listens = self._mind is not None
        self.waits_for_arrivals = self._mind is not None and self._mind.rushing == "network"
        self.schedules = self._mind is not None and self._mind.schedules
        self.stirred = False  # has something happened since the thoughts were looked at?
        self._thoughts = Thoughts(lambda due: self._push(due, None))
        self._said = 0
        self._numbers = 0
        self._latest: dict[tuple[int, int], int] = {}  # link → when its last copy set out

    # -- what the mind may ask -----------------------------------------------------------------

    @property
    def now(self) -> int:
        return self._kernel.clock.now

    @property
    def draws(self) -> Draws:
        return self._kernel.draws

    @property
    def structures(self) -> Structures:
        return self._kernel.structures

    @property
    def names(self) -> tuple[str, ...]:
        return self._kernel.cast.names

    @property
    def t(self) -> int:
        return self._kernel.t

    def group(self, party: int) -> tuple[int, ...]:
        """The parties that `everyone` means to `party`."""
        return self._kernel.actors[party].everyone

    @property
    def seats(self) -> frozenset[int]:
        """All parties that the adversary may ever have."""
        return frozenset(self._rules)

    def outlines(self) -> Iterable[tuple[int, int, int, int]]:
        """(time, sender, receiver, bytes) of all that honest parties have sent to honest ones."""
        for sent in self._kernel.journal.postings():
            if sent.sender in self._rules:
                continue
            for receiver in sent.receivers:
                if receiver not in self._rules:
                    yield sent.time, sent.sender, receiver, sent.payload + sent.framing

    def say(self, envelope: Envelope) -> None:
        """Send a message from a corrupted seat that its program has not posted. No rule sees it."""
        actor = self._kernel.actors[envelope.sender]
        if actor.died <= self.now:
            return
        self._said += 1
        luck = self.draws.many("said", (envelope.sender, envelope.receiver, self._said), 2)
        held = Held(envelope, envelope, -1, actor.incarnation, (luck[0], luck[1]))
        self._kernel.transport.dispatch(actor, held)

    def think(self, thought: Coroutine[Any, None, None]) -> None:
        """Begin a thought that decides on no message."""
        self._thoughts.begin(thought, lambda _: None)

    @property
    def waiting(self) -> bool:
        """Does any thought wait?"""
        return self._thoughts.waiting

    # -- messages that wait for a decision -----------------------------------------------------

    def hold(
        self, held: Held, place: int, envelope: Envelope, thought: Thought
    ) -> Iterable[Envelope] | None:
        """Begin a rule's thought on a message; None if it does not end at once."""
        held = attrs.evolve(held, envelope=envelope)
        return self._thoughts.begin(thought, partial(self._decided, held, place))

    def _decided(self, held: Held, place: int, outcome: Any) -> None:
        """A rule has made up its mind on a message, after a while."""
        actor = self._kernel.actors[held.envelope.sender]
        if actor.died <= self.now or actor.incarnation != held.incarnation:
            return
        after, late = list[Envelope](outcome or ()), self.now - held.since
        copies = [attrs.evolve(copy, delay=copy.delay + late) for copy in after]
        self._rules[actor.index][place].receipt.note(held.envelope, copies)
        for copy in after:
            self._kernel.transport.dispatch(actor, attrs.evolve(held, envelope=copy), place + 1)

    def poll(self) -> None:
        """Let go on whoever has what it waits for."""
        self.stirred = False
        self._thoughts.poll(self.now)

    def despair(self) -> bool:
        """Nothing else will ever happen: the oldest thought goes on with what it has. False if
        there is none."""
        return self._thoughts.despair()

    # -- what it hears -------------------------------------------------------------------------

    def overhear(self, posting: Posting) -> None:
        """An honest party has sent something."""
        mind = self._mind
        if mind is None:
            return
        mind.watch(posting.sender, posting.sid, kind_of_body(posting.bodies[0]))
        if self.waits_for_arrivals:
            return
        for place, receiver in enumerate(posting.receivers):
            if receiver in self._rules:
                body = posting.body(place)
                mind.hear(
                    Heard(self.now, posting.sender, receiver, posting.sid, kind_of_body(body), body)
                )

    def arrived(self, receiver: int, parcel: Parcel) -> None:
        """Something has arrived at a corrupted seat."""
        if self._mind is None or not self.waits_for_arrivals or parcel.sender in self._rules:
            return
        sid, kind = parcel.key
        body = open_body(parcel.body, None, self.structures)  # of an honest party: well-formed
        self._mind.hear(Heard(self.now, parcel.sender, receiver, sid, kind, body))
        self.stirred = self.waiting
        self._kernel.stirred = True

    # -- when copies set out -------------------------------------------------------------------

    def post(self, copy: Copy) -> None:
        """A copy would set out now. On a reliable link it does not overtake those before it."""
        kernel, pair = self._kernel, (copy.sender, copy.receiver)
        sid, kind = copy.parcel.key
        outline = Outline(self.now, *pair, sid, kind, copy.parcel.size)
        late = 0 if self._mind is None else self._mind.postpone(outline)
        due = self.now + late
        if kernel.carrier.link(*pair).reliable:
            due = max(due, self._latest.get(pair, 0))
            self._latest[pair] = due
        if due > self.now:
            self._push(due, Postponed(copy))
        else:
            kernel.carrier.post(copy)

    def release(self, number: int, subject: Any) -> None:
        """Its time has come: a copy sets out, a message is sent, or a thought goes on."""
        if type(subject) is Held:
            self._kernel.transport.release(number, subject)
        elif type(subject) is Postponed:
            self._kernel.carrier.post(subject.copy)
        self.stirred = self.waiting

    def hold_back(self, held: Held) -> None:
        """Send this once its delay is over."""
        self._push(self.now + held.envelope.delay, held)

    def _push(self, due: int, subject: Any) -> None:
        self._numbers += 1
        self._kernel.push(due, RELEASE, self._numbers, subject)

    # -- the two ends of a run -----------------------------------------------------------------

    def begin(self) -> None:
        if self._mind is not None:
            self._mind.begin(self)

    def end(self) -> None:
        self._thoughts.end()
        if self._mind is not None:
            self._mind.end()

    def receipts(self) -> tuple[Receipt, ...]:
        """Of all rules, by seat, and then of what the mind did otherwise."""
        rules: Mapping[int, Sequence[Any]] = self._rules
        own = () if self._mind is None else self._mind.receipts
        return (*(rule.receipt for each in rules.values() for rule in each), *own)
