"""The part of the scenario file that surrounds the protocol: the network, faults and the adversary.

One class per table, one field per key; see `schema.py`, which puts them together.
"""

from typing import Annotated, Any, Literal

import attrs

from turncoat.scenarios.kinds import later, told
from turncoat.scenarios.values import (
    BitsPerSecond,
    Nanoseconds,
    Parameters,
    Positive,
    PositiveNanoseconds,
    Probability,
    ProtocolPoint,
    Somebody,
    Struck,
)

Distribution = Annotated[
    Literal["uniform", "constant"],
    later("normal", "lognormal", "exponential", "pareto", "empirical"),
]
PresetName = Annotated[Literal["ideal", "lan", "wan"], later("mobile")]


@attrs.frozen(kw_only=True)
class Link:
    """[[network.link]]: what is different between some pairs; later entries win."""

    from_: Somebody = attrs.field(metadata=told("The senders: names or globs."))
    to: Somebody = attrs.field(metadata=told("The receivers: names or globs."))
    both: bool = attrs.field(default=False, metadata=told("The other direction as well."))
    latency: Nanoseconds | None = attrs.field(
        default=None,
        metadata=told("Propagation delay; resets the jitter unless that is given too."),
    )
    jitter: Nanoseconds | None = attrs.field(
        default=None, metadata=told("Half-width of the uniform distribution around the latency.")
    )
    distribution: Distribution | None = attrs.field(
        default=None, metadata=told("How delays are distributed.")
    )
    loss: Probability | None = attrs.field(
        default=None, metadata=told("Probability that an attempt to send is lost.")
    )
    rto: PositiveNanoseconds | None = attrs.field(
        default=None, metadata=told("First retransmission timeout.")
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


@attrs.frozen(kw_only=True)
class Network:
    """[network]: what lies between the parties. A key that is given overrides the preset's."""

    preset: PresetName = attrs.field(
        default="ideal",
        metadata=told("Where the numbers start from: no delay at all, a LAN, a WAN."),
    )
    latency: Nanoseconds | None = attrs.field(
        default=None,
        metadata=told(
            'Propagation delay of every link, such as "40 ms". Giving it sets the preset\'s jitter '
            "to 0, unless jitter is given too."
        ),
    )
    jitter: Nanoseconds | None = attrs.field(
        default=None, metadata=told("Half-width of the uniform distribution around the latency.")
    )
    distribution: Distribution | None = attrs.field(
        default=None, metadata=told('How delays are distributed; default "uniform".')
    )
    loss: Probability | None = attrs.field(
        default=None,
        metadata=told("Probability that an attempt to send is lost, and hence sent again later."),
    )
    rto: PositiveNanoseconds | None = attrs.field(
        default=None,
        metadata=told("First retransmission timeout; default: 200 ms, or the latency both ways."),
    )
    bandwidth_up: BitsPerSecond | None = attrs.field(
        default=None, metadata=told('Rate of every uplink, such as "100 Mbit/s", or "unlimited".')
    )
    bandwidth_down: BitsPerSecond | None = attrs.field(
        default=None, metadata=told('Rate of every downlink, or "unlimited".')
    )
    transport: Annotated[Literal["reliable"], later("datagram")] = attrs.field(
        default="reliable", metadata=told("Reliable and in order: loss costs time, not messages.")
    )
    link: tuple[Link, ...] = attrs.field(default=(), metadata=told("Exceptions by pair."))
    host: tuple[Host, ...] = attrs.field(default=(), metadata=told("Exceptions by party."))


@attrs.frozen(kw_only=True)
class FaultWhen:
    """when = { … } of a fault: exactly one of three triggers."""

    at: Nanoseconds | None = attrs.field(default=None, metadata=told("A virtual time."))
    after_sends: Positive | None = attrs.field(
        default=None, metadata=told("After so many messages have left the party.")
    )
    after: ProtocolPoint | None = attrs.field(
        default=None,
        metadata=told('After its first message of a kind, in kebab case: "masked-input".'),
    )


@attrs.frozen(kw_only=True)
class Fault:
    """[[fault]]: what goes wrong by itself."""

    name: str | None = attrs.field(
        default=None, metadata=told("A name for reports; default: its kind and its number.")
    )
    kind: Annotated[
        Literal["crash"],
        later("restart", "pause", "omission", "partition", "heal", "degrade", "churn"),
    ] = attrs.field(metadata=told('What happens: "crash" is a power cut.'))
    who: Struck = attrs.field(metadata=told("The parties it strikes: names or globs."))
    when: FaultWhen = attrs.field(metadata=told("The trigger: one of at, after_sends, after."))


@attrs.frozen(kw_only=True)
class AdversaryWhen:
    """when = { … } of a behaviour: all that is given must match."""

    phase: str | None = attrs.field(
        default=None, metadata=told('The phase, such as "prep" or "online".')
    )
    sid: str | None = attrs.field(
        default=None, metadata=told('Pattern of session ids, such as "bgw/mul.*".')
    )
    kind: str | None = attrs.field(
        default=None, metadata=told('Class name of the message, such as "SubShare".')
    )
    to: Somebody | None = attrs.field(
        default=None, metadata=told("Only messages to these parties; the own copy stays honest.")
    )
    nth: Positive | None = attrs.field(
        default=None, metadata=told("Only the n-th match of that sender, counted from 1.")
    )
    at: Nanoseconds | None = attrs.field(
        default=None, metadata=told("Not before this virtual time.")
    )


@attrs.frozen(kw_only=True)
class Adversary:
    """[[adversary]]: seats of the one adversary, and what it does from them."""

    corrupts: Somebody = attrs.field(metadata=told("The corrupted parties: names or globs."))
    model: Literal["active", "passive"] = attrs.field(
        default="active",
        metadata=told("Active parties may lie; passive ones only pool their views."),
    )
    timing: Annotated[Literal["static"], later("adaptive", "mobile")] = attrs.field(
        default="static", metadata=told("Static: corrupted from the start.")
    )
    rushing: Annotated[Literal["free"], later("network")] = attrs.field(
        default="free",
        metadata=told("Free: sees the honest messages to its seats before it speaks, at no delay."),
    )
    does: str | None = attrs.field(
        default=None, metadata=told('The behaviour, such as "add-error"; without one: honest.')
    )
    when: AdversaryWhen = attrs.field(
        factory=AdversaryWhen, metadata=told("Which messages it acts on; default: all.")
    )
    with_: Parameters = attrs.field(
        factory=dict[str, Any], metadata=told("Parameters of the behaviour.")
    )
    required: bool | None = attrs.field(
        default=None,
        metadata=told(
            "Is the run inconclusive if this did not act? Default: yes for the first behaviour."
        ),
    )
