"""The behaviours that take a seat, and those of the network's scheduler, as data."""

from turncoat.adversary.entries import BehaviourInfo, Example, Parameter

_HERE = "turncoat.adversary.behaviours"
_SECOND = 1_000_000_000
_PRODUCT = Example(scenario="lie-in-a-product")

STATE = (
    BehaviourInfo(
        name="change-input",
        summary="bring another input, and be honest otherwise",
        intends="value",
        target=f"{_HERE}.state:ChangeInput",
        cites=("Goldreich04, substitution of inputs is no attack",),
        parameters={
            "add": Parameter("integer", 1, "what is added to every entry", harmless=0),
            "name": Parameter("text", None, "of that input only; of all by default"),
        },
        depth="seat",
    ),
    BehaviourInfo(
        name="weak-seed",
        summary="draw all coins from a seed of a few bits",
        intends="value",
        target=f"{_HERE}.state:WeakSeed",
        cites=("Flower, any seed folded to 32 bits", "MicroSecAgg, 2410.09676"),
        parameters={
            "bits": Parameter("integer", 32, "of the seed; from 128 on it is none", harmless=128),
        },
        depth="seat",
    ),
    BehaviourInfo(
        name="reset",
        summary="draw the same coins again under every sid",
        intends="value",
        target=f"{_HERE}.state:Reset",
        cites=("CGGM00, resettable parties", "FRESCO 324, a coin toss done once and reused"),
        parameters={
            "sids": Parameter("text", "*", "a pattern of the sids that share a tape", harmless=""),
        },
        example=_PRODUCT,
        depth="seat",
    ),
    BehaviourInfo(
        name="misread",
        summary="take a share that was received for another one, and go on from there",
        intends="value",
        target=f"{_HERE}.state:Misread",
        cites=("private-attribution/ipa PR 1202, a lie that the liar keeps",),
        parameters={
            "offset": Parameter("integer", 1, "what is added to what was received", harmless=0),
            "of": Parameter("party", None, "whose messages; everybody's by default"),
            "part": Parameter("text", None, "the field that is misread; all by default"),
        },
        example=Example(scenario="lie-in-a-product", when={"kind": "InputShare"}),
        depth="seat",
    ),
)

SCRIPTED = BehaviourInfo(
    name="scripted",
    summary="do as a class of one's own says, over the joint view of all seats",
    intends="value",
    target=f"{_HERE}.scripted:Scripted",
    cites=("Canetti01, one adversary for all corrupted parties",),
    parameters={
        "use": Parameter(
            "function", None, "a class, as module:Class (turncoat.adversary.scripted:Adversary)",
            harmless="turncoat.adversary.scripted:Adversary", needed=True,
        ),
    },
    example=Example(
        when={"kind": "PartialOpening"},
        with_={"use": f"{_HERE}.models:LastSpeaker"},
    ),
)  # fmt: skip

SEATS = (
    SCRIPTED,
    BehaviourInfo(
        name="puppet",
        summary="run a program of one's own in the seat",
        intends="value",
        target=f"{_HERE}.seats:Puppeteer",
        cites=("Canetti01, the adversary plays the corrupted parties",),
        parameters={
            "program": Parameter(
                "function", "honest", "async def program(puppet), as module:function",
                harmless="honest", needed=True,
            ),
            "changes": Parameter(
                "text", "value", "what it is there to change",
                choices=("value", "presence", "time"),
            ),
        },
        example=Example(
            with_={"program": "turncoat.adversary.behaviours.models:greedy"}
        ),
        depth="seat",
    ),
    BehaviourInfo(
        name="twins",
        summary="run two honest copies of one identity",
        intends="value",
        target=f"{_HERE}.seats:Twins",
        cites=("BDGHHW21, Twins: BFT systems made robust",),
        parameters={
            "incarnation": Parameter("integer", 1, "of the second copy: its coins", harmless=0),
            "second": Parameter("parties", None, "who hears it; half of the others by default"),
        },
        depth="seat",
    ),
)  # fmt: skip

SCHEDULE = (
    BehaviourInfo(
        name="any-order",
        summary="deliver everything in an order of the adversary's choice",
        intends="time",
        target=f"{_HERE}.schedule:AnyOrder",
        cites=("FLP85", "HoneyBadgerMPC, tests under random delivery"),
        parameters={"by": Parameter("duration", _SECOND, "the most that is waited", harmless=0)},
        depth="schedule",
    ),
    BehaviourInfo(
        name="starve-link",
        summary="deliver late what one party sends to another",
        intends="time",
        target=f"{_HERE}.schedule:StarveLink",
        cites=("Miller et al. 2016, HoneyBadgerBFT: starving the leader's links",),
        parameters={
            "source": Parameter("party", None, "who sends; everybody by default"),
            "target": Parameter("party", None, "who receives; everybody by default"),
            "by": Parameter("duration", _SECOND, "how late", harmless=0),
        },
        example=Example(with_={"source": "alice", "target": "bob"}),
        depth="schedule",
    ),
    BehaviourInfo(
        name="stall",
        summary="let one sub-protocol stand still while others run",
        intends="time",
        target=f"{_HERE}.schedule:Stall",
        cites=("Rushing at SPDZ, eprint 2025/789",),
        parameters={
            "sid": Parameter("text", "*", "a pattern of the sids that are stalled"),
            "by": Parameter("duration", _SECOND, "for how long", harmless=0),
        },
        example=Example(with_={"sid": "*/output"}),
        depth="schedule",
    ),
    BehaviourInfo(
        name="pct",
        summary="deliver by random priorities of links that change a few times",
        intends="time",
        target=f"{_HERE}.schedule:Pct",
        cites=("BKMN10, a randomised scheduler with probabilistic guarantees",),
        parameters={
            "depth": Parameter("integer", 3, "crucial steps of the orders that are searched"),
            "length": Parameter("integer", 100, "copies among which priorities change"),
            "by": Parameter("duration", _SECOND, "the most that a copy waits", harmless=0),
        },
        depth="schedule",
    ),
)
