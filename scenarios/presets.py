"""The numbers behind `preset = "wan"`: what a link and an access line of each preset are like.

Holds the figures and where they come from. Which of them hold on which link of a scenario is in
`figures.py`.
"""

from collections.abc import Mapping
from fractions import Fraction

import attrs

from turncoat.scenarios.schema_network import Distribution, GilbertElliott, Transport

MICROSECOND, MILLISECOND = 10**3, 10**6  # nanoseconds
MEGABIT, GIGABIT = 10**6, 10**9  # bits per second


@attrs.frozen(kw_only=True)
class LinkFigures:
    """One direction of one link. latency, jitter [ns]; rate [bit/s], None: unlimited; limit:
    messages in its queue, None: any number; rto [ns], None: 200 ms or the latency there and back,
    whichever is more. samples: measured delays [ns], whose mean then is the latency. All else is
    exact: probabilities, and a correlation below 1."""

    latency: int = 0
    jitter: int = 0
    distribution: Distribution = "uniform"
    samples: tuple[int, ...] | None = attrs.field(default=None, repr=False)
    correlation: Fraction = Fraction(0)
    loss: Fraction = Fraction(0)
    gemodel: GilbertElliott | None = None
    duplicate: Fraction = Fraction(0)
    corrupt: Fraction = Fraction(0)
    reorder: Fraction = Fraction(0)
    rate: int | None = None
    limit: int | None = None
    rto: int | None = None
    transport: Transport = "reliable"

    @property
    def varies(self) -> bool:
        """May two equal messages fare differently?"""
        chances = (self.loss, self.gemodel, self.duplicate, self.corrupt, self.reorder)
        return bool(self.jitter or self.samples or any(chances))


@attrs.frozen(kw_only=True)
class HostFigures:
    """One party's line: bits per second each way, messages in the queue of either; None:
    unlimited."""

    bandwidth_up: int | None = None
    bandwidth_down: int | None = None
    limit: int | None = None


@attrs.frozen(kw_only=True)
class Preset:
    """A network to start from. source: where its numbers come from, in a sentence."""

    link: LinkFigures
    host: HostFigures
    source: str


PRESETS: Mapping[str, Preset] = {
    "ideal": Preset(
        link=LinkFigures(),
        host=HostFigures(),
        source="No network at all: messages arrive at once, whatever their size.",
    ),
    "lan": Preset(
        link=LinkFigures(latency=250 * MICROSECOND, jitter=50 * MICROSECOND),
        host=HostFigures(bandwidth_up=GIGABIT, bandwidth_down=GIGABIT),
        source=(
            "Chosen for illustration, not measured: gigabit Ethernet, and the order of magnitude "
            "of a round trip of half a millisecond through a few switches."
        ),
    ),
    "wan": Preset(
        link=LinkFigures(latency=40 * MILLISECOND, jitter=5 * MILLISECOND),
        host=HostFigures(bandwidth_up=100 * MEGABIT, bandwidth_down=100 * MEGABIT),
        source=(
            "Chosen for illustration, not measured: the order of magnitude of a round trip of "
            "80 ms across a continent or an ocean, over a 100 Mbit/s access line."
        ),
    ),
    "mobile": Preset(
        link=LinkFigures(
            latency=50 * MILLISECOND,
            jitter=20 * MILLISECOND,
            distribution="lognormal",
            loss=Fraction(1, 200),
        ),
        host=HostFigures(bandwidth_up=10 * MEGABIT, bandwidth_down=50 * MEGABIT),
        source=(
            "Chosen for illustration, not measured: the order of magnitude of phones on a 4G "
            "network, with the long tail of delays and the slow uplink that they are known for."
        ),
    ),
    "satellite": Preset(
        link=LinkFigures(
            latency=280 * MILLISECOND,
            jitter=10 * MILLISECOND,
            distribution="normal",
            loss=Fraction(1, 1000),
        ),
        host=HostFigures(bandwidth_up=5 * MEGABIT, bandwidth_down=50 * MEGABIT),
        source=(
            "Chosen for illustration, not measured, above a floor that is physics: up to a "
            "geostationary satellite and down again is 2 × 35,786 km, 239 ms at the speed of light."
        ),
    ),
}
