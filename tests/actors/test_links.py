"""Link arithmetic against closed forms, exact to the nanosecond.

Notation: s bytes on a line of r bit/s take u = ⌈8·10⁹·s / r⌉ ns on the sender's access line and d
on the receiver's; L is the propagation time between them.
"""

from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.link import Link, serialisation
from turncoat.actors.topology import Host

from .toys import HEADER, Blob, Ping, Pong, play, sized, values

MBIT = 1_000_000
sizes = st.integers(HEADER, 5_000)
rates = st.integers(1_000, 10_000 * MBIT)
latencies = st.integers(0, 10**9)


def ns(size: int, rate: int) -> int:
    """Time on the line by the textbook, rounded up: the oracle of this file."""
    nanoseconds, rest = divmod(size * 8 * 10**9, rate)
    return nanoseconds + (rest > 0)


async def arrival(party, sender: int, kind=Blob, sub: str = "m") -> int:
    """When a message has come in."""
    await party.sub(sub).receive(sender, kind)
    return party.now


def test_time_on_the_line_is_rounded_up():
    """1,250 bytes at 1 Mbit/s: 10 ms. One byte at 3 bit/s: 2.66… s, the last nanosecond begun."""
    assert serialisation(1_250, MBIT) == 10_000_000
    assert serialisation(1, 3) == 2_666_666_667
    assert serialisation(0, MBIT) == 0


@given(sizes, rates, rates, latencies)
def test_one_message_takes_serialisation_propagation_serialisation(size, up, down, latency):
    """u + L + d, whatever the numbers."""

    async def send(party):
        party.sub("m").send(2, sized(size))

    run = play(
        {1: send, 2: lambda party: arrival(party, 1)},
        2,
        Link(latency),
        hosts={1: Host(bandwidth_up=up), 2: Host(bandwidth_down=down)},
        time_limit=10**15,
    )
    assert run.outcomes[2].value == ns(size, up) + latency + ns(size, down)


def test_without_bandwidth_limits_only_propagation_counts():
    """A megabyte in exactly 40 ms."""

    async def main(party):
        if party.me == 1:
            party.sub("m").send(2, sized(1_000_000))
            return None
        return await arrival(party, 1)

    assert values(play(main, 2)) == [None, 40_000_000]


@given(st.integers(1, 8), sizes, rates, rates, latencies)
def test_pipelined_messages_wait_for_the_slower_line_alone(k, size, up, down, latency):
    """k messages of equal size, posted at once: the last is in at L + max(k·u + d, u + k·d)."""

    async def send(party):
        for index in range(k):
            party.sub(f"m{index}").send(2, sized(size))

    async def receive(party):
        return [await arrival(party, 1, sub=f"m{index}") for index in range(k)]

    run = play(
        {1: send, 2: receive},
        2,
        Link(latency),
        hosts={1: Host(bandwidth_up=up), 2: Host(bandwidth_down=down)},
        time_limit=10**15,
    )
    u, d = ns(size, up), ns(size, down)
    assert run.outcomes[2].value == [
        latency + max(j * u + d, u + j * d) for j in range(1, k + 1)
    ]  # fmt: skip


@given(sizes, sizes, rates, latencies, latencies)
def test_two_senders_queue_at_one_downlink_in_order_of_arrival(one, two, down, near, far):
    """First bits reach the line at their latencies; the later (P2 on a tie) waits for the first."""

    async def send(party):
        party.sub(f"from-{party.me}").send(3, sized(one if party.me == 1 else two))

    async def receive(party):
        async def wait(sender):
            return await arrival(party, sender, sub=f"from-{sender}")

        return await party.together(wait(1), wait(2))

    run = play(
        {1: send, 2: send, 3: receive},
        3,
        links={(1, 3): Link(near), (2, 3): Link(far)},
        hosts={3: Host(bandwidth_down=down)},
        time_limit=10**15,
    )
    (first, a), (second, b) = sorted([((near, 1), one), ((far, 2), two)])
    done = first[0] + ns(a, down)
    expected = {first[1]: done, second[1]: max(done, second[0]) + ns(b, down)}
    assert run.outcomes[3].value == [expected[1], expected[2]]


def test_a_broadcast_is_as_many_unicasts_on_the_uplink():
    """n = 5, 1,250 bytes at 1 Mbit/s: P1 serves P2, P3, P4, P5 after 10, 20, 30, 40 ms, + 7 ms."""

    async def main(party):
        if party.me == 1:
            party.sub("m").send_all(sized(1_250))
            return None
        return await arrival(party, 1)

    run = play(main, 5, Link(7_000_000), host=Host(bandwidth_up=MBIT))
    assert values(run)[1:] == [17_000_000, 27_000_000, 37_000_000, 47_000_000]


@given(st.integers(2, 7), sizes, rates, latencies)
def test_all_to_all_takes_n_serialisations_on_equal_lines(n, size, rate, latency):
    """P_i serves i+1, i+2, … so that in each slot every downlink takes in exactly one message:
    (n − 1) slots up, one slot behind them down: L + n·u, for all at once. (Served in index order,
    the n-th downlink would take in everybody's last slot: nearly twice that.)"""

    async def main(party):
        await party.exchange_all(sized(size))
        return party.now

    run = play(main, n, Link(latency), host=Host(rate, rate), time_limit=10**15)
    assert values(run) == [latency + n * ns(size, rate)] * n


def test_queues_outlast_the_moment():
    """A line that is busy stays busy: 10 ms of message at 0 and at 4 ms end at 10 and 20 ms; one
    at 50 ms finds it idle."""
    times = {"a": 0, "b": 4_000_000, "c": 50_000_000}

    async def main(party):
        ends = []
        for name, when in times.items():
            if party.me == 1:
                await party.sleep(when - party.now)
                party.sub(name).send(2, sized(1_250))
            else:
                ends.append(await arrival(party, 1, sub=name))
        return ends

    run = play(main, 2, Link(0), hosts={1: Host(bandwidth_up=MBIT)})
    assert run.outcomes[2].value == [10_000_000, 20_000_000, 60_000_000]


def test_both_directions_and_both_lines_are_independent():
    """Full duplex: what P1 sends does not delay what it receives."""

    async def main(party):
        got = await party.exchange_all(sized(1_250))
        return party.now, sorted(got)

    run = play(main, 2, Link(3_000_000), host=Host(MBIT, MBIT))
    assert values(run) == [(23_000_000, [1, 2])] * 2  # 10 + 3 + 10 ms


def test_each_direction_of_a_pair_may_have_a_link_of_its_own():
    """P1 → P2 in 5 ms, P2 → P1 in the default 40 ms."""

    async def main(party):
        await party.exchange_all(Ping(party.me))
        return party.now

    run = play(main, 2, links={(1, 2): Link(5_000_000)})
    assert values(run) == [40_000_000, 5_000_000]


def test_a_message_to_oneself_takes_no_time_and_no_line():
    """P1 alone, on a line of 1 bit/s."""

    async def main(party):
        party.send(1, Ping(5))
        party.sub("all").send_all(Pong(6))
        ping = await party.receive(1, Ping)
        return ping.number, party.now

    run = play(main, 1, host=Host(1, 1))
    assert values(run) == [(5, 0)]
    assert run.ledger.total().messages == 0


def test_zero_latency_messages_are_a_further_round_of_the_same_instant():
    """A hundred exchanges at time 0, each a round."""

    async def main(party):
        for k in range(100):
            await party.sub(f"r{k}").exchange_all(Ping(k))
        return party.now

    run = play(main, 3, Link(0))
    assert values(run) == [0, 0, 0]
    assert run.ledger.rounds() == 100
