"""The way of one message, and of those behind it, to the nanosecond: attempts, partitions, outages,
pauses, queues, and the order in which a reliable channel hands over.

The oracle is arithmetic on intervals [start, end). An attempt at x is in vain if x lies in an
outage, or x or its arrival in a partition; the attempts of a message posted at x are those at
x + rto·(2^j − 1), j = 0, 1, 2, …
"""

from itertools import count

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turncoat.actors.distributions import empirical
from turncoat.actors.faults import Degrade, Heal, Omission, Partition, Pause, Restart
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND, SECOND, Link
from turncoat.actors.randomness import UNIT
from turncoat.actors.topology import Host, Override
from turncoat.actors.world import Run

from .toys import HEADER, Ping, play, sized

MS = MILLISECOND
MBIT = 1_000_000
RTO = 100 * MS
HOUR = 3_600 * SECOND


async def wait(party):
    await party.sleep(HOUR // 2)


def stream(times: list[int], link: Link, *, to: int = 2, n: int = 2, size: int = 0, **rest) -> Run:
    """P1 posts a message to P2 at each of `times` [ns, ascending], under sids that keep the order;
    with a size, of so many bytes."""

    async def main(party):
        if party.me == 1:
            for k, when in enumerate(times):
                if when > party.now:
                    await party.sleep(when - party.now)
                party.sub(f"{k:03}").send(to, sized(size) if size else Ping(k))
        await wait(party)

    return play(main, n, link, **rest)


def ends(run: Run) -> list[tuple[int, Fate, int]]:
    """(copy, fate, time) in the order of the journal."""
    return [(end.copy, end.fate, end.time) for end in run.journal.arrivals()]


def heard(run: Run) -> dict[int, int]:
    """copy → when it was delivered [ns]."""
    return {copy: time for copy, fate, time in ends(run) if fate is Fate.DELIVERED}


# -- an oracle for one directed link ---------------------------------------------------------------


@attrs.frozen
class Episode:
    """Something is the matter from start to end [ns]. latency: of a link that is slow then."""

    what: str
    start: int
    end: int
    latency: int = 0

    def covers(self, time: int) -> bool:
        return self.start <= time < self.end


def within(time: int, what: str, episodes: list[Episode]) -> bool:
    return any(e.what == what and e.covers(time) for e in episodes)


def awake(time: int, who: str, episodes: list[Episode]) -> int:
    """The first instant from `time` on in which the party is neither paused nor off."""
    while True:
        later = [e.end for e in episodes if e.what in (f"{who} paused", f"{who} off")
                 and e.covers(time)]  # fmt: skip
        if not later:
            return time
        time = max(later)


def latency(time: int, link: Link, episodes: list[Episode]) -> int:
    slow = [e.latency for e in episodes if e.what == "slow" and e.covers(time)]
    return slow[-1] if slow else link.latency


def oracle(times: list[int], link: Link, episodes: list[Episode]) -> dict[int, tuple[int, int]]:
    """copy → (delivered at, attempts in vain), for those that are delivered at all."""
    found, posted, last = {}, 0, 0
    for copy, when in enumerate(times):
        posted = awake(max(when, posted), "sender", episodes)
        for vain in count():
            left = posted + RTO * (2**vain - 1)
            arrival = left + latency(left, link, episodes)
            lost = (
                within(left, "outage", episodes)
                or within(left, "cut", episodes)
                or within(arrival, "cut", episodes)
            )
            if not lost or not link.reliable:
                break
        if lost or (not link.reliable and within(arrival, "receiver off", episodes)):
            continue
        delivered = awake(arrival, "receiver", episodes)
        if link.reliable:
            delivered = last = max(delivered, last)
        found[copy] = (delivered, vain)
    return found


def world(episodes: list[Episode]) -> dict:
    """The same as faults and overrides."""
    overrides, faults = [], []
    for e in episodes:
        long = {"at": e.start, "duration": e.end - e.start}
        match e.what:
            case "outage":
                overrides.append(Override(frozenset({(1, 2)}), {"loss": UNIT}, e.start, e.end))
            case "slow":
                change = {"latency": e.latency}
                overrides.append(Override(frozenset({(1, 2)}), change, e.start, e.end))
            case "cut":
                faults.append(Partition(groups=(frozenset({1}), frozenset({2})), **long))
            case "sender paused":
                faults.append(Pause(1, **long))
            case "receiver paused":
                faults.append(Pause(2, **long))
            case "receiver off":
                faults.append(Restart(2, at=e.start, downtime=e.end - e.start))
    return {"overrides": tuple(overrides), "faults": faults}


moments = st.integers(0, 60).map(lambda k: 10 * k * MS)
lengths = st.integers(1, 40).map(lambda k: 10 * k * MS)
KINDS = ["outage", "slow", "cut", "sender paused", "receiver paused", "receiver off"]


@st.composite
def episodes_of(draw) -> Episode:
    start = draw(moments)
    latency = draw(st.sampled_from([0, 20 * MS, 90 * MS]))
    return Episode(draw(st.sampled_from(KINDS)), start, start + draw(lengths), latency)


@given(
    times=st.lists(moments, min_size=1, max_size=8).map(sorted),
    latency=st.sampled_from([0, 40 * MS]),
    episodes=st.lists(episodes_of(), max_size=5),
    reliable=st.booleans(),
)
@example([0, 10 * MS], 40 * MS, [Episode("cut", 0, 300 * MS)], True)
@example([0], 40 * MS, [Episode("cut", 30 * MS, 100 * MS)], True)  # under way when it begins
@example([0], 0, [Episode("cut", 0, MS), Episode("cut", MS, 100 * MS)], True)  # end to end
def test_every_message_arrives_when_the_oracle_says(times, latency, episodes, reliable):
    """Random outages, slow times, partitions, pauses and power cuts of any overlap: each delivery
    to the nanosecond, each vain attempt billed, and on a reliable channel in order."""
    link = Link(latency, rto=RTO, reliable=reliable)
    run = stream(times, link, **world(episodes))
    expected = oracle(times, link, episodes)
    assert heard(run) == {copy: delivered for copy, (delivered, _) in expected.items()}
    resent = {copy: vain for copy, (_, vain) in expected.items() if vain}
    assert run.journal.resends == (resent if reliable else {})
    if reliable:
        assert [copy for copy, _, _ in ends(run)] == list(range(len(times)))


# -- partitions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("healed", "j"), [(1, 1), (100, 1), (101, 2), (300, 2), (301, 3), (701, 4)]
)
def test_after_a_partition_the_next_attempt_of_the_doubling_timer_gets_through(healed, j):
    """Sent at 7 ms into a partition that ends at 7 ms + `healed`: the smallest j with
    rto·(2^j − 1) ≥ healed, then the latency."""
    cut = Partition(groups=(frozenset({1}), frozenset({2})), at=0, duration=(7 + healed) * MS)
    run = stream([7 * MS], Link(40 * MS, rto=RTO), faults=[cut])
    assert heard(run) == {0: 7 * MS + RTO * (2**j - 1) + 40 * MS}
    assert run.journal.resends == {0: j}
    assert run.faults[0].hits == 1


def test_a_heal_ends_every_partition_and_a_partition_that_is_healed_does_not_end_again():
    """Two partitions hold a message up; a `heal` at 250 ms lets it go at 300 ms. The end of the
    first at 400 ms heals nothing, nor does it touch a third that began at 390 ms."""
    groups = (frozenset({1}), frozenset({2}))
    faults = [
        Partition(groups=groups, at=0, duration=400 * MS, name="one"),
        Partition(groups=groups, at=0, name="for good"),
        Heal(at=250 * MS),
        Partition(groups=groups, at=390 * MS, duration=500 * MS, name="third"),
    ]
    run = stream([0, 395 * MS], Link(0, rto=RTO), faults=faults)
    assert heard(run) == {0: 300 * MS, 1: 395 * MS + 700 * MS}
    assert [record.hits for record in run.faults] == [1, 1, 0, 1]


def test_a_partition_holds_up_what_another_lets_go():
    """Of two overlapping ones the second to end decides; the timer runs from the first attempt."""
    groups = (frozenset({1}), frozenset({2}))
    faults = [
        Partition(groups=groups, at=0, duration=50 * MS),
        Partition(groups=groups, at=20 * MS, duration=200 * MS),
    ]
    assert heard(stream([10 * MS], Link(0, rto=RTO), faults=faults)) == {0: 310 * MS}


async def all_to_all(party):
    party.send_all(Ping(party.me))
    return [*await party.gather(Ping, deadline=SECOND)]


def passed(n: int, **cut) -> set[tuple[int, int]]:
    """The directed pairs over which a message comes at once, under a partition."""
    run = play(all_to_all, n, Link(40 * MS), faults=[Partition(at=0, **cut)])
    return {
        (i, j) for j, end in run.outcomes.items() for i in end.value if i != j
    }  # fmt: skip


def pairs(*groups: set[int]) -> set[tuple[int, int]]:
    return {(i, j) for group in groups for i in group for j in group if i != j}


def sets(*groups: set[int]) -> tuple[frozenset[int], ...]:
    return tuple(map(frozenset, groups))


def test_groups_hear_only_themselves_and_those_in_no_group():
    assert passed(5, groups=sets({1, 2}, {3, 4})) == pairs({1, 2, 5}, {3, 4, 5})


def test_an_isolated_party_hears_nobody_and_is_not_heard():
    assert passed(4, groups=sets({1, 3, 4}, {2})) == pairs({1, 3, 4})


def test_a_bridge_is_a_party_in_both_groups_or_in_none():
    assert passed(5, groups=sets({1, 2, 3}, {3, 4, 5})) == pairs({1, 2, 3}, {3, 4, 5})
    assert passed(5, groups=sets({1, 2}, {4, 5})) == pairs({1, 2, 3}, {3, 4, 5})


def test_a_one_way_partition_cuts_one_direction():
    """From P1 and P2 to P3, not back, and not to P4, who is in no group."""
    everything = pairs({1, 2, 3, 4})
    assert passed(4, groups=sets({1, 2}, {3}), one_way=True) == everything - {(1, 3), (2, 3)}


def test_who_is_on_both_sides_of_a_one_way_partition_is_cut_off_from_neither():
    everything = pairs({1, 2, 3})
    assert passed(3, groups=sets({1, 2}, {2, 3}), one_way=True) == everything - {(1, 3)}


def test_three_groups_are_three_islands():
    assert passed(6, groups=sets({1, 2}, {3, 4}, {5, 6})) == pairs({1, 2}, {3, 4}, {5, 6})


def test_a_one_way_partition_needs_two_sides():
    with pytest.raises(ValueError, match="two groups"):
        Partition(at=0, groups=sets({1}), one_way=True)


# -- omissions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("party", "direction", "lost"),
    [
        (1, "send", {(1, 2), (1, 3)}),
        (1, "receive", {(2, 1), (3, 1)}),
        (1, "both", {(1, 2), (1, 3), (2, 1), (3, 1)}),
    ],
)
@pytest.mark.parametrize("reliable", [True, False])
def test_omission_loses_in_its_direction_for_good(party, direction, lost, reliable):
    """On reliable channels as well; the own copy is not touched."""
    fault = Omission(party, direction=direction, at=0)
    run = play(all_to_all, 3, Link(40 * MS, reliable=reliable), faults=[fault])
    got = {(i, j) for j, end in run.outcomes.items() for i in end.value if i != j}
    assert got == pairs({1, 2, 3}) - lost
    assert all(j in end.value for j, end in run.outcomes.items())
    assert run.faults[0].hits == len(lost)
    assert sum(fate is Fate.OMITTED for _, fate, _ in ends(run)) == len(lost)


def test_what_is_omitted_leaves_no_gap_behind_which_others_would_wait():
    """Messages at 0, 10, …, 50 ms; P2 receives nothing from 55 ms to 75 ms, when those of 20 and 30
    ms come. P1 sends nothing from 35 ms to 45 ms. All others come on time."""
    faults = [
        Omission(2, direction="receive", at=55 * MS, duration=20 * MS),
        Omission(1, direction="send", at=35 * MS, duration=10 * MS),
    ]
    run = stream([k * 10 * MS for k in range(6)], Link(40 * MS), faults=faults)
    assert heard(run) == {0: 40 * MS, 1: 50 * MS, 5: 90 * MS}
    fates = {copy: (fate, time // MS) for copy, fate, time in ends(run)}
    assert fates[2] == (Fate.OMITTED, 60)
    assert fates[4] == (Fate.OMITTED, 40)


def test_a_message_in_retransmission_when_an_omission_begins_is_not_lost():
    """Sent at 0 into an outage, before P1 begins to omit at 50 ms: the attempt at 100 ms gets
    through, and the messages behind it, sent before 50 ms, with it."""
    outage = Override(frozenset({(1, 2)}), {"loss": UNIT}, 0, 20 * MS)
    omission = Omission(1, direction="send", at=50 * MS)
    run = stream(
        [0, 30 * MS, 60 * MS], Link(40 * MS, rto=RTO), overrides=(outage,), faults=[omission]
    )
    assert heard(run) == {0: 140 * MS, 1: 140 * MS}


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_omission_loses_as_often_as_asked(share):
    """10^4 messages, four standard errors."""
    amount = 10_000
    fault = Omission(2, direction="receive", probability=int(share * UNIT), at=0)
    run = stream([0] * amount, Link(40 * MS), faults=[fault])
    lost = sum(fate is Fate.OMITTED for _, fate, _ in ends(run))
    assert abs(lost - share * amount) < 4 * (share * (1 - share) * amount) ** 0.5
    assert len(heard(run)) == amount - lost == amount - run.faults[0].hits


# -- queues ----------------------------------------------------------------------------------------

TEN = 1_250  # bytes that take 10 ms at 1 Mbit/s


def test_a_link_with_a_rate_is_a_line_of_its_own():
    """Five messages of 10 ms each: 50 ms, 60 ms, … with 40 ms of latency; P3's link is idle."""
    run = stream([0] * 5, Link(40 * MS, rate=MBIT), size=TEN)
    assert heard(run) == {k: (50 + 10 * k) * MS for k in range(5)}


def test_two_links_of_one_sender_do_not_share_a_line_but_its_access_line():
    async def main(party):
        if party.me == 1:
            for k in range(3):
                party.sub(str(k)).send_all(sized(TEN))
        await wait(party)

    run = play(main, 3, Link(0, rate=MBIT))
    assert sorted(heard(run).values()) == [10 * MS, 10 * MS, 20 * MS, 20 * MS, 30 * MS, 30 * MS]
    run = play(main, 3, Link(0, rate=MBIT), host=Host(bandwidth_up=2 * MBIT))
    # 5 ms each on the access line, to P2 and P3 in turn; behind it each link has time to empty
    assert sorted(heard(run).values()) == [15 * MS, 20 * MS, 25 * MS, 30 * MS, 35 * MS, 40 * MS]


@pytest.mark.parametrize("where", ["link", "up", "down"])
def test_a_full_queue_drops_the_tail_on_a_datagram_channel(where):
    """Five at once where two may queue: the first two pass."""
    link = Link(40 * MS, reliable=False)
    host = Host()
    if where == "link":
        link = attrs.evolve(link, rate=MBIT, limit=2)
    else:
        host = Host(**{f"bandwidth_{where}": MBIT}, limit=2)
    run = stream([0] * 5, link, size=TEN, host=host)
    assert heard(run) == {0: 50 * MS, 1: 60 * MS}
    dropped = {copy: time for copy, fate, time in ends(run) if fate is Fate.TAIL_DROPPED}
    assert dropped == dict.fromkeys((2, 3, 4), 40 * MS if where == "down" else 0)


@pytest.mark.parametrize("where", ["link", "up"])
def test_what_a_full_queue_dropped_takes_its_turn_again_when_the_timer_says(where):
    """One may be on the line, 10 ms each, rto 25 ms. Of three at once the second and the third are
    refused. At 25 ms the second takes the line, so that the third is refused again; its timer has
    doubled: 25 + 50 ms. Each is on the line for 10 ms and on the way for 40."""
    link, host = Link(40 * MS, rto=25 * MS), Host()
    if where == "link":
        link = attrs.evolve(link, rate=MBIT, limit=1)
    else:
        host = Host(bandwidth_up=MBIT, limit=1)
    run = stream([0] * 3, link, size=TEN, host=host)
    assert heard(run) == {0: 50 * MS, 1: 75 * MS, 2: 125 * MS}
    assert run.journal.resends == {1: 1, 2: 2}
    assert run.ledger.total().resent_bytes == 3 * TEN


def test_what_the_receivers_line_dropped_comes_again_by_the_senders_timer():
    """Sent at 0, dropped at 40 ms; the next attempts leave at 100 and 300 ms. Of three, one passes
    at each time, 10 ms behind its arrival."""
    run = stream([0] * 3, Link(40 * MS, rto=RTO), size=TEN, hosts={2: Host(None, MBIT, limit=1)})
    assert heard(run) == {0: 50 * MS, 1: 150 * MS, 2: 350 * MS}


def test_who_comes_after_a_dropped_one_waits_for_it():
    """A reliable channel is in order: the third message, sent at 12 ms when the line is idle, is
    there at 62 ms and handed over with the second, at 75 ms."""
    link = Link(40 * MS, rto=25 * MS, rate=MBIT, limit=1)
    run = stream([0, 0, 12 * MS], link, size=TEN)
    assert heard(run) == {0: 50 * MS, 1: 75 * MS, 2: 75 * MS}
    assert [copy for copy, _, _ in ends(run)] == [0, 1, 2]


def test_what_is_lost_behind_the_lines_does_not_queue_again():
    """Two messages of 10 ms on the access line and 10 ms on the link's; an outage while the first
    leaves for its link, at 10 ms: made again at 110 ms, it is on its way for as long as it would
    have been at first, 50 ms; the second, on time at 70 ms, waits for it."""
    outage = Override(frozenset({(1, 2)}), {"loss": UNIT}, 5 * MS, 15 * MS)
    link = Link(40 * MS, rate=MBIT, rto=RTO)
    run = stream([0, 0], link, size=TEN, host=Host(bandwidth_up=MBIT), overrides=(outage,))
    assert heard(run) == {0: 160 * MS, 1: 160 * MS}


def test_a_law_counts_when_a_message_leaves_the_line_not_when_it_is_posted():
    """Ten messages of 10 ms, posted at 0; the link is slow from 35 ms to 65 ms, and the partition
    from 75 ms to 85 ms cuts the one that leaves at 80 ms, and the one that arrives then."""
    slow = Override(frozenset({(1, 2)}), {"latency": 9 * MS}, 35 * MS, 65 * MS)
    cut = Partition(groups=sets({1}, {2}), at=75 * MS, duration=10 * MS)
    link = Link(0, rto=RTO, reliable=False)
    run = stream(
        [0] * 10, link, size=TEN, host=Host(bandwidth_up=MBIT), overrides=(slow,), faults=[cut]
    )
    assert heard(run) == {
        0: 10 * MS, 1: 20 * MS, 2: 30 * MS, 3: 49 * MS, 4: 59 * MS, 5: 69 * MS, 6: 70 * MS,
        8: 90 * MS, 9: 100 * MS,
    }  # fmt: skip


def test_a_rate_that_changes_holds_for_what_comes_then():
    """10 ms each, from 15 ms on 20 ms each; messages at 0, 0, 0, 20 ms: the third was admitted
    before, the fourth takes twice as long behind it."""
    change = Override(frozenset({(1, 2)}), {"rate": MBIT // 2}, 15 * MS)
    run = stream([0, 0, 0, 20 * MS], Link(0, rate=MBIT), size=TEN, overrides=(change,))
    assert heard(run) == {0: 10 * MS, 1: 20 * MS, 2: 30 * MS, 3: 50 * MS}


def test_a_limit_that_changes_holds_for_what_comes_then():
    """Three on the line at 15 ms, when it becomes too short for a third and a fourth."""
    change = Override(frozenset({(1, 2)}), {"limit": 2}, 15 * MS)
    link = Link(0, rate=MBIT, reliable=False)
    run = stream([0, 0, 0, 0, 16 * MS, 31 * MS], link, size=TEN, overrides=(change,))
    assert heard(run) == {0: 10 * MS, 1: 20 * MS, 2: 30 * MS, 3: 40 * MS, 5: 50 * MS}


# -- changes over time -----------------------------------------------------------------------------

ALL = frozenset({(1, 2), (2, 1)})


def test_a_link_that_becomes_faster_lets_nothing_overtake():
    """100 ms until 5 ms, then 10 ms: who was sent at 5 ms waits for who was sent at 0."""
    slow = Override(ALL, {"latency": 100 * MS}, 0, 5 * MS)
    run = stream([0, 5 * MS, 95 * MS], Link(10 * MS), overrides=(slow,))
    assert heard(run) == {0: 100 * MS, 1: 100 * MS, 2: 105 * MS}


def test_of_two_changes_the_later_in_the_list_wins_whenever_it_began():
    """Both from 10 ms to 30 ms, and one of them longer before, or after."""
    first = Override(ALL, {"latency": 20 * MS}, 10 * MS, 40 * MS)
    second = Override(ALL, {"latency": 5 * MS}, 0, 30 * MS)
    times = [9 * MS, 10 * MS, 29 * MS, 30 * MS, 40 * MS]
    link = Link(MS, reliable=False)
    delays = [5, 5, 5, 20, 1]
    run = stream(times, link, overrides=(first, second))
    assert heard(run) == {k: times[k] + delays[k] * MS for k in range(5)}
    run = stream(times, link, overrides=(second, first))
    delays = [5, 20, 20, 20, 1]
    assert heard(run) == {k: times[k] + delays[k] * MS for k in range(5)}


def test_of_two_changes_that_begin_at_one_instant_the_later_in_the_list_wins():
    for start in (0, 10 * MS):
        changes = [Override(ALL, {"latency": k * MS}, start) for k in (5, 7, 6)]
        run = stream([20 * MS], Link(0), overrides=tuple(changes))
        assert heard(run) == {0: 26 * MS}


def test_a_degradation_wins_over_timed_changes_and_ends():
    """Latency and loss of P2's links, from 10 ms to 30 ms; P3's link is as before."""
    fault = Degrade(parties=frozenset({2}), change={"latency": 90 * MS}, at=10 * MS,
                    duration=20 * MS)  # fmt: skip
    change = Override(ALL, {"latency": 50 * MS}, 5 * MS)
    link = Link(40 * MS, reliable=False)
    times = [0, 10 * MS, 29 * MS, 30 * MS]
    run = stream(times, link, n=3, faults=[fault], overrides=(change,))
    assert heard(run) == {0: 40 * MS, 1: 100 * MS, 2: 119 * MS, 3: 80 * MS}
    run = stream(times, link, n=3, to=3, faults=[fault], overrides=(change,))
    assert heard(run) == {k: time + 40 * MS for k, time in enumerate(times)}
    assert run.faults[0].fired == 10 * MS


def test_a_degradation_is_of_both_directions():
    async def main(party):
        party.send_all(Ping(1))
        await party.gather(Ping)
        return party.now // MS

    fault = Degrade(parties=frozenset({1}), change={"latency": 90 * MS}, at=0)
    run = play(main, 3, Link(40 * MS), faults=[fault])
    assert [end.value for end in run.outcomes.values()] == [90, 90, 90]


@pytest.mark.parametrize("make", [
    lambda change: Override(ALL, change),
    lambda change: Degrade(parties=frozenset({1}), change=change, at=0),
])  # fmt: skip
def test_a_change_of_what_links_do_not_have_is_refused(make):
    with pytest.raises(ValueError, match="latnecy"):
        make({"latnecy": 1})


def test_a_change_of_distribution_takes_its_table_with_it():
    link = Link(distribution="constant").changed({"distribution": "normal", "jitter": MS})
    assert link.table is None
    table = Link(distribution="constant").changed({"table": empirical([MS])})
    assert table.distribution == "empirical"
    assert table.changed({"distribution": "uniform"}).table is None


# -- pauses and power cuts -------------------------------------------------------------------------


def test_a_paused_party_reads_in_order_when_it_is_back():
    """P2 stands still from 20 ms to 100 ms; messages of 40 ms latency, sent at 0 … 80 ms. Those
    that come meanwhile wait, on a datagram channel as well."""
    times = [k * 20 * MS for k in range(5)]
    for reliable in (True, False):
        pause = Pause(2, at=20 * MS, duration=80 * MS)
        run = stream(times, Link(40 * MS, reliable=reliable), faults=[pause])
        assert heard(run) == {0: 100 * MS, 1: 100 * MS, 2: 100 * MS, 3: 100 * MS, 4: 120 * MS}
        assert [copy for copy, _, _ in ends(run)] == [0, 1, 2, 3, 4]
        assert run.faults[0].hits == 3  # the one of 60 ms comes at 100 ms, and is not held up


def test_a_party_without_power_reads_in_order_when_it_is_back_but_loses_datagrams():
    times = [k * 20 * MS for k in range(5)]
    cut = Restart(2, at=20 * MS, downtime=80 * MS)
    run = stream(times, Link(40 * MS), faults=[cut])
    assert heard(run) == {0: 100 * MS, 1: 100 * MS, 2: 100 * MS, 3: 100 * MS, 4: 120 * MS}
    run = stream(times, Link(40 * MS, reliable=False), faults=[cut])
    assert heard(run) == {3: 100 * MS, 4: 120 * MS}
    assert run.faults[0].hits == 3


def test_what_was_on_the_access_line_is_sent_again_when_the_party_is_back():
    """Five messages of 10 ms each, posted at 0; no power from 25 ms to 100 ms. Two have left, the
    others go onto an empty line at 100 ms."""
    cut = Restart(1, at=25 * MS, downtime=75 * MS)
    run = stream([0] * 5, Link(40 * MS), size=TEN, host=Host(bandwidth_up=MBIT), faults=[cut])
    assert heard(run) == {0: 50 * MS, 1: 60 * MS, 2: 150 * MS, 3: 160 * MS, 4: 170 * MS}
    assert run.journal.resends == {2: 1, 3: 1, 4: 1}
    assert run.faults[0].hits == 3


def test_datagrams_on_the_access_line_are_lost_with_the_power():
    cut = Restart(1, at=25 * MS, downtime=75 * MS)
    link = Link(40 * MS, reliable=False)
    run = stream([0] * 4, link, size=TEN, host=Host(bandwidth_up=MBIT), faults=[cut])
    assert heard(run) == {0: 50 * MS, 1: 60 * MS}
    lost = [(copy, time) for copy, fate, time in ends(run) if fate is Fate.LOST_IN_CRASH]
    assert lost == [(2, 25 * MS), (3, 25 * MS)]


def test_an_attempt_that_falls_into_a_power_cut_is_made_when_the_party_is_back():
    """Lost at 0, due again at 100 ms, when there is no power: 150 ms. Due while the receiver's line
    refused it: the same."""
    outage = Override(ALL, {"loss": UNIT}, 0, MS)
    cut = Restart(1, at=50 * MS, downtime=100 * MS)
    run = stream([0], Link(40 * MS, rto=RTO), overrides=(outage,), faults=[cut])
    assert heard(run) == {0: 190 * MS}
    # the second is dropped at 90 ms, its sender being off from 80 ms to 250 ms; due at 150 ms
    line, cut = Host(None, MBIT, limit=1), Restart(1, at=80 * MS, downtime=170 * MS)
    link = Link(40 * MS, rto=RTO)
    run = stream([50 * MS, 50 * MS], link, size=TEN, hosts={2: line}, faults=[cut])
    assert heard(run) == {0: 100 * MS, 1: 300 * MS}


def test_a_pause_within_a_power_cut_and_one_around_it():
    """Off from 100 ms to 200 ms. A pause inside changes nothing; one from 50 ms to 300 ms goes on
    when the power is back: what comes then waits, and is no longer lost if it is a datagram."""
    times, link = [90 * MS, 150 * MS, 220 * MS], Link(20 * MS, reliable=False)
    cut = Restart(2, at=100 * MS, downtime=100 * MS)
    inside = [cut, Pause(2, at=120 * MS, duration=30 * MS)]
    assert heard(stream(times, link, faults=inside)) == {2: 240 * MS}
    around = [cut, Pause(2, at=50 * MS, duration=250 * MS)]
    assert heard(stream(times, link, faults=around)) == {2: 300 * MS}
    assert heard(stream(times, Link(20 * MS), faults=around)) == {0: 300 * MS, 1: 300 * MS,
                                                                 2: 300 * MS}  # fmt: skip


def test_what_a_paused_party_was_about_to_say_is_said_when_it_is_back():
    """P1's timer rings at 30 ms, in its pause; it speaks at 60 ms."""
    run = stream([30 * MS, 70 * MS], Link(40 * MS), faults=[Pause(1, at=20 * MS, duration=40 * MS)])
    assert heard(run) == {0: 100 * MS, 1: 110 * MS}
    assert [sent.time for sent in run.journal.postings()] == [60 * MS, 70 * MS]


def test_a_partition_that_begins_while_a_party_sleeps_does_not_take_back_what_has_arrived():
    """Here at 40 ms, while P2 sleeps until 100 ms; the partition from 50 ms on comes too late."""
    faults = [
        Pause(2, at=0, duration=100 * MS),
        Partition(groups=sets({1}, {2}), at=50 * MS, duration=500 * MS),
    ]
    run = stream([0], Link(40 * MS), faults=faults)
    assert heard(run) == {0: 100 * MS}
    assert [record.hits for record in run.faults] == [1, 0]


def test_the_hits_of_a_fault_are_those_of_its_own_time():
    """Two pauses of one party: each counts what came in it, not what came in the other."""
    faults = [Pause(2, at=k * 100 * MS, duration=50 * MS, name=str(k)) for k in (1, 2)]
    times = [110 * MS, 120 * MS, 160 * MS, 220 * MS]
    run = stream(times, Link(0), faults=faults)
    assert [record.hits for record in run.faults] == [2, 1]


# -- one law, two roads ----------------------------------------------------------------------------

NOWHERE = (Override(frozenset(), {"latency": 0}),)  # changes no link, but every copy goes alone


@given(
    st.integers(2, 4),
    st.builds(
        Link,
        latency=st.sampled_from([0, MS, 40 * MS]),
        jitter=st.sampled_from([0, MS, 30 * MS]),
        distribution=st.sampled_from(["uniform", "normal", "exponential", "constant"]),
    ),
    st.integers(0, 10**6),
)
def test_postings_as_a_whole_and_copies_one_by_one_arrive_alike(n, link, seed):
    """The fast road of like links, and the general one: the same times, in the same order."""

    async def main(party):
        for k in range(4):
            step = party.sub(str(k))
            step.send_all(Ping(k))
            step.sub("deal").send_each({j: Ping(j) for j in party.everyone})
            step.sub("one").send(party.me % n + 1, Ping(k))
            await party.sleep(5 * MS)
        await party.sleep(SECOND)

    runs = [play(main, n, link, seed=seed, overrides=o) for o in ((), NOWHERE)]
    assert ends(runs[0]) == ends(runs[1])
    assert list(runs[0].journal.postings()) == list(runs[1].journal.postings())


@given(st.integers(0, 10**6), st.integers(HEADER, 3_000))
def test_what_is_known_ahead_and_what_is_decided_step_by_step_arrive_alike(seed, size):
    """Loss and jitter behind access lines: computed when posted, or when each attempt leaves."""
    link, host = Link(40 * MS, 20 * MS, loss=UNIT // 4, rto=RTO), Host(MBIT, 2 * MBIT)
    times = [k * 7 * MS for k in range(12)]
    runs = [
        stream(times, link, size=size, host=host, seed=seed, overrides=overrides)
        for overrides in ((), NOWHERE)
    ]
    assert ends(runs[0]) == ends(runs[1])
    assert runs[0].journal.resends == runs[1].journal.resends
