"""A directed channel P_i → P_j: how long a message is under way, and how often it is lost.

Pure arithmetic on integer nanoseconds and 64-bit draws: owns no clock, no task and no state. The
vocabulary is netem's. A reliable channel turns loss into retransmission delay.
"""

from functools import cached_property
from typing import Literal

import attrs

from turncoat.actors.randomness import UNIT

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MIN_RTO = 200 * MILLISECOND

Distribution = Literal["constant", "uniform"]


@attrs.frozen
class Link:
    """latency: centre [ns]; jitter: half-width of the uniform distribution [ns]; loss: a
    threshold on the scale of draws; rto: first retransmission timeout [ns], None for
    max(200 ms, latency there and back)."""

    latency: int = 0
    jitter: int = 0
    distribution: Distribution = "uniform"
    loss: int = 0
    rto: int | None = None

    @cached_property
    def spread(self) -> int:
        """The jitter in force [ns]: none on a constant link."""
        return 0 if self.distribution == "constant" else self.jitter

    @cached_property
    def varies(self) -> bool:
        """Can two messages on this link take different times?"""
        return self.spread > 0 or self.loss > 0

    def delay(self, draw: int) -> int:
        """Propagation time [ns]: uniform on latency ± jitter, cut at 0, from one draw."""
        spread = self.spread
        if not spread:
            return self.latency
        return max(0, self.latency - spread + (draw * (2 * spread + 1) >> 64))

    def lost(self, draw: int) -> bool:
        """Is the attempt with this draw lost?"""
        return draw < self.loss

    def timeout(self, back: "Link") -> int:
        """The first retransmission timeout [ns], given the link in the other direction."""
        if self.rto is not None:
            return self.rto
        return max(MIN_RTO, self.latency + back.latency)


def retransmission_delay(rto: int, losses: int) -> int:
    """The j-th loss of a message adds rto·2^(j−1), hence all of them rto·(2^losses − 1) [ns]."""
    return rto * ((1 << losses) - 1)


def serialisation(size: int, rate: int) -> int:
    """Time [ns] to put `size` bytes on a line of `rate` bits per second, rounded up."""
    return -(-size * 8 * SECOND // rate)


def probability(loss: int) -> float:
    """The probability that a loss threshold stands for."""
    return loss / UNIT
