"""The behaviours that are about one protocol's messages, as data: known by kinds and fields, so
that this package need not know the protocols."""

from turncoat.adversary.entries import BehaviourInfo, Example, Parameter

_HERE = "turncoat.adversary.behaviours"
_SPDZ = Example(scenario="lie-in-a-product", changes={"protocol.use": "spdz"})
_VICTIM = Parameter("party", None, "whose input it is about; the first client's by default")
_AGGREGATION = Example(
    scenario="secure-aggregation",
    corrupts=("server",),
    changes={"protocol.variant": "active"},
)

SPDZ = (
    BehaviourInfo(
        name="wrong-mac-share",
        summary="open another share of the MAC check than the one committed to",
        intends="value",
        target=f"{_HERE}.tamper:AddError",
        cites=("DKLPSS13, figure MACCheck", "FRESCO, MaliciousSpdzMacCheckComputation"),
        parameters={
            "offset": Parameter("integer", 1, "what is added to σ", harmless=0),
            "part": Parameter("text", "sigma", "the field of the message that is touched"),
        },
        kinds=("MacShare",),
        example=_SPDZ,
    ),
    BehaviourInfo(
        name="copied-commitment",
        summary="commit to what another has committed to, and open it with that party's opening",
        intends="value",
        target=f"{_HERE}.commitments:CopiedCommitment",
        cites=("FRESCO 432, commitments without a party's id", "mpcsec, replayed commitments"),
        parameters={"of": Parameter("party", None, "whose; the first honest party's by default")},
        kinds=("Commit", "Decommit", "MacShare"),
        example=_SPDZ,
    ),
    BehaviourInfo(
        name="refuse-decommit",
        summary="commit, see what the others open, and do not open",
        intends="presence",
        target=f"{_HERE}.commitments:RefuseDecommit",
        cites=("Cleve86",),
        parameters={
            "count": Parameter(
                "integer", None, "refuse so many copies; all of them by default", harmless=0
            ),
        },
        kinds=("Decommit", "MacShare"),
        example=_SPDZ,
    ),
    BehaviourInfo(
        name="false-echo",
        summary="claim to have heard something else than was broadcast",
        intends="value",
        target=f"{_HERE}.tamper:FlipBits",
        cites=("GL05, broadcast with abort: nobody can be named",),
        parameters={
            "mask": Parameter("integer", 1, "the bits of the hash that are flipped", harmless=0),
            "part": Parameter("text", None, "the field of the message that is touched"),
        },
        kinds=("Echo",),
        example=_SPDZ,
    ),
    BehaviourInfo(
        name="wrong-key-share",
        summary="go on with another share of the MAC key than the one that was dealt",
        intends="value",
        target=f"{_HERE}.state:Misread",
        cites=("DPSZ12, every value is checked under α = Σ α_i",),
        parameters={
            "offset": Parameter("integer", 1, "what is added to α_i", harmless=0),
            "of": Parameter("party", None, "who dealt it; anybody by default"),
            "part": Parameter("text", "alpha", "the field of the message that is misread"),
        },
        kinds=("DealtShares",),
        depth="seat",
        example=_SPDZ,
    ),
    BehaviourInfo(
        name="reuse-triple",
        summary="use a triple that is spent for the next product as well",
        intends="value",
        target=f"{_HERE}.state:ReuseTriple",
        cites=("MP-SPDZ, reused triples in CowGear", "mpcsec, restored backups"),
        parameters={
            "length": Parameter("integer", 3, "entries of a triple: 3 a product", harmless=0),
        },
        kinds=("DealtShares",),
        depth="seat",
        example=_SPDZ,
    ),
    BehaviourInfo(
        name="shift-triple",
        summary="have the preprocessing authenticate triples of which c is wrong",
        intends="value",
        target=f"{_HERE}.tamper:AddError",
        cites=("DPSZ12, the sacrifice is there to catch it", "KPR18"),
        parameters={
            "offset": Parameter("integer", 1, "Δ, which is added to every c", harmless=0),
            "part": Parameter("text", "delta", "the field of the message that is touched"),
        },
        kinds=("TripleShift",),
        example=Example(
            scenario="lie-in-a-product",
            changes={"protocol.use": "spdz", "protocol.variant": "sacrifice"},
        ),
    ),
    BehaviourInfo(
        name="false-accusation",
        summary="announce an abort for a reason that only another's cheating could give",
        intends="presence",
        target=f"{_HERE}.aborting:FalseAbort",
        cites=("semantics of blame: nobody adopts an accusation",),
        parameters={
            "reason": Parameter("text", "conflicting-messages", "the reason that is announced"),
        },
        example=Example(when={"kind": "PartialOpening"}),
    ),
)  # fmt: skip

SERVER = (
    BehaviourInfo(
        name="split-survivors",
        summary="tell half of the clients that a client has dropped out, and the rest that not",
        intends="value",
        target=f"{_HERE}.server:SplitSurvivors",
        cites=("BIKMMPRSS17, the consistency check", "Flower, secaggplus_mod"),
        parameters={"victim": _VICTIM},
        kinds=("SurvivorList",),
        example=_AGGREGATION,
    ),
    BehaviourInfo(
        name="drop-survivor",
        summary="declare a client dropped whose input has come",
        intends="value",
        target=f"{_HERE}.server:DropSurvivor",
        cites=("BIKMMPRSS17, why inputs carry two masks",),
        parameters={"victim": _VICTIM},
        kinds=("SurvivorList",),
        example=_AGGREGATION,
    ),
    BehaviourInfo(
        name="small-cohort",
        summary="tell clients that hardly anybody is left to hide among",
        intends="value",
        target=f"{_HERE}.server:SmallCohort",
        cites=("go-f3 186, a cohort below the threshold", "arXiv 2403.17775"),
        parameters={"keep": Parameter("integer", 1, "how many are said to be left")},
        kinds=("SurvivorList",),
        example=_AGGREGATION,
    ),
    BehaviourInfo(
        name="ghost-survivor",
        summary="tell clients of a survivor who never took part",
        intends="value",
        target=f"{_HERE}.server:GhostSurvivor",
        cites=("Douceur02, Sybils",),
        parameters={
            "ghost": Parameter("integer", None, "its index; one beyond the list by default"),
        },
        kinds=("SurvivorList",),
        example=_AGGREGATION,
    ),
    BehaviourInfo(
        name="forge-signatures",
        summary="pass on one client's signature as everybody's",
        intends="value",
        target=f"{_HERE}.server:ForgeSignatures",
        cites=("Flamingo, signatures that nobody verified",),
        kinds=("SignatureList",),
        example=_AGGREGATION,
    ),
    BehaviourInfo(
        name="swap-keys",
        summary="hand out one client's keys as another's",
        intends="value",
        target=f"{_HERE}.server:SwapKeys",
        cites=("Flower, public keys relayed unsigned",),
        parameters={
            "victim": _VICTIM,
            "of": Parameter("party", None, "whose keys are given; the last client's by default"),
        },
        kinds=("KeyList",),
        example=_AGGREGATION,
    ),
)
