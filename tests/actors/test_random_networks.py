"""Laws of every run on random networks under random faults: up to five parties, links of every
kind, access lines with short queues, changes over time, every fault with every trigger, corrupted
parties that change nothing or hold everything back; and programs of `test_random_worlds.py`.
"""

import math
from collections import Counter, defaultdict
from random import Random

import attrs
from hypothesis import event, given
from hypothesis import strategies as st

from turncoat.actors.distributions import empirical
from turncoat.actors.faults import (
    Churn,
    Crash,
    Degrade,
    Fault,
    Heal,
    Omission,
    Partition,
    Pause,
    Restart,
)
from turncoat.actors.flight import Copy, Flight, Lone
from turncoat.actors.journal import Fate
from turncoat.actors.kernel import Kernel
from turncoat.actors.link import MILLISECOND, RHO_ONE, SECOND, GilbertElliott, Link
from turncoat.actors.outcome import Crashed, Stalled
from turncoat.actors.randomness import UNIT
from turncoat.actors.topology import Host, Override
from turncoat.actors.world import Run, World

from .test_random_worlds import perform, scripts
from .toys import Rewrite, toy_world

MS = MILLISECOND
N = 5

# -- random networks -------------------------------------------------------------------------------

parties = st.integers(1, N)
groups = st.frozensets(parties, min_size=1, max_size=3)
times = st.sampled_from([0, 1, MS, 10 * MS, 40 * MS, 41 * MS, 100 * MS, 300 * MS])
spans = st.sampled_from([1, MS, 30 * MS, 80 * MS, 500 * MS])
chances = st.sampled_from([0, 0, UNIT // 10, UNIT // 2, UNIT])
rates = st.none() | st.sampled_from([30_000, 10**6])
limits = st.none() | st.integers(1, 3)

laws = st.fixed_dictionaries(
    {},
    optional={
        "latency": st.sampled_from([1, MS, 40 * MS]),
        "jitter": st.sampled_from([0, MS, 30 * MS]),
        "distribution": st.sampled_from(["constant", "uniform", "normal", "exponential", "pareto"]),
        "correlation": st.sampled_from([0, RHO_ONE // 2]),
        "loss": st.sampled_from([0, UNIT // 4]),
        "gemodel": st.just(GilbertElliott(UNIT // 4, UNIT // 2)),
        "duplicate": chances,
        "corrupt": st.sampled_from([0, UNIT // 10]),
        "reorder": chances,
        "rate": rates,
        "limit": limits,
        "rto": st.sampled_from([None, 0, 7 * MS, 100 * MS]),
    },
)
measured = Link(distribution="empirical", table=empirical([MS, 5 * MS, 90 * MS]))
links = st.builds(
    lambda law, reliable: Link(reliable=reliable, **law), laws, st.sampled_from([True, True, False])
) | st.builds(lambda: measured)  # built, so that a report does not print its thousand knots
hosts = st.builds(Host, rates, rates, limits)
pairs = st.tuples(parties, parties).filter(lambda pair: pair[0] != pair[1])


@st.composite
def overrides(draw) -> Override:
    start = draw(times)
    end = draw(st.none() | spans.map(lambda span: start + span))
    return Override(draw(st.frozensets(pairs, max_size=4)), draw(laws), start, end)


triggers = st.one_of(
    st.fixed_dictionaries({"at": times}),
    st.fixed_dictionaries({"after_sends": st.integers(0, 12)}),
    st.fixed_dictionaries({"after": st.sampled_from(["ping", "values", "pong"])}),
)
means = st.sampled_from([20 * MS, 80 * MS, 500 * MS])
memories = st.sampled_from(["durable", "amnesia"])


def struck(kind: type[Fault], **fields) -> st.SearchStrategy[Fault]:
    return st.builds(
        lambda party, trigger, rest: kind(party, **trigger, **rest),
        parties, triggers, st.fixed_dictionaries(fields),
    )  # fmt: skip


faults = st.one_of(
    struck(Crash),
    struck(Restart, downtime=spans, memory=memories),
    struck(Pause, duration=spans),
    struck(Omission, direction=st.sampled_from(["send", "receive", "both"]),
           probability=st.sampled_from([UNIT // 2, UNIT]), duration=st.none() | spans),
    struck(Partition, groups=st.lists(groups, min_size=2, max_size=3).map(tuple),
           one_way=st.booleans(), duration=st.none() | spans),
    struck(Heal),
    struck(Degrade, parties=groups, change=laws, duration=st.none() | spans),
    struck(Churn, mean_up=means, mean_down=means, memory=memories),
)  # fmt: skip


def held_back() -> Rewrite:
    return Rewrite(
        "Ping", lambda e: [attrs.evolve(e, delay=20 * MS)], to=tuple(range(1, N + 1)),
        intends="time",
    )  # fmt: skip


@attrs.frozen
class Setting:
    n: int
    link: Link
    links: dict[tuple[int, int], Link]
    hosts: dict[int, Host]
    overrides: tuple[Override, ...]
    faults: tuple[Fault, ...]
    corrupted: dict[int, bool]  # party → does it hold its pings back?
    script: list
    seed: int

    def world(self, **rest) -> World:
        """Fresh, as rules remember."""
        everyone = range(1, self.n + 1)
        return toy_world(
            self.n, self.link, links=self.links, hosts=self.hosts, overrides=self.overrides,
            seed=self.seed, time_limit=20 * SECOND,
            faults=[fault for fault in self.faults if fault.party in everyone],
            rules={i: [held_back()] * held for i, held in sorted(self.corrupted.items())
                   if i in everyone}, **rest,
        )  # fmt: skip

    def run(self, **rest) -> Run:
        return self.world(**rest).run(self.program)

    def kernel(self) -> tuple[Kernel, Run]:
        """A run, and the kernel that it leaves behind."""
        world = self.world()
        kernel = Kernel(world)
        kernel.run(dict.fromkeys(world.cast.indices, self.program))
        return kernel, world._report(kernel, None)

    async def program(self, party):
        return await perform(party, self.script)


settings = st.builds(
    Setting,
    n=st.integers(1, N),
    link=links,
    links=st.dictionaries(pairs, links, max_size=3),
    hosts=st.dictionaries(parties, hosts, max_size=3),
    overrides=st.lists(overrides(), max_size=2).map(tuple),
    faults=st.lists(faults, max_size=4).map(tuple),
    corrupted=st.dictionaries(parties, st.booleans(), max_size=2),
    script=scripts,
    seed=st.integers(0, 2**64),
)

# -- what a journal tells --------------------------------------------------------------------------


@attrs.frozen
class Cut:
    """A time without power, (start, end): read off the journal's marks. quick: it began in the
    course of an instant, by a send, and not at its beginning."""

    start: int
    end: float
    forgets: bool
    quick: bool


def cuts(setting: Setting, run: Run) -> dict[int, list[Cut]]:
    """Party → its times without power. Memory is lost where any part of them loses it."""
    open_at = dict[int, tuple[int, Fault]]()
    found = defaultdict(list)
    for kind, *_, name, verb, party, now in power_marks(run):
        number = int(name)
        if verb == "strikes":
            open_at[number] = int(now), setting.faults[number]
        else:
            start, fault = open_at.pop(number)
            found[int(party)].append(cut_of(kind, fault, start, int(now)))
    for start, fault in open_at.values():
        found[fault.party].append(cut_of(fault.kind, fault, start, math.inf))
    return found


def power_marks(run: Run):
    words = (mark.split() for mark in run.journal.marks)
    return [w for w in words if w[0] in ("crash", "restart", "churn") and len(w) == 5]


def cut_of(kind: str, fault: Fault, start: int, end: float) -> Cut:
    forgets = kind == "crash" or fault.memory == "amnesia"
    return Cut(start, math.inf if kind == "crash" else end, forgets, fault.at is None)


def named(setting: Setting) -> Setting:
    """With faults that carry their number as their name, so that marks tell which it was."""
    faults = [attrs.evolve(fault, name=str(k)) for k, fault in enumerate(setting.faults)]
    return attrs.evolve(setting, faults=tuple(faults))


def incarnations(times: list[Cut]) -> list[int]:
    """When a new incarnation begins: where a chain of overlapping cuts ends that lost memory."""
    begins, until, forgets = [], -1, False
    for cut in [*sorted(times, key=lambda c: c.start), Cut(10**18, math.inf, False, False)]:
        if cut.start >= until:
            if forgets and until < math.inf:
                begins.append(until)
            until, forgets = -1, False
        until, forgets = max(until, cut.end), forgets or cut.forgets
    return begins


def journeys(run: Run) -> dict[int, tuple[int, int, int]]:
    """copy → (when posted, by whom, to whom)."""
    return {
        copy: (sent.time, sent.sender, receiver)
        for sent in run.journal.postings()
        for copy, receiver in enumerate(sent.receivers, sent.first)
    }


# -- laws ------------------------------------------------------------------------------------------


@given(settings, st.integers())
def test_two_runs_of_one_network_are_one_transcript(setting, order):
    """Shuffled and reversed wake-ups, messages really encoded: equal digests, outcomes, records."""
    first = setting.run()
    for how in ({"shuffle": Random(order).shuffle, "encode": True}, {"shuffle": list.reverse}):
        again = setting.run(**how)
        assert again.digest == first.digest
        assert again.outcomes == first.outcomes
        assert again.faults == first.faults
    assert set(first.outcomes) == set(range(1, setting.n + 1))
    for record in first.faults:
        event(f"{record.kind} {'hit' if record.hits else 'struck' if record.strokes else 'never'}")
    for end in first.outcomes.values():
        event(type(end).__name__)


@given(settings)
def test_time_never_runs_backwards_on_any_network(setting):
    run = setting.run()
    posted = journeys(run)
    sent = [time for time, _, _ in posted.values()]
    ends = [end.time for end in run.journal.arrivals()]
    assert sent == sorted(sent)
    assert ends == sorted(ends)
    assert all(end.time >= posted[end.copy][0] for end in run.journal.arrivals())


@given(settings.map(named))
def test_nothing_is_said_or_heard_without_power(setting):
    """No posting and no delivery within a power cut; at its first instant none if that began with
    it, none at all after a crash."""
    run = setting.run()
    dark = cuts(setting, run)

    def powerless(party: int, time: int) -> bool:
        return any(c.start < time < c.end or (time == c.start < c.end and not c.quick)
                   for c in dark[party])  # fmt: skip

    for sent in run.journal.postings():
        assert not powerless(sent.sender, sent.time)
    posted = journeys(run)
    for end in run.journal.arrivals():
        if end.fate is Fate.DELIVERED:
            assert not powerless(posted[end.copy][2], end.time)
    for party, end in run.outcomes.items():
        if isinstance(end, Crashed):
            assert any(c.start == end.at and c.forgets for c in dark[party])


@given(settings.map(named))
def test_reliable_channels_are_in_order_and_without_gaps(setting):
    """Per directed link and incarnation of the sender: deliveries in the order of sending; and
    before each of them, whatever was sent earlier was delivered, omitted, or met nobody, unless the
    receiver has lost its memory since."""
    run = setting.run()
    dark, posted = cuts(setting, run), journeys(run)
    ends = list(run.journal.arrivals())
    ended = dict[int, int]()  # copy → place of its end in the journal; of two, the delivery's
    for place, end in enumerate(ends):
        if end.fate in {Fate.OMITTED, Fate.RECEIVER_DEAD}:
            ended.setdefault(end.copy, place)
    delivered = {end.copy: place for place, end in enumerate(ends) if end.fate is Fate.DELIVERED}
    ended |= delivered
    streams = defaultdict(list)
    for copy, (time, i, j) in posted.items():
        if reliable(setting, i, j):
            life = sum(begin <= time for begin in incarnations(dark[i]))
            streams[i, j, life].append(copy)
    for (_, j, _), copies in streams.items():
        heard = [ended[copy] for copy in copies if copy in delivered]
        assert heard == sorted(heard)
        deaths = [cut.start for cut in dark[j] if cut.forgets]
        for place, copy in enumerate(copies):
            for before in copies[:place] if copy in delivered else ():
                since, now = posted[before][0], posted[copy][0]
                assert ended.get(before, math.inf) < ended[copy] or any(
                    since <= death <= now for death in deaths
                )


def reliable(setting: Setting, i: int, j: int) -> bool:
    return setting.links.get((i, j), setting.link).reliable


def under_way(kernel: Kernel) -> Counter[int]:
    """How often each copy is still somewhere: in the queue of events, held up by a partition, or
    early at its receiver."""
    found: dict[int, Copy] = {}
    plain = Counter[int]()
    channels = kernel.carrier._channels.values()
    connections = {id(c.connection): c.connection for c in channels}
    events = [(number, subject) for _, _, number, subject in kernel.events]
    for number, copy in [*((0, copy) for copy in kernel.carrier._parked), *events]:
        if type(copy) is Copy:
            found[id(copy)] = copy
            if copy.connection is not None:
                connections[id(copy.connection)] = copy.connection
        elif type(copy) is Flight:
            plain.update(copy.first + place for place in copy.order)
        elif type(copy) is Lone:
            plain[number] += 1
    for connection in connections.values():
        found |= {id(copy): copy for copy in connection.early.values() if copy is not None}
    return plain + Counter(copy.number for copy in found.values())


@given(settings)
def test_copies_are_conserved(setting):
    """Sent + doubled = delivered + suppressed + dropped + under way, copy by copy, where what is
    under way is counted in the kernel that the run leaves behind; each lost attempt is followed by
    another. A reliable channel loses nothing but what its sender cannot send again."""
    kernel, run = setting.kernel()
    assert run.digest == setting.run().digest
    posted = journeys(run)
    made = Counter(posted.keys()) + Counter(run.journal.duplicates.keys())
    ended = Counter(end.copy for end in run.journal.arrivals())
    assert made == ended + under_way(kernel)
    fates = defaultdict(Counter)
    for end in run.journal.arrivals():
        fates[end.fate][end.copy] += 1
        event(end.fate.name)
    assert all(count == 1 for count in fates[Fate.DELIVERED].values())
    doubles = run.journal.duplicates.keys()
    assert set(fates[Fate.SUPPRESSED]) <= set(doubles)
    struck = {record.party for record in run.faults if record.strokes}
    for fate in (Fate.LOST, Fate.TAIL_DROPPED, Fate.CUT_OFF):
        for copy in set(fates[fate]) - set(doubles):
            _, i, j = posted[copy]
            assert not reliable(setting, i, j) or i in struck
    received = sum(run.ledger.received_by(i).messages for i in run.outcomes)
    assert received == sum(fates[Fate.DELIVERED].values())
    assert all(reliable(setting, *posted[copy][1:]) for copy in run.journal.resends)
    for subject in [*kernel.carrier._parked, *(e[3] for e in kernel.events)]:
        if type(subject) is Copy and not subject.twin:
            assert run.journal.resends.get(subject.number, 0) == subject.attempts - 1


@given(settings)
def test_no_gap_blocks_a_channel_for_ever(setting):
    """Where a run ends because nothing happens any more, nobody waits early for a turn that would
    never come: but for those whom a partition holds up, and those behind them."""
    kernel, run = setting.kernel()
    if run.cut_short or not any(isinstance(end, Stalled) for end in run.outcomes.values()):
        return
    event("stalled")
    held = {id(copy.connection) for copy in kernel.carrier._parked}
    for channel in kernel.carrier._channels.values():
        waiting = [copy for copy in channel.connection.early.values() if copy is not None]
        assert not waiting or id(channel.connection) in held


@given(settings)
def test_every_fault_leaves_a_true_record(setting):
    """Strokes are the marks of the journal, and the first of them is when it fired."""
    setting = named(setting)
    run = setting.run()
    strikes = defaultdict(list)
    for words in (mark.split() for mark in run.journal.marks):
        if len(words) == 5 and words[2] == "strikes":
            strikes[words[1]].append(int(words[4]))
    for record in run.faults:
        assert record.strokes == len(strikes[record.name])
        assert record.fired == min(strikes[record.name], default=None)
        assert record.strokes or not record.hits
        if record.kind not in ("churn",):
            assert record.strokes <= 1
