"""Laws of every run, tried on small random worlds: random programs of sends, gathers, naps and
concurrent strands, on links with jitter, loss and bandwidth, with crashes."""

from collections import defaultdict
from random import Random

import attrs
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.faults import Crash
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Crashed
from turncoat.actors.randomness import threshold
from turncoat.actors.topology import Host
from turncoat.actors.world import Run

from .toys import P, Ping, Pong, Residues, Values, toy_world

MS = MILLISECOND

# -- random programs -------------------------------------------------------------------------------

times = st.sampled_from([0, 1, MS, 40 * MS, 41 * MS, 100 * MS])
steps = st.one_of(
    st.tuples(st.just("exchange"), st.integers(0, 3)),
    st.tuples(st.just("deal"), st.integers(0, 3)),
    st.tuples(st.just("vote"), st.integers(0, 4), st.none() | times),
    st.tuples(st.just("nap"), times),
    st.tuples(st.just("one"), st.integers(0, 3), st.integers(0, 3)),
)
scripts = st.recursive(
    st.lists(steps, max_size=4),
    lambda inner: st.lists(
        steps | st.tuples(st.just("fork"), st.lists(inner, min_size=1, max_size=3)), max_size=3
    ),
    max_leaves=6,
)


async def perform(party, script) -> list:
    """Run a script at one party, and tell what it came to know."""
    known = []
    for k, (what, *how) in enumerate(script):
        known.append(await ACTS[what](party.sub(str(k)), *how))
    return known


async def exchange(party, size):
    coins = party.coins.uniform(P, size)
    got = await party.exchange_all(Values(Residues(tuple(int(x) for x in coins))))
    return [vec.values.values for vec in got.values()]


async def deal(party, size):
    bodies = {j: Values(Residues((j,) * size)) for j in party.everyone}
    return len(await party.exchange(bodies))


async def vote(party, at_least, patience):
    party.send_all(Ping(party.me))
    deadline = None if patience is None else party.now + patience
    early = await party.gather(Ping, at_least=at_least, deadline=deadline)
    late = await party.gather(Ping, deadline=party.now + MS)
    return [*early], [*late], party.now


async def nap(party, ns):
    await party.sleep(ns)
    return party.now


async def one(party, sender, receiver):
    sender, receiver = sender % party.n + 1, receiver % party.n + 1
    if party.me == sender:
        party.send(receiver, Pong(1))
    return (await party.receive(sender, Pong)).number if party.me == receiver else None


async def fork(party, branches):
    return await party.together(
        *(perform(party.sub(f"strand.{k}"), branch) for k, branch in enumerate(branches))
    )


ACTS = {f.__name__: f for f in (exchange, deal, vote, nap, one, fork)}

# -- random worlds ---------------------------------------------------------------------------------

crashes = st.one_of(
    st.builds(Crash, st.integers(1, 4), at=times),
    st.builds(Crash, st.integers(1, 4), after_sends=st.integers(0, 12)),
    st.builds(Crash, st.integers(1, 4), after=st.sampled_from(["ping", "values", "pong"])),
)


@attrs.frozen
class Setting:
    n: int
    link: Link
    host: Host
    faults: tuple[Crash, ...]
    corrupted: frozenset[int]
    script: list
    seed: int

    def run(self, **rest) -> Run:
        world = toy_world(
            self.n, self.link, host=self.host, seed=self.seed,
            faults=[crash for crash in self.faults if crash.party <= self.n],
            rules={i: [] for i in sorted(self.corrupted) if i <= self.n}, **rest,
        )  # fmt: skip
        return world.run(lambda party: perform(party, self.script))


settings = st.builds(
    Setting,
    n=st.integers(1, 4),
    link=st.builds(
        Link,
        latency=st.sampled_from([0, MS, 40 * MS]),
        jitter=st.sampled_from([0, MS, 30 * MS]),
        loss=st.sampled_from([0, threshold(1, 4)]),
    ),
    host=st.builds(
        Host,
        st.none() | st.sampled_from([30_000, 10**6]),
        st.none() | st.sampled_from([30_000, 10**6]),
    ),
    faults=st.lists(crashes, max_size=2).map(tuple),
    corrupted=st.frozensets(st.integers(1, 4), max_size=2),
    script=scripts,
    seed=st.integers(0, 2**64),
)


@given(settings, st.integers())
def test_two_runs_of_one_world_are_one_transcript(setting, order):
    """The second with shuffled wake-ups, really encoding: equal digests and outcomes."""
    first = setting.run()
    again = setting.run(shuffle=Random(order).shuffle, encode=True)
    assert again.digest == first.digest
    assert again.outcomes == first.outcomes
    assert set(first.outcomes) == set(range(1, setting.n + 1))


@given(settings)
def test_time_never_runs_backwards(setting):
    """Neither in what is sent nor in what arrives; and no copy arrives before it was sent."""
    run = setting.run()
    sent = [sent.time for sent in run.journal.postings()]
    arrived = [arrival.time for arrival in run.journal.arrivals()]
    assert sent == sorted(sent)
    assert arrived == sorted(arrived)
    left = departures(run)
    assert all(arrival.time >= left[arrival.copy] for arrival in run.journal.arrivals())
    assert max([0, *run.finished.values()]) == run.virtual_ns


def departures(run: Run) -> dict[int, int]:
    """copy → when it was posted."""
    return {
        copy: sent.time
        for sent in run.journal.postings()
        for copy in range(sent.first, sent.first + len(sent.receivers))
    }


@given(settings)
def test_every_copy_has_at_most_one_end(setting):
    """Conservation: sent = delivered + came to the dead + lost in a crash + still on the way."""
    run = setting.run()
    ends = [arrival.copy for arrival in run.journal.arrivals()]
    copies = set(departures(run))
    assert len(ends) == len(set(ends))
    assert set(ends) <= copies == set(range(run.journal.copies))
    by_fate = defaultdict(int)
    for arrival in run.journal.arrivals():
        by_fate[arrival.fate] += 1
    in_flight = len(copies - set(ends))
    assert run.ledger.total().messages == sum(by_fate.values()) + in_flight
    received = sum(run.ledger.received_by(i).messages for i in run.outcomes)
    assert received == by_fate[Fate.DELIVERED]
    if not setting.faults:
        assert set(by_fate) <= {Fate.DELIVERED}


@given(settings)
def test_nothing_overtakes_on_a_directed_link(setting):
    """Deliveries of one link come in the order of sending, which is that of the copies' numbers;
    and there is no gap: whatever was sent before a delivered copy was delivered before it."""
    run = setting.run()
    fate = {arrival.copy: arrival.fate for arrival in run.journal.arrivals()}
    order = {arrival.copy: k for k, arrival in enumerate(run.journal.arrivals())}
    links = defaultdict(list)
    for sent in run.journal.postings():
        for copy, receiver in enumerate(sent.receivers, sent.first):
            links[sent.sender, receiver].append(copy)
    for copies in links.values():
        delivered = [copy for copy in copies if fate.get(copy) is Fate.DELIVERED]
        assert delivered == copies[: len(delivered)]
        assert delivered == sorted(delivered, key=order.__getitem__)


@given(settings)
def test_nothing_leaves_the_dead_and_nothing_reaches_them(setting):
    """No posting after a death, nothing delivered to the dead; and, without losses, exactly what
    was still on the access line (recomputed here by the queue's textbook formula) is lost. A crash
    at a time comes first in its instant, one after a send in the course of it."""
    run = setting.run()
    died = {i: end.at for i, end in run.outcomes.items() if isinstance(end, Crashed)}
    arrivals = {arrival.copy: arrival for arrival in run.journal.arrivals()}
    first = {(crash.party, crash.at) for crash in setting.faults}
    free = defaultdict(int)
    for sent in run.journal.postings():
        death = died.get(sent.sender, 10**18)
        assert sent.time < death or (sent.time == death and (sent.sender, death) not in first)
        for copy, receiver in enumerate(sent.receivers, sent.first):
            if setting.host.bandwidth_up:
                bits = 8 * (sent.payload + sent.framing)
                line = -(-bits * 10**9 // setting.host.bandwidth_up)
                free[sent.sender] = max(free[sent.sender], sent.time) + line
            end = arrivals.get(copy)
            if end is None:
                continue
            if end.fate is Fate.DELIVERED:
                grave = died.get(receiver, 10**18)
                assert end.time < grave or (end.time == grave and (receiver, grave) not in first)
            if not setting.link.loss and sent.sender in died:
                assert (end.fate is Fate.LOST_IN_CRASH) == (free[sent.sender] > death)


@given(settings)
def test_rounds_are_without_gaps(setting):
    """A message of depth d was preceded by one of depth d − 1, and answers something that was
    delivered to its sender: the levels 1, 2, … are all there."""
    run = setting.run()
    assert {sent.depth for sent in run.journal.postings() if sent.depth} == set(
        range(1, run.ledger.rounds() + 1)
    )
