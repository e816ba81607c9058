"""The scenario file as classes: one class per table, one field per key, in the order of the manual.

These classes are the truth. The loader builds them, the writer writes them, the editor schema and
the reference are generated from them. A key that is a Python keyword carries a trailing underscore
(`from_`). None means: not given. Which names and values exist is known here; what they mean
together is in `crosschecks.py`, and what they do is in the rest of the package.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import attrs

from turncoat.scenarios.kinds import later, one_or_more, told
from turncoat.scenarios.problems import Path
from turncoat.scenarios.schema_network import Network
from turncoat.scenarios.schema_world import Adversary, Fault
from turncoat.scenarios.values import (
    Bits,
    Conditions,
    CountBound,
    FieldName,
    Length,
    Names,
    Natural,
    Output,
    Parameters,
    PartyCount,
    Positive,
    PositiveNanoseconds,
    RoleNames,
    SizeBound,
    Texts,
    TimeBound,
    Title,
)

HOUR = 3600 * 10**9

VerdictName = Literal[
    "OK", "ABORT", "ABORT-ID", "WRONG", "SPLIT", "BLAME", "LEAK", "STALL", "INCONCLUSIVE"
]
Verdicts = Annotated[tuple[VerdictName, ...], one_or_more(get_args(VerdictName))]
PrivacyKind = Literal["exact", "statistical", "extraction"]


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
class FixedPoint:
    """fixed_point = { fraction_bits = 16 }: numbers are rounded to multiples of 2^-16."""

    fraction_bits: Bits = attrs.field(metadata=told("Bits after the binary point."))


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
    threshold: Positive | None = attrs.field(
        default=None,
        metadata=told("Shares that reconstruct, in secure aggregation: its degree and one more."),
    )
    kappa: Positive | None = attrs.field(
        default=None, metadata=told("Computational security parameter in bits; default: 128.")
    )
    sigma: Natural | None = attrs.field(
        default=None,
        metadata=told(
            "Statistical security parameter in bits: no soundness error above 2^-sigma is "
            "accepted; default: 40."
        ),
    )
    delta: PositiveNanoseconds | None = attrs.field(
        default=None,
        metadata=told(
            "How long an active protocol waits for a message before it gives up; default: 60 s, in "
            "secure aggregation what the network's latencies ask for."
        ),
    )
    prep: Literal["dealer"] | None = attrs.field(
        default=None,
        metadata=told('Where correlated randomness comes from: "dealer", a trusted role.'),
    )
    fixed_point: FixedPoint | None = attrs.field(
        default=None,
        metadata=told(
            "{ fraction_bits = 16 }: inputs may have fractions, and are rounded to so many bits "
            "after the binary point."
        ),
    )
    opening: Literal["all", "king"] | None = attrs.field(
        default=None,
        metadata=told(
            'How values are opened: "all" (the default): everybody sends to everybody, in one '
            'round; "king": through P_1, in two rounds and with fewer elements.'
        ),
    )
    channel: Annotated[Literal["private"], later("plain")] = attrs.field(
        default="private", metadata=told("Channels are authenticated and private.")
    )
    variant: str | None = attrs.field(
        default=None,
        metadata=told(
            'A variant of the protocol; of bgw: "plain" (the default), "compressed" (seeds '
            'between pairs stand for t shares of each dealing), "dn07" (double sharings '
            "beforehand, products through a king)."
        ),
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
    """Numbers written in the file itself, flat in C order."""

    shape: tuple[int, ...]
    flat: tuple[int | float, ...]


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
    roles: RoleNames = attrs.field(
        factory=dict[str, str],
        metadata=told('Names for auxiliary roles, such as { server = "aggregator" }.'),
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
class Expect:
    """[expect]: what the run is judged by. Comparisons: 12, "<= 12", ">= 3", "< 5", "> 5"."""

    verdict: Verdicts | None = attrs.field(
        default=None, metadata=told("The verdict, or a list of acceptable ones.")
    )
    guarantee_in_force: bool | None = attrs.field(
        default=None, metadata=told("Whether faults and corruptions stay within what is promised.")
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
    privacy: PrivacyKind | None = attrs.field(
        default=None,
        metadata=told(
            'How to check what the corrupted seats learn: "exact" (all coins, a tiny field), '
            '"statistical" (two inputs that must look alike) or "extraction" (an attacker that '
            "guesses); a leak is the verdict LEAK."
        ),
    )
    reveals: Texts | None = attrs.field(
        default=None,
        metadata=told(
            "The results of the program that corrupted seats may know, by name, a single one as "
            '"output"; [] for nothing; default: all that is opened.'
        ),
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


# Keys that the manual names and no release has: "not supported yet", never "unknown".
LATER_KEYS: Mapping[type, tuple[str, ...]] = {
    Tables: ("sweep",),
}
