"""The scenario file as classes: one class per table, one field per key, in the order of the manual.

These classes are the truth. The loader builds them, the writer writes them, the editor schema and
the reference are generated from them. A key that is a Python keyword carries a trailing underscore
(`from_`). None means: not given. Which names and values exist is known here; what they mean
together is in `crosschecks.py`, and what they do is in the rest of the package.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import attrs

from turncoat.scenarios.kinds import (
    Bits,
    BitsPerSecond,
    Conditions,
    CountBound,
    FieldName,
    Length,
    Names,
    Nanoseconds,
    Natural,
    Output,
    Parameters,
    PartyCount,
    Positive,
    PositiveNanoseconds,
    Probability,
    ProtocolPoint,
    SizeBound,
    Somebody,
    Struck,
    Texts,
    TimeBound,
    Title,
    later,
    one_or_more,
)
from turncoat.scenarios.problems import Path

HOUR = 3600 * 10**9

VerdictName = Literal["OK", "ABORT", "ABORT-ID", "WRONG", "SPLIT", "BLAME", "STALL", "INCONCLUSIVE"]
Verdicts = Annotated[tuple[VerdictName, ...], one_or_more(get_args(VerdictName), later=("LEAK",))]
Distribution = Annotated[
    Literal["uniform", "constant"],
    later("normal", "lognormal", "exponential", "pareto", "empirical"),
]
PresetName = Annotated[Literal["ideal", "lan", "wan"], later("mobile")]


def told(text: str) -> dict[str, str]:
    """Field metadata: the help text of a key, for the reference and for editors."""
    return {"help": text}


@attrs.frozen(kw_only=True)
class ScenarioTable:
    """[scenario]: what the file is about, and how it is run."""

    name: Title | None = attrs.field(
        default=None,
        metadata=told("Short name, also of the run's folder; default: the file's name."),
    )
    about: str = attrs.field(default="", metadata=told("What the scenario shows, in a sentence."))
    cites: Texts = attrs.field(default=(), metadata=told("The papers it follows."))
    seed: Natural | None = attrs.field(
        default=None,
        metadata=told("Seed of every random choice; without it the run picks one and prints it."),
    )
    repeat: Positive = attrs.field(
        default=1, metadata=told("How many runs; the i-th, from 0, uses seed + i.")
    )
    time_limit: PositiveNanoseconds = attrs.field(
        default=HOUR,
        metadata=told("Virtual time after which a run ends as INCONCLUSIVE; default 1 h."),
    )
    digest: Literal["full", "sizes"] = attrs.field(
        default="full",
        metadata=told(
            'What the digest covers: "full" hashes payloads, "sizes" only their lengths.'
        ),
    )
    extends: str | None = attrs.field(
        default=None,
        metadata=told(
            "Another scenario, by path relative to this file or by catalogue name. This file "
            "changes its tables key by key and its lists as a whole. One level only."
        ),
    )


@attrs.frozen(kw_only=True)
class Protocol:
    """[protocol]: what the honest parties do."""

    use: str = attrs.field(metadata=told('The protocol, such as "bgw".'))
    program: str | None = attrs.field(
        default=None, metadata=told('What is computed: "mean", or "module:function" of your own.')
    )
    field: FieldName = attrs.field(
        default="2^61 - 1", metadata=told('The prime of the field, such as "2^61 - 1" or "101".')
    )
    t: Natural | None = attrs.field(
        default=None,
        metadata=told("Corruptions tolerated; default: the most that the protocol can."),
    )
    kappa: Positive = attrs.field(
        default=128, metadata=told("Computational security parameter in bits.")
    )
    sigma: Positive = attrs.field(
        default=40, metadata=told("Statistical security parameter in bits.")
    )
    opening: Annotated[Literal["all"], later("king")] = attrs.field(
        default="all", metadata=told('How values are opened: "all": everybody sends to everybody.')
    )
    channel: Annotated[Literal["private"], later("plain")] = attrs.field(
        default="private", metadata=told("Channels are authenticated and private.")
    )
    with_: Parameters = attrs.field(
        factory=dict[str, Any], metadata=told("Parameters of the program and of the protocol.")
    )


@attrs.frozen(kw_only=True)
class RandomInput:
    """{ random = "uniform", length = 100, bits = 16 }: integers drawn from the run's seed."""

    random: Literal["uniform"] = attrs.field(
        metadata=told('"uniform": integers from 0 to 2^bits − 1, equally likely.')
    )
    length: Length = attrs.field(metadata=told("How many integers."))
    bits: Bits = attrs.field(metadata=told("Width of each integer in bits."))


@attrs.frozen(kw_only=True)
class FileInput:
    """{ file = "x.csv", column = "salary", where = { company = "alice" } }; { file = "x.npy" }."""

    file: str = attrs.field(
        metadata=told("A .csv or .npy file of integers, relative to the scenario file.")
    )
    column: str | None = attrs.field(default=None, metadata=told("The CSV column to read."))
    where: Conditions = attrs.field(
        factory=dict[str, str | int],
        metadata=told("Only the CSV rows whose cells equal these texts or integers."),
    )


@attrs.frozen
class InlineInput:
    """Integers written in the file itself, flat in C order."""

    shape: tuple[int, ...]
    flat: tuple[int, ...]


@attrs.frozen
class Given:
    """Where one input of a party comes from, and its path in the document for error messages."""

    source: InlineInput | FileInput | RandomInput
    path: Path = attrs.field(eq=False)


Inputs = Mapping[str, Mapping[str, Given]]  # party name or glob → input name → source


@attrs.frozen(kw_only=True)
class Parties:
    """[parties]: who takes part, and what each of them brings. Either `names`, or `count`."""

    names: Texts | None = attrs.field(
        default=None, metadata=told("The parties by name; the first is P_1.")
    )
    count: PartyCount | None = attrs.field(
        default=None, metadata=told("How many parties, if they are named by pattern.")
    )
    name: str | None = attrs.field(
        default=None,
        metadata=told('Pattern of the names beside count, such as "phone-{i:03}"; default "P{i}".'),
    )
    inputs: Inputs = attrs.field(
        factory=dict[str, Mapping[str, Given]],
        metadata=told(
            "Per party (globs allowed, a plain name wins) a list of integers, a source of them "
            "(file, random), or a table of named inputs; a bare input is called x. A single random "
            "source stands for every party."
        ),
    )


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


@attrs.frozen(kw_only=True)
class Expect:
    """[expect]: what the run is judged by. Comparisons: 12, "<= 12", ">= 3", "< 5", "> 5"."""

    verdict: Verdicts | None = attrs.field(
        default=None, metadata=told("The verdict, or a list of acceptable ones.")
    )
    guarantee_in_force: bool | None = attrs.field(
        default=None, metadata=told("Do the faults and corruptions stay within what is promised?")
    )
    detected_by: Names | None = attrs.field(
        default=None,
        metadata=told("Each of these detected cheating or was stopped, and at least one detected."),
    )
    accused: Names | None = attrs.field(
        default=None, metadata=told("All whom honest parties accused; [] for nobody.")
    )
    output: Output | None = attrs.field(
        default=None,
        metadata=told('The output: a number ("1/3" is exact), a list, or a table by output name.'),
    )
    rounds: CountBound | None = attrs.field(
        default=None, metadata=told("Rounds, the longest causal chain of messages.")
    )
    messages: CountBound | None = attrs.field(
        default=None, metadata=told("Messages sent by all parties.")
    )
    payload_bytes: SizeBound | None = attrs.field(
        default=None, metadata=told("Payload sent by all parties.")
    )
    bytes_total: SizeBound | None = attrs.field(
        default=None, metadata=told("Payload and framing sent by all, without retransmissions.")
    )
    finish_by: TimeBound | None = attrs.field(
        default=None, metadata=told('Virtual time of the last outcome; "20 s" means at most 20 s.')
    )
    stalled_on: Names | None = attrs.field(
        default=None, metadata=told("All for whose messages stalled parties wait.")
    )


@attrs.frozen(kw_only=True)
class Tables:
    """A whole scenario file."""

    scenario: ScenarioTable = attrs.field(
        factory=ScenarioTable, metadata=told("What the file is about, and how it is run.")
    )
    protocol: Protocol = attrs.field(metadata=told("What the honest parties do."))
    parties: Parties = attrs.field(metadata=told("Who takes part, with which inputs."))
    network: Network = attrs.field(factory=Network, metadata=told("What lies between the parties."))
    fault: tuple[Fault, ...] = attrs.field(default=(), metadata=told("What goes wrong by itself."))
    adversary: tuple[Adversary, ...] = attrs.field(
        default=(), metadata=told("Corrupted seats, and what they do.")
    )
    expect: Expect = attrs.field(factory=Expect, metadata=told("What the run is judged by."))


_NETWORK_LATER = ("correlation", "gemodel", "duplicate", "corrupt", "reorder", "rate", "limit")

# Keys that the manual names and no release has: "not supported yet", never "unknown".
LATER_KEYS: Mapping[type, tuple[str, ...]] = {
    Tables: ("sweep",),
    Protocol: ("threshold", "delta", "prep", "fixed_point", "variant"),
    Parties: ("roles",),
    Network: (*_NETWORK_LATER, "regions", "empirical"),
    Link: (*_NETWORK_LATER, "start", "end", "empirical", "transport"),
    Host: ("rate", "limit", "regions"),
    Fault: (
        "for",
        "memory",
        "direction",
        "probability",
        "shape",
        "groups",
        "link",
        "mean_up",
        "mean_down",
    ),
    Expect: ("privacy", "reveals"),
}


def key_of(attribute: "attrs.Attribute[Any]") -> str:
    """The key of a field in the file: `from` for `from_`."""
    return attribute.name.rstrip("_")


def keys_of(cls: type) -> tuple[str, ...]:
    """The keys of a table, in the order of the manual."""
    return tuple(key_of(attribute) for attribute in attrs.fields(cls))
