"""Lies about values: entries of behaviours that say something else, to all or to each."""

from turncoat.adversary.entries import BehaviourInfo, Example, Parameter

_HERE = "turncoat.adversary.behaviours"
_OPENING = {"kind": "PartialOpening"}
_PART = Parameter("text", None, "the field of the message that is touched; all by default")
_PRODUCT = Example(scenario="lie-in-a-product", when={"kind": "SubShare"})
_DEALING = Example(scenario="lie-in-a-product", when={"kind": "InputShare"})

TAMPER = (
    BehaviourInfo(
        name="add-error",
        summary="add an offset to every field element of the matching messages",
        intends="value",
        target=f"{_HERE}.tamper:AddError",
        cites=("DPSZ12, the additive attack that MACs are there to catch",),
        parameters={
            "offset": Parameter("integer", 1, "what is added, modulo p", harmless=0),
            "part": _PART,
        },
        example=_PRODUCT,
    ),
    BehaviourInfo(
        name="set",
        summary="say a fixed value in place of every field element",
        intends="value",
        target=f"{_HERE}.tamper:SetValue",
        cites=("HoneyBadgerMPC, test_batch_reconstruction: one party opens zeros",),
        parameters={
            "value": Parameter("integer", 0, "what is said, modulo p"),
            "part": _PART,
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="scale",
        summary="multiply every field element by a factor",
        intends="value",
        target=f"{_HERE}.tamper:Scale",
        cites=("CDM00, linear tampering of shared values",),
        parameters={
            "factor": Parameter("integer", 2, "by what is multiplied, modulo p", harmless=1),
            "part": _PART,
        },
        example=_DEALING,
    ),
    BehaviourInfo(
        name="garble",
        summary="say uniformly random elements of the same shape",
        intends="value",
        target=f"{_HERE}.tamper:Garble",
        cites=("HoneyBadgerMPC, induce_faults: random shares in every opening",),
        parameters={"part": _PART},
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="flip-bits",
        summary="flip bits of elements, integers and bytes, the message staying well-formed",
        intends="value",
        target=f"{_HERE}.tamper:FlipBits",
        cites=("FRESCO, CheatingNetworkDecorator: one flipped bit in message k",),
        parameters={
            "mask": Parameter("integer", 1, "the bits that are flipped", harmless=0),
            "part": _PART,
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="swap-entries",
        summary="exchange two entries of a vector",
        intends="value",
        target=f"{_HERE}.tamper:SwapEntries",
        cites=("IKHC14, wires swapped between parallel evaluations",),
        parameters={
            "first": Parameter("integer", 0, "an entry of the vector, from 0", harmless=0),
            "second": Parameter("integer", 1, "the other entry", harmless=0),
            "part": _PART,
        },
        example=_DEALING,
    ),
    BehaviourInfo(
        name="off-by-one",
        summary="change one number of the message by one",
        intends="value",
        target=f"{_HERE}.tamper:OffByOne",
        cites=("ByzzFuzz (WOO23), small-scope mutations of values",),
        parameters={
            "step": Parameter("integer", 1, "by how much: 1 or −1", harmless=0),
        },
        example=Example(when=_OPENING),
    ),
)

EQUIVOCATION = (
    BehaviourInfo(
        name="equivocate",
        summary="tell every receiver something else",
        intends="value",
        target=f"{_HERE}.equivocation:Equivocate",
        cites=("LSP82", "informalsystems/malachite PR 1505"),
        parameters={
            "offset": Parameter("integer", 1, "by what two tellings differ", harmless=0),
            "part": _PART,
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="conflicting-duplicate",
        summary="say two different things under one header to one receiver",
        intends="presence",
        target=f"{_HERE}.equivocation:ConflictingDuplicate",
        cites=("HoneyBadgerMPC, a duplicate share killed the receive loop",),
        parameters={
            "offset": Parameter("integer", 1, "by what the two differ", harmless=0),
            "after": Parameter("duration", 0, "how much later the second is sent"),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="swap-receivers",
        summary="give two receivers each other's message",
        intends="value",
        target=f"{_HERE}.replay:SwapReceivers",
        cites=("mpcsec, context binding",),
        parameters={
            "first": Parameter("party", None, "a receiver; the party after oneself by default"),
            "second": Parameter("party", None, "the other receiver; the next by default"),
        },
        example=_DEALING,
    ),
)

VALUES = (*TAMPER, *EQUIVOCATION)
