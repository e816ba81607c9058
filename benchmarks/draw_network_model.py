"""Draws `docs/network-model.svg`: how long messages are under way, and one run message by message.

    python benchmarks/draw_network_model.py [FILE]

Above, the laws of a link as its own tables have them. Below, five messages of a real run, from the
journal: queuing on the sender's line, a loss and its retransmission, what waits behind that, and
the receiver's line. The times come from the run's journal and from the formulas of the document,
and the script checks that both agree on when each message is handed over.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import shake_128
from itertools import count
from pathlib import Path
from struct import unpack

from svg import block, line, path, text

from turncoat.actors import distributions
from turncoat.actors.journal import Fate
from turncoat.actors.link import MILLISECOND, Link, Queue, retransmission_delay
from turncoat.actors.randomness import UNIT, threshold
from turncoat.actors.topology import Cast, Host, Topology
from turncoat.actors.wire import message, octets
from turncoat.actors.world import Run, World
from turncoat.protocols.primitives.symmetric import AesCtrTape

DOCUMENT = Path(__file__).parent.parent / "docs" / "network-model.svg"
WIDTH, HEIGHT, MARGIN = 900, 765, 30
THICK = 'stroke-width="2"'
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d00")  # told apart by the colour-blind

# -- above: the laws of a link ---------------------------------------------------------------------

LATENCY, JITTER = 40 * MILLISECOND, 15 * MILLISECOND
LAWS = ("uniform", "normal", "lognormal", "exponential", "pareto")
LONGEST, DRAWS = 110, 1 << 14  # the axis ends after so many ms; draws of one curve
PANEL_WIDTH, PANEL_HEIGHT, PANEL_STEP = 250, 90, 295


def laws() -> Iterator[str]:
    yield text(
        MARGIN, 58, "latency 40 ms, jitter 15 ms: density of the delay under each law", "head"
    )
    for k, law in enumerate(LAWS):
        x, y = MARGIN + PANEL_STEP * (k % 3), 80 + 150 * (k // 3)
        yield from density(x, y, Link(LATENCY, JITTER, law))
    yield from in_a_row(MARGIN + PANEL_STEP * 2, 80 + 150)


def density(x: float, y: float, link: Link) -> Iterator[str]:
    """The curve of one law, from equally spaced draws, with its mean and its 95 % quantile."""
    delays = [link.delay((2 * k + 1) * UNIT // (2 * DRAWS)) for k in range(DRAWS)]
    bins = Counter(min(delay // (2 * MILLISECOND), LONGEST // 2) for delay in delays)
    most, base = max(bins.values()), y + PANEL_HEIGHT
    points = [(x, base)]
    for k in range(LONGEST // 2):
        height = base - PANEL_HEIGHT * 0.82 * bins[k] / most
        points += [(x + across(2 * k), height), (x + across(2 * k + 2), height)]
    points.append((x + PANEL_WIDTH, base))
    yield path(points, COLOURS[0], "#0072b222")
    yield from axis(x, base)
    half = "half-width" if link.distribution == "uniform" else "standard deviation"
    yield text(x + PANEL_WIDTH, y + 4, link.distribution, "name", "end")
    yield text(x + PANEL_WIDTH, y + 20, f"jitter: {half}", "small", "end")
    mean, late = sum(delays) / DRAWS / MILLISECOND, delays[DRAWS * 95 // 100] / MILLISECOND
    yield line(x + across(mean), base, x + across(mean), y + 16, "#555", 'stroke-dasharray="3 3"')
    yield line(x + across(late), base, x + across(late), base - 22, COLOURS[1])
    yield text(x + across(late) + 3, base - 14, f"95 %: {late:.0f} ms", "small")


def across(milliseconds: float) -> float:
    """Where a delay stands on the axis of a panel."""
    return PANEL_WIDTH * milliseconds / LONGEST


def axis(x: float, base: float) -> Iterator[str]:
    yield line(x, base, x + PANEL_WIDTH, base)
    for mark in range(0, LONGEST + 1, 20):
        yield line(x + across(mark), base, x + across(mark), base + 4)
        yield text(
            x + across(mark),
            base + 17,
            f"{mark} ms" if mark == 100 else f"{mark}",
            "small",
            "middle",
        )


def in_a_row(x: float, y: float) -> Iterator[str]:
    """Delays of one message after the other: the same law, by itself and correlated."""
    yield text(x + PANEL_WIDTH, y + 4, "normal, one message after the other", "name", "end")
    link, table, base = Link(LATENCY, JITTER, "normal"), distributions.normal(), y + PANEL_HEIGHT
    for correlation, colour in ((0.0, "#bbb"), (0.9, COLOURS[0])):
        rho, latent, points = int(correlation * distributions.ONE), 0, []
        for k, draw in enumerate(unpack("<60Q", shake_128(b"picture").digest(480))):
            latent = distributions.correlated(latent, table.at(draw), rho)
            delay = link.delay(table.rank(latent)) / MILLISECOND
            points.append((x + PANEL_WIDTH * k / 59, base - 8 - delay * 0.72))
        yield path(points, colour)
    yield line(x, base, x + PANEL_WIDTH, base)
    yield text(x, base + 17, "grey: correlation 0; blue: correlation 0.9", "small")


# -- below: five messages of a run -----------------------------------------------------------------

UP, DOWN, RTO = Host(bandwidth_up=10_000_000), Host(bandwidth_down=20_000_000), 100 * MILLISECOND
SENT_AT = (0, 0, 0, 5, 150)  # ms
ROAD = Link(LATENCY, distribution="constant", loss=threshold(1, 5), rto=RTO)
END = 240  # of the axis, ms
TOP, LANE = 400, 26
UPLINK, GROUND = TOP + 40, TOP + 250  # where the two lines are drawn


@message
class Batch:
    """A message of 12.5 kB: 10 ms on the sender's line, 5 ms on the receiver's."""

    content: bytes = octets(12_464, payload=True)


async def alice(party):
    for k, when in enumerate(SENT_AT):
        await party.sleep(when * MILLISECOND - party.now)
        party.sub(str(k)).send(2, Batch(bytes(12_464)))


async def bob(party):
    for k in range(len(SENT_AT)):
        await party.sub(str(k)).receive(1, Batch)


def chosen_run() -> Run:
    """The first seed under which the second message is lost once, and no other."""
    topology = Topology(ROAD, hosts={1: UP, 2: DOWN})
    for seed in count():
        run = World(Cast(("alice", "bob")), AesCtrTape, seed=seed, topology=topology).run(
            {1: alice, 2: bob}
        )
        if run.journal.resends == {1: 1}:
            return run
    raise AssertionError("there is always another seed")


@dataclass
class Journey:
    """The times of one message, in ms: posted, first and last on the line up, each attempt's
    departure, first and last on the line down, handed over."""

    posted: float
    begun: float
    departures: list[float]
    down: tuple[float, float]
    heard: float


def journeys(run: Run) -> list[Journey]:
    """Every message on its way, by the formulas; the ends are those of the journal."""
    up, down = Queue(UP.bandwidth_up or 1), Queue(DOWN.bandwidth_down or 1)
    ends = {a.copy: a.time for a in run.journal.arrivals() if a.fate is Fate.DELIVERED}
    found, arrivals = [], []
    for sent in run.journal.postings():
        size = sent.payload + sent.framing
        begun = max(sent.time, up.free)
        left = up.admit(sent.time, size) or 0
        losses = run.journal.resends.get(sent.first, 0)
        departures = [left + retransmission_delay(RTO, j) for j in range(losses + 1)]
        arrivals.append((departures[-1] + LATENCY, sent.first, size))
        found.append(Journey(sent.time, begun, departures, (0, 0), ends[sent.first]))
    for due, copy, size in sorted(arrivals):
        begun = max(due, down.free)
        found[copy].down = begun, down.admit(due, size) or 0
    check(found)
    for journey in found:
        scale(journey)
    return found


def check(found: list[Journey]) -> None:
    """In order: each is handed over when it and all before it have come."""
    latest = 0.0
    for journey in found:
        latest = max(latest, journey.down[1])
        if journey.heard != latest:
            raise ValueError(f"the run handed over at {journey.heard}, the formulas say {latest}")


def scale(journey: Journey) -> None:
    """Nanoseconds to milliseconds."""
    journey.posted /= MILLISECOND
    journey.begun /= MILLISECOND
    journey.heard /= MILLISECOND
    journey.departures = [time / MILLISECOND for time in journey.departures]
    journey.down = journey.down[0] / MILLISECOND, journey.down[1] / MILLISECOND


def at(milliseconds: float) -> float:
    """Where a time stands."""
    return 150 + (WIDTH - 150 - MARGIN) * milliseconds / END


def space_time() -> Iterator[str]:
    yield text(
        MARGIN,
        TOP,
        "five messages from alice to bob, of which one is lost once: a real run",
        "head",
    )
    yield from lanes()
    for k, journey in enumerate(journeys(chosen_run())):
        yield from one(journey, COLOURS[k], k)
    yield text(at(88), GROUND + LANE + 16, "3 and 4 wait for 2: handed over in order", "small")
    yield text(at(42), UPLINK - 8, "2, 3 and 4 queue", "small")
    yield from ticks(GROUND + 62)


def lanes() -> Iterator[str]:
    for y, words, rate in (
        (UPLINK, "alice's uplink", "10 Mbit/s"),
        (GROUND, "bob's downlink", "20 Mbit/s"),
    ):
        yield block(at(0), y, at(END) - at(0), LANE, "#eee")
        yield text(at(0) - 10, y + 11, words, "", "end")
        yield text(at(0) - 10, y + 25, rate, "small", "end")
    middle = (UPLINK + LANE + GROUND) / 2
    yield text(at(0) - 10, middle - 6, "the link", "", "end")
    yield text(at(0) - 10, middle + 8, "40 ms, loss 1/5", "small", "end")
    yield text(at(0) - 10, middle + 22, "rto 100 ms", "small", "end")
    yield text(at(0) - 10, GROUND + LANE + 20, "handed over", "", "end")


def one(journey: Journey, colour: str, k: int) -> Iterator[str]:
    """One message, from left to right and downwards."""
    below, left = UPLINK + LANE, journey.departures[0]
    queue = UPLINK - 4 - 4 * k
    yield line(at(journey.posted), queue, at(journey.begun), queue, colour, THICK)
    yield from on_line(UPLINK, journey.begun, left, colour, k)
    for lost in journey.departures[:-1]:
        yield from attempt_lost(lost, journey.departures[-1], colour)
    sent = journey.departures[-1]
    yield line(at(sent), below, at(sent + 40), GROUND, colour, THICK)
    yield from on_line(GROUND, *journey.down, colour, k)
    yield from waiting(journey, colour, GROUND + LANE + 10 + 6 * k)


def on_line(y: float, begun: float, passed: float, colour: str, k: int) -> Iterator[str]:
    yield block(at(begun), y, at(passed) - at(begun) - 1, LANE, colour)
    yield text((at(begun) + at(passed)) / 2, y + 17, str(k + 1), "on", "middle")


def attempt_lost(lost: float, again: float, colour: str) -> Iterator[str]:
    """An attempt that does not arrive, and the timer that runs until the next."""
    below = UPLINK + LANE
    x, y = at(lost + 18), below + (GROUND - below) * 18 / 40
    yield line(at(lost), below, x, y, colour, 'stroke-dasharray="4 3" stroke-width="1.5"')
    yield text(x, y + 5, "×", "cross", "middle")
    yield text(x, y + 18, "lost", "small", "middle")
    yield line(at(lost), below + 8, at(again), below + 8, "#999")
    yield text(at(again) - 6, below + 22, "rto = 100 ms, then 200, 400, …", "small", "end")


def waiting(journey: Journey, colour: str, y: float) -> Iterator[str]:
    """From the end of the line to the hand-over, which is in order."""
    passed, heard = at(journey.down[1]), at(journey.heard)
    yield line(passed, GROUND + LANE, passed, y, colour)
    yield line(passed, y, heard, y, colour, THICK)
    yield f'<circle cx="{heard:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'


def ticks(y: float) -> Iterator[str]:
    yield text(at(0) - 10, y + 27, "ms", "small", "end")
    yield line(at(0), y + 8, at(END), y + 8)
    for mark in range(0, END + 1, 20):
        yield line(at(mark), y + 8, at(mark), y + 13)
        yield text(at(mark), y + 27, str(mark), "small", "middle")


# -- the whole -------------------------------------------------------------------------------------

STYLE = """
text { font: 13px system-ui, "Helvetica Neue", Arial, sans-serif; fill: #222 }
.title { font-size: 18px; font-weight: 600 } .head { font-weight: 600 }
.name { font-weight: 600; fill: #0072b2 } .small { font-size: 11px; fill: #555 }
.small { paint-order: stroke; stroke: #fff; stroke-width: 3px }
.on { fill: #fff; font-weight: 600; font-size: 12px } .cross { font-size: 18px; font-weight: 700 }
"""


def picture() -> str:
    """The whole document; the same for the same code."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="The network model: densities of delays, and five messages of one run">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#fff"/>',
        text(MARGIN, 32, "The network model", "title"),
        *laws(),
        *space_time(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENT
    target.write_text(picture(), encoding="utf-8")
    print(target)
