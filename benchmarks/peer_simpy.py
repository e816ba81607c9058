"""Worker: the same traffic in SimPy, as lean as it gets. Runs in an environment of its own.

Tuned like this: one slotted event object per message, scheduled straight on the environment; with
constant latency one event for all copies of a broadcast; a party is a bare generator, resumed by
the very event that completes its round (a `Process` would take up to twice as long). No stores, no
timeouts, no conditions. With the option "books" the model also keeps what our kernel always keeps:
sizes, a fingerprint of each content, a journal of departures and arrivals, and a digest over it.
"""

from array import array
from collections.abc import Callable, Generator
from hashlib import blake2b, sha256
from random import Random
from typing import Any

import simpy
from workload import JITTER, LATENCY, WORD_BYTES, Finish, Traffic, resident_bytes, work

SECOND = 1_000_000_000
NORMAL = 1  # SimPy's priority of ordinary events
Party = Generator[None, Any, None]


class Message:
    """An event of SimPy's in all that its loop asks for; `to` is an inbox, or several."""

    __slots__ = ("body", "callbacks", "sender", "to")
    _ok = True

    def __init__(self, callbacks, to, sender, body):
        self.callbacks = callbacks
        self.to = to
        self.sender = sender
        self.body = body


class Inbox(dict):
    """The words of one round at one party, by sender. `resume` takes it when it is full."""

    __slots__ = ("resume",)


class Books:
    """The journal of a run: a row for each departure and each arrival, and a digest over all."""

    def __init__(self) -> None:
        self.sent, self.arrived = array("q"), array("q")

    def note_sent(self, now: float, sender: int, copies: int, body: bytes) -> None:
        mark = int.from_bytes(blake2b(body, digest_size=8).digest(), "little") >> 1
        self.sent.extend((int(now * SECOND), sender, copies, len(body) + 32, mark))

    def note_arrived(self, now: float, sender: int, copies: int) -> None:
        self.arrived.extend((int(now * SECOND), sender, copies))

    def digest(self) -> str:
        return sha256(self.sent.tobytes() + self.arrived.tobytes()).hexdigest()


class Model:
    """What the patterns share: an environment, delays, and the words delivered so far."""

    def __init__(self, traffic: Traffic, books: Books | None = None) -> None:
        self.traffic = traffic
        self.books = books
        self.env = simpy.Environment()
        self.draw = Random(1).random
        spread = JITTER if traffic.jitter else 0
        self.least, self.width = (LATENCY - spread) / SECOND, 2 * spread / SECOND
        self.delivered = 0

    def noting(self, deliver: Callable[[Message], None]) -> tuple[Callable[[Message], None], ...]:
        """The callbacks of a message: `deliver`, after the entry in the books if there are any."""
        if self.books is None:
            return (deliver,)
        env, books = self.env, self.books

        def note(message: Message) -> None:
            copies = len(message.to) if type(message.to) is list else 1
            books.note_arrived(env.now, message.sender, copies)

        return (note, deliver)

    def start(self, parties: list[Party]) -> None:
        for party in parties:
            next(party)

    def run(self) -> int:
        self.env.run()
        if self.books is not None:
            self.books.digest()
        return self.delivered


def word(index: int) -> bytes:
    return index.to_bytes(WORD_BYTES, "little")


def ring(model: Model) -> None:
    env, draw, books = model.env, model.draw, model.books
    parties: list[Party] = []
    callbacks: list[tuple[Callable[[Message], Any], ...]] = []

    def member(me: int) -> Party:
        following, body = (me + 1) % model.traffic.parties, word(0)
        for _ in range(model.traffic.rounds):
            if me > 0:
                yield
                model.delivered += 1
            if books:
                books.note_sent(env.now, me, 1, body)
            delay = model.least + model.width * draw()
            env.schedule(Message(callbacks[following], None, me, body), NORMAL, delay)
            if me == 0:
                yield
                model.delivered += 1
        yield  # a generator that ended would raise into SimPy's loop

    parties.extend(member(me) for me in range(model.traffic.parties))
    callbacks.extend(model.noting(party.send) for party in parties)
    model.start(parties)


def all_to_all(model: Model) -> None:
    env, draw, books = model.env, model.draw, model.books
    n, least, width = model.traffic.parties, model.least, model.width
    schedule, full = env.schedule, n - 1
    # Nobody is more than one round ahead, so two sets of inboxes suffice.
    inboxes = [[Inbox() for _ in range(n)] for _ in range(2)]

    def deliver(message: Message) -> None:
        inbox = message.to
        inbox[message.sender] = message.body
        if len(inbox) == full:
            inbox.resume(inbox)

    def deliver_all(message: Message) -> None:
        sender, body = message.sender, message.body
        for inbox in message.to:
            inbox[sender] = body
            if len(inbox) == full:
                inbox.resume(inbox)

    each, batch = model.noting(deliver), model.noting(deliver_all)

    def member(me: int) -> Party:
        body = word(me)
        for number in range(model.traffic.rounds):
            side = inboxes[number & 1]
            others = side[me + 1 :] + side[:me]
            if books:
                books.note_sent(env.now, me, full, body)
            if width:
                for inbox in others:
                    schedule(Message(each, inbox, me, body), NORMAL, least + width * draw())
            else:
                schedule(Message(batch, others, me, body), NORMAL, least)
            inbox = yield
            model.delivered += len(inbox)
            fresh = side[me] = Inbox()
            fresh.resume = parties[me].send
        yield

    parties = [member(me) for me in range(n)]
    for side in inboxes:
        for inbox, party in zip(side, parties, strict=True):
            inbox.resume = party.send
    model.start(parties)


def star(model: Model) -> None:
    env, draw, books = model.env, model.draw, model.books
    n, least, width = model.traffic.parties, model.least, model.width
    schedule, inbox = env.schedule, Inbox()

    def deliver(message: Message) -> None:
        inbox[message.sender] = message.body
        if len(inbox) == n:
            inbox.resume(inbox)

    up = model.noting(deliver)

    def client(me: int) -> Party:
        body = word(me)
        for _ in range(model.traffic.rounds):
            if books:
                books.note_sent(env.now, me, 1, body)
            schedule(Message(up, inbox, me, body), NORMAL, least + width * draw())
            yield
            model.delivered += 1
        yield

    def server() -> Party:
        for _ in range(model.traffic.rounds):
            yield
            model.delivered += len(inbox)
            for me, body in inbox.items():
                if books:
                    books.note_sent(env.now, n, 1, body)
                schedule(Message(down[me], None, n, body), NORMAL, least + width * draw())
            inbox.clear()
        yield

    hub, clients = server(), [client(me) for me in range(n)]
    inbox.resume = hub.send
    down = [model.noting(party.send) for party in clients]
    model.start([hub, *clients])


PATTERNS = {"ring": ring, "all-to-all": all_to_all, "star": star}


def prepare(traffic: Traffic, options: tuple[str, ...]) -> Callable[[], Finish]:
    """A run of the model; everything that is made in SimPy is made within it."""

    def run() -> Finish:
        model = Model(traffic, Books() if "books" in options else None)
        PATTERNS[traffic.shape](model)
        delivered = model.run()
        return lambda: {"messages": delivered}

    return run


def probe(traffic: Traffic) -> dict[str, float]:
    """Bytes that the whole model holds when all have sent and nothing has arrived."""
    before = resident_bytes()
    model = Model(traffic)
    PATTERNS[traffic.shape](model)
    return {"bytes": resident_bytes() - before}


if __name__ == "__main__":
    work(prepare, probe)
