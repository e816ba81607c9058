"""A directed channel P_i → P_j in netem's vocabulary: how long a message is under way, and what may
become of it.

`Link` is the law: pure arithmetic on integer nanoseconds and 64-bit draws. `Channel` is what one
link of one run remembers from message to message. Neither owns a clock or a task. A *reliable*
channel is TCP-like: in order, and what is lost or corrupted is sent again after a timeout that
doubles. A *datagram* channel loses for good.
"""

from collections import deque
from typing import TYPE_CHECKING, Literal

import attrs

from turncoat.actors import distributions
from turncoat.actors.distributions import Table
from turncoat.actors.randomness import UNIT

if TYPE_CHECKING:
    from turncoat.actors.flight import Copy

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MIN_RTO = 200 * MILLISECOND
RHO_ONE = distributions.ONE  # correlation 1 in the fixed point of `Link.correlation`

Distribution = Literal[
    "constant", "uniform", "normal", "lognormal", "exponential", "pareto", "empirical"
]


@attrs.frozen
class GilbertElliott:
    """Burst loss: a chain with a good and a bad state that advances once per attempt.

    p: good → bad, r: bad → good; one_minus_h, one_minus_k: the chance to lose an attempt in the
    bad and in the good state. All are thresholds on the scale of draws. In the long run
    p/(p + r)·(1 − h) + r/(p + r)·(1 − k) of the attempts are lost. [Gilbert 1960, Elliott 1963]
    """

    p: int
    r: int
    one_minus_h: int = UNIT
    one_minus_k: int = 0


@attrs.frozen
class Link:
    """The law of one directed link. Probabilities are thresholds on the scale of draws.

    latency [ns]: the mean, before cutting at 0. jitter [ns]: half-width for `uniform`, standard
    deviation for the others. correlation: lag-1 correlation, in send order, of the normal process
    behind the delays, in units of 2^-32; it leaves their distribution as it is. table: of an
    empirical distribution, in place of latency and jitter. duplicate, corrupt, reorder: per
    message; a reordered one takes a detour of one more delay. rate [bit/s]: of the link itself,
    with a queue that holds `limit` messages. rto [ns]: first retransmission timeout, None for
    max(200 ms, latency there and back).
    """

    latency: int = 0
    jitter: int = 0
    distribution: Distribution = "uniform"
    correlation: int = 0
    table: Table | None = None
    loss: int = 0
    gemodel: GilbertElliott | None = None
    duplicate: int = 0
    corrupt: int = 0
    reorder: int = 0
    rate: int | None = None
    limit: int | None = None
    rto: int | None = None
    reliable: bool = True

    @property
    def spread(self) -> int:
        """The jitter in force [ns]: none on a constant link."""
        return 0 if self.distribution == "constant" else self.jitter

    @property
    def varies(self) -> bool:
        """Can two messages on this link take different times?"""
        return self.spread > 0 or self.loss > 0 or self.eventful

    @property
    def eventful(self) -> bool:
        """Does it do more than delay and lose, each message by itself?"""
        return bool(
            self.correlation or self.table or self.gemodel or self.duplicate or self.corrupt
            or self.reorder or self.rate or self.limit or not self.reliable
        )  # fmt: skip

    def delay(self, draw: int) -> int:
        """Propagation time [ns] from one draw, cut at 0."""
        spread = self.spread
        if self.distribution == "uniform" and spread:
            return max(0, self.latency - spread + (draw * (2 * spread + 1) >> 64))
        if self.table is not None:
            return max(0, self.table.at(draw))
        if not spread:
            return self.latency
        if self.distribution == "lognormal":
            return max(0, distributions.lognormal(self.latency, spread).at(draw))
        standard = _STANDARD[self.distribution]().at(draw)
        return max(0, self.latency + (standard * spread >> 32))

    def lost(self, draw: int) -> bool:
        """Is the attempt with this draw lost at random?"""
        return draw < self.loss

    def timeout(self, back: "Link") -> int:
        """The first retransmission timeout [ns], given the link in the other direction."""
        if self.rto is not None:
            return self.rto
        return max(MIN_RTO, self.latency + back.latency)


_STANDARD = {
    "normal": distributions.normal,
    "exponential": distributions.exponential,
    "pareto": distributions.pareto,
}


@attrs.define(eq=False)
class Queue:
    """A line that sends one message after the other, first in, first out. rate [bit/s].

    limit: how many may be waiting or under way on it; None: any number. free: when it is idle
    again [ns].
    """

    rate: int
    limit: int | None = None
    free: int = 0
    leaving: deque[int] = attrs.Factory(deque[int])

    def admit(self, now: int, size: int) -> int | None:
        """When a message of `size` bytes has passed, or None: the queue is full (tail drop)."""
        if self.limit is not None:
            while self.leaving and self.leaving[0] <= now:
                self.leaving.popleft()
            if len(self.leaving) >= self.limit:
                return None
        self.free = max(now, self.free) + serialisation(size, self.rate)
        if self.limit is not None:
            self.leaving.append(self.free)
        return self.free


@attrs.define(eq=False)
class Channel:
    """What one directed link of one run remembers.

    left, latest: when the last of its messages leaves, and arrives [ns]. latent: the normal process
    behind correlated delays. bad: the state of burst loss. queue: of a link with a rate. posted,
    expected, early: of a link that keeps order by holding back, how many messages were posted,
    which is to be handed over next, and which have come before their time.
    """

    left: int = 0
    latest: int = 0
    latent: int | None = None
    bad: bool = False
    queue: Queue | None = None
    posted: int = 0
    expected: int = 0
    early: "dict[int, Copy]" = attrs.Factory(dict[int, "Copy"])

    def delay(self, link: Link, draw: int) -> int:
        """The link's delay [ns], correlated with the one before if the link says so."""
        if not link.correlation:
            return link.delay(draw)
        table = distributions.normal()
        fresh = table.at(draw)
        if self.latent is not None:
            fresh = distributions.correlated(self.latent, fresh, link.correlation)
        self.latent = fresh
        return link.delay(table.rank(fresh))

    def loses(self, link: Link, draw: int, turn: int) -> bool:
        """Is this attempt lost? One draw decides that, another where burst loss goes from here."""
        model = link.gemodel
        if model is None:
            return link.lost(draw)
        lost = draw < (model.one_minus_h if self.bad else model.one_minus_k)
        if turn < (model.r if self.bad else model.p):
            self.bad = not self.bad
        return lost


def retransmission_delay(rto: int, losses: int) -> int:
    """The j-th loss of a message adds rto·2^(j−1), hence all of them rto·(2^losses − 1) [ns]."""
    return rto * ((1 << losses) - 1)


def serialisation(size: int, rate: int) -> int:
    """Time [ns] to put `size` bytes on a line of `rate` bits per second, rounded up."""
    return -(-size * 8 * SECOND // rate)


def probability(threshold: int) -> float:
    """The probability that a threshold stands for."""
    return threshold / UNIT
