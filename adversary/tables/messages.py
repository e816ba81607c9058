"""Lies about messages: entries of behaviours that say old things, misshapen things, late things or
nothing at all."""

from turncoat.adversary.entries import BehaviourInfo, Example, Parameter

_HERE = "turncoat.adversary.behaviours"
_OPENING = {"kind": "PartialOpening"}
_PART = Parameter("text", None, "the field of the message that is touched; all by default")
_PRODUCT = Example(scenario="lie-in-a-product", when={"kind": "SubShare"})
_DEALING = Example(scenario="lie-in-a-product", when={"kind": "InputShare"})
_TWO_INPUTS = {  # carol deals twice, under two sids
    "protocol.program": "sum",
    "parties.inputs": {"alice": [41_200], "bob": [44_000], "carol": {"x": [38_500], "y": [42_700]}},
}

REPLAY = (
    BehaviourInfo(
        name="replay",
        summary="say again, under this sid, what was said under an earlier one",
        intends="value",
        target=f"{_HERE}.replay:Replay",
        cites=("Syverson94", "mpcsec, context binding"),
        parameters={
            "back": Parameter("integer", 1, "how many matching messages back", harmless=0),
            "from_sid": Parameter("text", "*", "a pattern of the sids that are replayed"),
        },
        example=Example(
            scenario="lie-in-a-product",
            when={"kind": "InputShare"},
            changes=_TWO_INPUTS,
        ),
    ),
    BehaviourInfo(
        name="resend",
        summary="say the same thing several times",
        intends="presence",
        target=f"{_HERE}.replay:Resend",
        cites=("semantics of channels: an identical duplicate is dropped",),
        parameters={
            "times": Parameter("integer", 1, "how many times more", harmless=0),
            "after": Parameter("duration", 0, "how much later each time"),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="wrong-round",
        summary="say it under the sid of the next round, or of the one before",
        intends="value",
        target=f"{_HERE}.replay:WrongRound",
        cites=("ByzzFuzz (WOO23), small-scope mutations of rounds",),
        parameters={
            "step": Parameter("integer", 1, "by how many rounds", harmless=0),
        },
        example=_PRODUCT,
    ),
    BehaviourInfo(
        name="unsolicited",
        summary="say it also under sids that nobody uses",
        intends="presence",
        target=f"{_HERE}.replay:Unsolicited",
        cites=("HoneyBadgerMPC, test_commoncoin: messages of a wrong tag",),
        parameters={
            "times": Parameter("integer", 1, "how many messages more", harmless=0),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="transplant",
        summary="say, as one's own, what another party says (rushing)",
        intends="value",
        target=f"{_HERE}.replay:Transplant",
        cites=("FRESCO 432, commitments without a party's id",),
        parameters={
            "of": Parameter("party", None, "whose message; the first honest party's by default"),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="reflect",
        summary="say to each party what it has said itself (rushing)",
        intends="value",
        target=f"{_HERE}.replay:Reflect",
        cites=("BGHJKMY91, reflection attacks",),
        example=Example(when=_OPENING),
    ),
)

SHAPE = (
    BehaviourInfo(
        name="wrong-length",
        summary="send vectors with entries too many or too few",
        intends="value",
        target=f"{_HERE}.shape:WrongLength",
        cites=("WSTS, an oversized polynomial raised the threshold (mpcsec)",),
        parameters={
            "by": Parameter("integer", 1, "how many entries more; negative: fewer", harmless=0),
            "length": Parameter("integer", None, "or exactly so many; 0: an empty vector"),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="malformed",
        summary="send bytes that no encoder produces",
        intends="bytes",
        target=f"{_HERE}.shape:Malformed",
        cites=("MPyC, pickle.loads on peers' bytes",),
        parameters={
            "style": Parameter(
                "text",
                "cut",
                "what is wrong with the bytes",
                harmless="none",
                choices=("cut", "extra", "unreduced", "none"),
            ),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="wrong-degree",
        summary="deal on a polynomial of too high a degree",
        intends="value",
        target=f"{_HERE}.shape:WrongDegree",
        cites=("BGW88, verifiable secret sharing is there to catch it",),
        parameters={
            "excess": Parameter("integer", 1, "by how much the degree is too high", harmless=0),
            "part": _PART,
        },
        example=_PRODUCT,
    ),
    BehaviourInfo(
        name="inconsistent-dealing",
        summary="deal one secret to half of the others, and another to the rest",
        intends="value",
        target=f"{_HERE}.shape:InconsistentDealing",
        cites=("CGMA85",),
        parameters={
            "offset": Parameter("integer", 1, "by what the two secrets differ", harmless=0),
            "part": _PART,
        },
        example=_DEALING,
    ),
    BehaviourInfo(
        name="index-zero",
        summary="deal to one party the share of index 0, which is the secret",
        intends="value",
        target=f"{_HERE}.shape:IndexZero",
        cites=("mpcsec, party indices 0 and 0 mod q in threshold signatures",),
        parameters={
            "victim": Parameter("party", None, "who gets it; the party after oneself by default"),
        },
        example=_DEALING,
    ),
)

PRESENCE = (
    BehaviourInfo(
        name="withhold",
        summary="do not send the matching messages",
        intends="presence",
        target=f"{_HERE}.presence:Withhold",
        cites=("omission, Hadzilacos and Toueg 1994",),
        parameters={
            "count": Parameter(
                "integer",
                None,
                "withhold this many copies, then behave; all of them by default",
                harmless=0,
            ),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="delay",
        summary="send the matching messages later",
        intends="time",
        target=f"{_HERE}.presence:Delay",
        cites=("timing failure, Cristian et al. 1985",),
        parameters={
            "by": Parameter("duration", 1_000_000_000, "how much later", harmless=0),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="jitter",
        summary="send each matching message later by a time of its own",
        intends="time",
        target=f"{_HERE}.presence:Jitter",
        cites=("FLP85, the adversary of an asynchronous network",),
        parameters={
            "up_to": Parameter("duration", 1_000_000_000, "how much later at most", harmless=0),
        },
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="reorder",
        summary="keep a message back until others have been sent to the same receiver",
        intends="time",
        target=f"{_HERE}.presence:Reorder",
        cites=("sig-net/mpc PR 487, total control of the order of messages",),
        parameters={
            "behind": Parameter("integer", 1, "behind how many messages", harmless=0),
        },
        example=Example(
            scenario="lie-in-a-product",
            when={"kind": "InputShare", "to": ["alice"]},
            changes=_TWO_INPUTS,
        ),
    ),
)

ABORTING = (
    BehaviourInfo(
        name="false-abort",
        summary="announce an abort that never was, and go on",
        intends="presence",
        target=f"{_HERE}.aborting:FalseAbort",
        cites=("GL05, secure computation with abort",),
        parameters={"reason": Parameter("text", "other", "the reason that is announced")},
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="selective-abort",
        summary="learn an opened value first, and withhold one's share if it suits (rushing)",
        intends="presence",
        target=f"{_HERE}.aborting:SelectiveAbort",
        cites=("Cleve86", "KOS15, selective failure"),
        parameters={
            "unless": Parameter(
                "text", "never", "at which values one goes on",
                harmless="always", choices=("never", "odd", "even", "always"),
            ),
            "sharing": Parameter(
                "text", "shamir", "how the shares add up", choices=("shamir", "additive")
            ),
        },
        kinds=("PartialOpening",),
        example=Example(when=_OPENING),
    ),
    BehaviourInfo(
        name="steer",
        summary="see the others' shares first, and choose one's own for a sum of one's liking",
        intends="value",
        target=f"{_HERE}.aborting:Steer",
        cites=("Blum81, why coins are committed to before they are tossed",),
        parameters={"target": Parameter("integer", 0, "what the sum is to be, modulo p")},
        example=Example(when=_OPENING),
    ),
)  # fmt: skip

MESSAGES = (*REPLAY, *SHAPE, *PRESENCE, *ABORTING)
