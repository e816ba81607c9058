"""Worker: the same traffic in SimPy through SimPy's own interface, tuned.

A `Process` for each party, a `Timeout` for each message (with constant latency one for all copies
of a broadcast) whose callback puts it into an inbox, and an `Event` for each wait, which succeeds
when the inbox is full: a party wakes once a round. No stores, no conditions, no resources. What a
good user of SimPy writes who wants speed; `peer_simpy.py` goes below that interface.
"""

from collections.abc import Callable, Generator
from random import Random
from typing import Any

import simpy
from workload import JITTER, LATENCY, WORD_BYTES, Finish, Traffic, resident_bytes, work

SECOND = 1_000_000_000


class Inbox(dict):
    """The words of one round at one party, by sender; `full` is triggered by the last one."""

    __slots__ = ("full", "size")

    def __init__(self, env: simpy.Environment, size: int) -> None:
        self.size, self.full = size, env.event()

    def put(self, sender: int, body: bytes) -> None:
        self[sender] = body
        if len(self) == self.size:
            self.full.succeed()


class Model:
    """An environment, delays, and the words delivered so far."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.env = simpy.Environment()
        self.draw = Random(1).random
        spread = JITTER if traffic.jitter else 0
        self.least, self.width = (LATENCY - spread) / SECOND, 2 * spread / SECOND
        self.delivered = 0

    def send(self, inbox: Inbox, sender: int, body: bytes) -> None:
        """One message, one timeout."""
        message = self.env.timeout(self.least + self.width * self.draw())
        message.callbacks.append(lambda _: inbox.put(sender, body))

    def send_all(self, inboxes: list[Inbox], sender: int, body: bytes) -> None:
        """To many: one timeout for all of them if the latency is constant."""
        if self.width:
            for inbox in inboxes:
                self.send(inbox, sender, body)
            return

        def deliver(_: Any) -> None:
            for inbox in inboxes:
                inbox.put(sender, body)

        self.env.timeout(self.least).callbacks.append(deliver)


Party = Generator[simpy.Event, Any, None]


def word(index: int) -> bytes:
    return index.to_bytes(WORD_BYTES, "little")


def ring(model: Model) -> None:
    n, env = model.traffic.parties, model.env
    inboxes = [Inbox(env, 1) for _ in range(n)]

    def member(me: int) -> Party:
        for number in range(model.traffic.rounds):
            if me or number:
                yield inboxes[me].full
                model.delivered += 1
                inboxes[me] = Inbox(env, 1)
            model.send(inboxes[(me + 1) % n], me, word(0))
        if me == 0:
            yield inboxes[0].full
            model.delivered += 1

    for me in range(n):
        env.process(member(me))


def all_to_all(model: Model) -> None:
    n, env = model.traffic.parties, model.env
    # Nobody is more than one round ahead, so two sets of inboxes suffice.
    sides = [[Inbox(env, n - 1) for _ in range(n)] for _ in range(2)]

    def member(me: int) -> Party:
        for number in range(model.traffic.rounds):
            side = sides[number & 1]
            model.send_all(side[me + 1 :] + side[:me], me, word(me))
            yield side[me].full
            model.delivered += len(side[me])
            side[me] = Inbox(env, n - 1)

    for me in range(n):
        env.process(member(me))


def star(model: Model) -> None:
    n, env = model.traffic.parties, model.env
    hub = [Inbox(env, n)]
    inboxes = [Inbox(env, 1) for _ in range(n)]

    def client(me: int) -> Party:
        for _ in range(model.traffic.rounds):
            model.send(hub[0], me, word(me))
            yield inboxes[me].full
            model.delivered += 1
            inboxes[me] = Inbox(env, 1)

    def server() -> Party:
        for _ in range(model.traffic.rounds):
            yield hub[0].full
            words, hub[0] = hub[0], Inbox(env, n)
            model.delivered += len(words)
            for me, body in words.items():
                model.send(inboxes[me], n, body)

    env.process(server())
    for me in range(n):
        env.process(client(me))


PATTERNS = {"ring": ring, "all-to-all": all_to_all, "star": star}


def prepare(traffic: Traffic, options: tuple[str, ...]) -> Callable[[], Finish]:
    """A run of the model; everything that is made in SimPy is made within it."""

    def run() -> Finish:
        model = Model(traffic)
        PATTERNS[traffic.shape](model)
        model.env.run()
        return lambda: {"messages": model.delivered}

    return run


def probe(traffic: Traffic) -> dict[str, float]:
    """Bytes that the whole model holds when all have sent and nothing has arrived."""
    before = resident_bytes()
    model = Model(traffic)
    PATTERNS[traffic.shape](model)
    model.env.run(until=LATENCY / SECOND / 2)
    return {"bytes": resident_bytes() - before}


if __name__ == "__main__":
    work(prepare, probe)
