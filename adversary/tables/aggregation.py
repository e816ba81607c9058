"""More lies of an aggregation server, as data; `protocols.py` has the others."""

from turncoat.adversary.entries import BehaviourInfo, Example, Parameter

_VICTIM = Parameter("party", None, "whose input it is about; the first client's by default")
_HERE = "turncoat.adversary.behaviours.server_moves"

SERVER_MOVES = (
    BehaviourInfo(
        name="ask-for-both",
        summary="ask each client for both shares of one: it survived, and it dropped out",
        intends="presence",
        target=f"{_HERE}:AskForBoth",
        cites=("BIKMMPRSS17, section 6: one share of each client, never both",),
        parameters={"victim": _VICTIM},
        kinds=("SurvivorList",),
        example=Example(scenario="secure-aggregation", corrupts=("server",)),
    ),
    BehaviourInfo(
        name="impersonate-clients",
        summary="give one client keys of the server's own as everybody's",
        intends="value",
        target=f"{_HERE}:ImpersonateClients",
        cites=("BIKMMPRSS17, section 6: why keys need a PKI", "Flower, keys relayed unsigned"),
        parameters={"victim": _VICTIM},
        kinds=("KeyList",),
        example=Example(
            scenario="secure-aggregation",
            corrupts=("server",),
            changes={"protocol.variant": "active"},
        ),
    ),
)
