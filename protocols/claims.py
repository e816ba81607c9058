"""What an accusation may claim, and how anybody can check the claim on the messages it rests on.

Holds the protocols' own claims by name, each as a predicate of the proof and of the decoded bodies
of its exhibits. Two claims are the network's, about any protocol, and not here: that a message is
malformed, and that two contradict each other.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turncoat.actors.evidence import Proof
from turncoat.protocols.aggregation.accusations import (
    WRONG_LENGTH,
    WRONG_LIST,
    is_wrong_length,
    is_wrong_list,
)
from turncoat.protocols.primitives.commitment import WRONG_DECOMMITMENT, is_wrong_decommitment

Claim = Callable[[Proof, Sequence[Any]], bool]

CLAIMS: Mapping[str, Claim] = {
    WRONG_DECOMMITMENT: is_wrong_decommitment,
    WRONG_LENGTH: is_wrong_length,
    WRONG_LIST: is_wrong_list,
}


def holds(proof: Proof, bodies: Sequence[Any]) -> bool:
    """Do these messages show what is claimed? bodies: of the exhibits, in their order, decoded as
    anybody would. A claim that nobody knows is shown by nothing."""
    claim = CLAIMS.get(proof.claim)
    return claim is not None and claim(proof, bodies)
