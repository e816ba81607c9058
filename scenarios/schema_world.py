"""The part of the scenario file that goes against the protocol: faults and the adversary.

One class per table, one field per key; see `schema.py`, which puts them together.
"""

from typing import Any, Literal

import attrs

from turncoat.scenarios.kinds import told
from turncoat.scenarios.schema_network import LinkKeys
from turncoat.scenarios.values import (
    Nanoseconds,
    Parameters,
    Positive,
    PositiveNanoseconds,
    Probability,
    ProtocolPoint,
    Somebody,
)
from turncoat.scenarios.values_world import Divided, Struck

FaultKind = Literal[
    "crash", "restart", "pause", "omission", "partition", "heal", "degrade", "churn"
]
Shape = Literal["groups", "halves", "isolate", "one-way", "bridge"]


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
    kind: FaultKind = attrs.field(
        metadata=told("What happens; `turncoat list faults` shows the kinds.")
    )
    who: Struck | None = attrs.field(
        default=None,
        metadata=told(
            "The parties it strikes: names or globs, { count = 2 } or { fraction = 0.1 } of all "
            "parties, drawn from the seed. What strikes the network (partition, heal, degrade) "
            "waits for the sends of a single party if its trigger is one of after, after_sends: "
            "who is that party."
        ),
    )
    when: FaultWhen = attrs.field(metadata=told("The trigger: one of at, after_sends, after."))
    for_: PositiveNanoseconds | None = attrs.field(
        default=None,
        metadata=told(
            "How long a restart or a pause takes, and after which time an omission, a partition "
            "or a degradation ends; default of these three: never."
        ),
    )
    memory: Literal["durable", "amnesia"] | None = attrs.field(
        default=None,
        metadata=told(
            "What a restart or churn leaves: the party as it was (durable, the default), or a new "
            "incarnation that knows nothing."
        ),
    )
    direction: Literal["send", "receive", "both"] | None = attrs.field(
        default=None, metadata=told('Which messages an omission loses; default: "both".')
    )
    probability: Probability | None = attrs.field(
        default=None, metadata=told("Probability that an omission loses a message; default: 1.")
    )
    shape: Shape | None = attrs.field(
        default=None,
        metadata=told(
            "How a partition divides: by groups (the default), into two halves drawn from the "
            "seed (halves), each of who from everybody (isolate), groups[0] → groups[1] only "
            "(one-way), two halves that both talk to who (bridge)."
        ),
    )
    groups: Divided | None = attrs.field(
        default=None,
        metadata=told(
            'The groups of a partition, such as [["alice", "bob"], ["carol"]]; who is in none '
            "talks to all."
        ),
    )
    link: LinkKeys | None = attrs.field(
        default=None,
        metadata=told(
            "What a degradation makes of the links between who and all others: { keys of "
            "[network] }."
        ),
    )
    mean_up: PositiveNanoseconds | None = attrs.field(
        default=None, metadata=told("Mean time between coming and going in churn.")
    )
    mean_down: PositiveNanoseconds | None = attrs.field(
        default=None, metadata=told("Mean time between going and coming back in churn.")
    )


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
class AdversaryAfter:
    """after = { … }: the message of an honest party that sets off a corruption. All that is given
    must match."""

    from_: Somebody | None = attrs.field(default=None, metadata=told("Who says it."))
    sid: str | None = attrs.field(
        default=None, metadata=told('Pattern of session ids, such as "bgw/output".')
    )
    kind: str | None = attrs.field(
        default=None, metadata=told('Class name of the message, such as "PartialOpening".')
    )
    nth: Positive = attrs.field(
        default=1, metadata=told("The n-th time that such a thing is said, counted from 1.")
    )


@attrs.frozen(kw_only=True)
class Adversary:
    """[[adversary]]: seats of the one adversary, and what it does from them."""

    corrupts: Somebody = attrs.field(
        default=(),
        metadata=told(
            "The corrupted parties: names or globs; nobody, if it is the network that does it."
        ),
    )
    model: Literal["active", "passive"] = attrs.field(
        default="active",
        metadata=told("Active parties may lie; passive ones only pool their views."),
    )
    timing: Literal["static", "adaptive", "mobile"] = attrs.field(
        default="static",
        metadata=told(
            'Corrupted from the start ("static"), once something was said ("adaptive", see after), '
            'or one after the other in the order of the list, for an epoch each ("mobile").'
        ),
    )
    after: AdversaryAfter | None = attrs.field(
        default=None, metadata=told("What sets off an adaptive corruption.")
    )
    erasure: bool = attrs.field(
        default=False,
        metadata=told(
            "Whether parties delete what they received, so that an adaptive adversary gets only "
            "what comes later."
        ),
    )
    epoch: PositiveNanoseconds | None = attrs.field(
        default=None, metadata=told("How long a mobile adversary stays in a seat.")
    )
    rushing: Literal["free", "network"] = attrs.field(
        default="free",
        metadata=told(
            "A rushing adversary sees the honest messages to its seats before it speaks: when they "
            'are sent, at no delay ("free"), or when the network has delivered them ("network"). '
            "One entry that says so speaks for all."
        ),
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
