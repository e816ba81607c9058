"""The part of the scenario file that says what lies between the parties: [network] and below.

One class per table, one field per key; see `schema.py`, which puts them together. The keys of a
link stand in three tables and are written down once.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal

import attrs

from turncoat.scenarios.kinds import told
from turncoat.scenarios.values import (
    BitsPerSecond,
    Nanoseconds,
    PositiveNanoseconds,
    Probability,
    Somebody,
)
from turncoat.scenarios.values_world import Correlation, Delays, QueueLimit, Regions

Distribution = Literal[
    "constant", "uniform", "normal", "lognormal", "exponential", "pareto", "empirical"
]
PresetName = Literal["ideal", "lan", "wan", "mobile", "satellite"]
Transport = Literal["reliable", "datagram"]

_Attributes = list["attrs.Attribute[Any]"]


def _with_link_keys_behind(key: str) -> Callable[[type, _Attributes], _Attributes]:
    """A table lists the keys of links behind its own key of that name."""

    def ordered(_: type, fields: _Attributes) -> _Attributes:
        inherited = attrs.fields_dict(LinkKeys)
        own = [field for field in fields if field.name not in inherited]
        shared = [field for field in fields if field.name in inherited]
        place = 1 + [field.name for field in own].index(key)
        return [*own[:place], *shared, *own[place:]]

    return ordered


@attrs.frozen(kw_only=True)
class GilbertElliott:
    """gemodel = { … }: loss in bursts, by a chain that advances with each attempt to send."""

    p: Probability = attrs.field(metadata=told("Probability to go from the good state to the bad."))
    r: Probability = attrs.field(metadata=told("Probability to come back from the bad state."))
    one_minus_h: Probability = attrs.field(
        default=Fraction(1), metadata=told("Probability to lose an attempt in the bad state.")
    )
    one_minus_k: Probability = attrs.field(
        default=Fraction(0), metadata=told("Probability to lose an attempt in the good state.")
    )


@attrs.frozen(kw_only=True)
class LinkKeys:
    """What [network] says of every link, [[network.link]] of some, and a degradation for a time."""

    latency: Nanoseconds | None = attrs.field(
        default=None,
        metadata=told(
            'Propagation delay, such as "40 ms": the mean, before cutting at 0. Giving it sets '
            "the jitter to 0, unless jitter is given too."
        ),
    )
    jitter: Nanoseconds | None = attrs.field(
        default=None,
        metadata=told(
            "How much the latency varies: half-width of the uniform distribution, standard "
            "deviation of the others."
        ),
    )
    distribution: Distribution | None = attrs.field(
        default=None, metadata=told('How delays are distributed; default "uniform".')
    )
    correlation: Correlation | None = attrs.field(
        default=None,
        metadata=told(
            "Correlation of a delay with the one before it on the same link, from 0 to below 1; "
            "it leaves their distribution as it is."
        ),
    )
    loss: Probability | None = attrs.field(
        default=None,
        metadata=told(
            "Probability that an attempt to send is lost: sent again later if the transport is "
            "reliable, gone if it is not."
        ),
    )
    gemodel: GilbertElliott | None = attrs.field(
        default=None,
        metadata=told(
            "Loss in bursts (Gilbert, Elliott) in the place of loss: { p, r, one_minus_h, "
            "one_minus_k }."
        ),
    )
    duplicate: Probability | None = attrs.field(
        default=None, metadata=told("Probability that the network doubles a message.")
    )
    corrupt: Probability | None = attrs.field(
        default=None,
        metadata=told("Probability that a message comes damaged, and hence counts as lost."),
    )
    reorder: Probability | None = attrs.field(
        default=None, metadata=told("Probability that a message takes a detour of one more delay.")
    )
    rate: BitsPerSecond | None = attrs.field(
        default=None, metadata=told('Rate of the link itself, one for each pair, or "unlimited".')
    )
    limit: QueueLimit | None = attrs.field(
        default=None,
        metadata=told(
            "How many messages the queue before a link with a rate holds; what comes to a full "
            'queue is dropped. Default: "unlimited".'
        ),
    )
    rto: PositiveNanoseconds | None = attrs.field(
        default=None,
        metadata=told("First retransmission timeout; default: 200 ms, or the latency both ways."),
    )
    empirical: Delays | None = attrs.field(
        default=None,
        metadata=told(
            "Measured delays in the place of latency and jitter: a file with one duration per "
            "line, relative to the scenario file (a bare number is milliseconds), or a list."
        ),
    )


@attrs.frozen(kw_only=True, field_transformer=_with_link_keys_behind("end"))
class Link(LinkKeys):
    """[[network.link]]: what is different between some pairs; later entries win."""

    from_: Somebody = attrs.field(metadata=told("The senders: names or globs."))
    to: Somebody = attrs.field(metadata=told("The receivers: names or globs."))
    both: bool = attrs.field(default=False, metadata=told("The other direction as well."))
    start: Nanoseconds | None = attrs.field(
        default=None,
        metadata=told(
            "Only from this virtual time on. While it lasts, it wins over entries without a time, "
            "and a degradation wins over it."
        ),
    )
    end: PositiveNanoseconds | None = attrs.field(
        default=None, metadata=told("Only until this virtual time.")
    )
    transport: Transport | None = attrs.field(
        default=None, metadata=told("Reliable and in order, or datagrams; for the whole run.")
    )


@attrs.frozen(kw_only=True)
class Host:
    """[[network.host]]: what is different about some parties' lines. Later entries win."""

    who: Somebody = attrs.field(metadata=told("The parties: names or globs."))
    bandwidth_up: BitsPerSecond | None = attrs.field(
        default=None, metadata=told('Rate of the uplink, or "unlimited".')
    )
    bandwidth_down: BitsPerSecond | None = attrs.field(
        default=None, metadata=told('Rate of the downlink, or "unlimited".')
    )
    limit: QueueLimit | None = attrs.field(
        default=None,
        metadata=told(
            "How many messages may queue on the uplink, and how many on the downlink; what comes "
            'to a full queue is dropped. Default: "unlimited".'
        ),
    )


@attrs.frozen(kw_only=True, field_transformer=_with_link_keys_behind("preset"))
class Network(LinkKeys):
    """[network]: what lies between the parties. A key that is given overrides the preset's."""

    preset: PresetName = attrs.field(
        default="ideal",
        metadata=told(
            "Where the numbers start from: no delay at all, a LAN, a WAN, mobile phones, a "
            "satellite; `turncoat list networks` shows them."
        ),
    )
    bandwidth_up: BitsPerSecond | None = attrs.field(
        default=None, metadata=told('Rate of every uplink, such as "100 Mbit/s", or "unlimited".')
    )
    bandwidth_down: BitsPerSecond | None = attrs.field(
        default=None, metadata=told('Rate of every downlink, or "unlimited".')
    )
    regions: Regions = attrs.field(
        factory=dict[str, str],
        metadata=told(
            'Region by party (globs allowed, a plain name wins), such as { alice = "frankfurt" }: '
            "published latencies between them, in the place of latency."
        ),
    )
    transport: Transport = attrs.field(
        default="reliable",
        metadata=told(
            "Reliable and in order, so that loss costs time; or datagrams, which are lost for good."
        ),
    )
    link: tuple[Link, ...] = attrs.field(default=(), metadata=told("Exceptions by pair."))
    host: tuple[Host, ...] = attrs.field(default=(), metadata=told("Exceptions by party."))
