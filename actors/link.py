"""The law of a directed channel P_i → P_j in netem's vocabulary: how long a message is under way,
and what may become of it.

Pure arithmetic on integer nanoseconds and 64-bit draws; owns no clock and no task, and remembers
nothing from message to message (`channel.py` does). A *reliable* channel is TCP-like: in order, and
what is lost or corrupted is sent again after a timeout that doubles. A *datagram* channel loses for
good.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any, Literal

import attrs

from turncoat.actors import distributions
from turncoat.actors.distributions import Table
from turncoat.actors.randomness import UNIT

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
    empirical distribution, in place of latency and jitter. loss, gemodel, corrupt: of each attempt
    to get a message across. reorder, duplicate: of each message; a reordered one takes a detour of
    one more delay. rate [bit/s]: of the link itself, with a queue that holds `limit` messages.
    rto [ns]: first retransmission timeout, None for max(200 ms, latency there and back).

    Raises ValueError for an empirical distribution without a table, a table without one, a
    lognormal one of mean 0, and a rate or a limit below 1.
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

    def __attrs_post_init__(self) -> None:
        if (self.distribution == "empirical") != (self.table is not None):
            raise ValueError('a link needs a table if, and only if, it is "empirical"')
        if self.distribution == "lognormal" and self.jitter and self.latency <= 0:
            raise ValueError("a lognormal delay needs a latency above 0: it is never negative")
        check_lines("a link", self.limit, self.rate)

    def changed(self, change: Mapping[str, Any]) -> "Link":
        """This link with other values for some fields. A table makes it empirical, and another
        distribution does without the table."""
        implied = dict[str, Any]()
        if change.get("distribution", "empirical") != "empirical":
            implied["table"] = None
        elif change.get("table") is not None:
            implied["distribution"] = "empirical"
        return attrs.evolve(self, **{**implied, **change})

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
        """Does it do more than delay and lose, each attempt by itself?"""
        return bool(
            self.correlation or self.table or self.gemodel or self.duplicate or self.corrupt
            or self.reorder or self.rate or not self.reliable
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

    @property
    def centre(self) -> int:
        """The mean delay [ns], before cutting at 0."""
        return self.latency if self.table is None else self.table.centre

    def timeout(self, back: "Link") -> int:
        """The first retransmission timeout [ns], given the link in the other direction; at least
        1, for doubling leads nowhere from 0."""
        if self.rto is not None:
            return max(1, self.rto)
        return max(MIN_RTO, self.centre + back.centre)


def check_lines(what: str, limit: int | None, *rates: int | None) -> None:
    """Raises ValueError for a rate below 1 bit/s or a queue that holds nothing."""
    if any(rate is not None and rate < 1 for rate in rates):
        raise ValueError(f"{what} cannot carry {min(r for r in rates if r is not None)} bit/s")
    if limit is not None and limit < 1:
        raise ValueError(f"{what} cannot have a queue of {limit}: not even one message would pass")


def check_change(change: Mapping[str, Any]) -> None:
    """Raises ValueError unless all keys are fields of a `Link`."""
    known = {field.name for field in attrs.fields(Link)}
    for key in change:
        if key not in known:
            raise ValueError(f"a link has no {key} that could change; it has {sorted(known)}")


_STANDARD = {
    "normal": distributions.normal,
    "exponential": distributions.exponential,
    "pareto": distributions.pareto,
}


@attrs.define(eq=False)
class Queue:
    """A line that sends one message after the other, first in, first out. rate [bit/s].

    limit: how many may be waiting or under way on it; None: any number. free: when it is idle
    again [ns]. leaving: when each of those on it will have passed [ns].
    """

    rate: int
    limit: int | None = None
    free: int = 0
    leaving: deque[int] = attrs.Factory(deque[int])

    def admit(self, now: int, size: int) -> int | None:
        """When a message of `size` bytes has passed, or None: the queue is full (tail drop)."""
        leaving = self.leaving
        while leaving and leaving[0] <= now:
            leaving.popleft()
        if self.limit is not None and len(leaving) >= self.limit:
            return None
        self.free = max(now, self.free) + serialisation(size, self.rate)
        leaving.append(self.free)
        return self.free

    def clear(self, now: int) -> None:
        """Forget what is on the line: its power was cut."""
        self.free = now
        self.leaving.clear()


def retransmission_delay(rto: int, losses: int) -> int:
    """The j-th loss of a message adds rto·2^(j−1), hence all of them rto·(2^losses − 1) [ns]."""
    return rto * ((1 << losses) - 1)


def serialisation(size: int, rate: int) -> int:
    """Time [ns] to put `size` bytes on a line of `rate` bits per second, rounded up."""
    return -(-size * 8 * SECOND // rate)


def probability(threshold: int) -> float:
    """The probability that a threshold stands for."""
    return threshold / UNIT
