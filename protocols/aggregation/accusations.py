"""What an accusation rests on in secure aggregation: lists, and what belongs to them, that no
honest party sends. Anybody can check these claims on the messages alone.

Where content was only relayed (a key, a signature, a ciphertext), the one who passed it on is not
accused, and nothing is claimed.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from turncoat.actors.errors import MalformedMessage, ProtocolAbort
from turncoat.actors.evidence import MALFORMED, Proof
from turncoat.actors.party import Party
from turncoat.protocols.aggregation.messages import (
    KeyList,
    RelayedShares,
    SignatureList,
    SurvivorList,
    unpack_clients,
)

WRONG_LENGTH = "wrong-length"
WRONG_LIST = "wrong-list"
_ROUNDS = (KeyList, RelayedShares, SurvivorList, SignatureList)  # U1 ⊇ U2 ⊇ U3 ⊇ U4


def of_length(
    party: Party, sender: int, body: Any, field: str, length: int, detail: str
) -> ProtocolAbort:
    """That `sender` has sent so many bytes, and not `length`, in a field of a message."""
    facts = {"field": field, "length": length}
    proof = Proof(sender, WRONG_LENGTH, (party.exhibit(sender, body),), facts)
    return ProtocolAbort(MALFORMED, accused={sender}, detail=detail, evidence=(proof,))


def of_list(
    party: Party, sender: int, answers: Sequence[Any], reason: str, detail: str, **facts: int
) -> ProtocolAbort:
    """That the last of these answers has a list of clients that it cannot have.

    lacks: a client that must be in it. up_to: the greatest there is. most: how many there are.
    Without any of them: it is no list at all, or has clients that the answer before it had not.
    """
    exhibits = tuple(party.exhibit(sender, answer) for answer in answers)
    proof = Proof(sender, WRONG_LIST, exhibits, dict(facts))
    return ProtocolAbort(reason, accused={sender}, detail=detail, evidence=(proof,))


def is_wrong_length(proof: Proof, bodies: Sequence[Any]) -> bool:
    """Has the field another length than it must have?"""
    (body,), facts = bodies, proof.facts
    data: Any = getattr(body, facts.get("field", ""), None)
    return isinstance(data, bytes) and len(data) != facts["length"]


def is_wrong_list(proof: Proof, bodies: Sequence[Any]) -> bool:
    """Is the last list none that an honest server sends?"""
    if not bodies or any(type(body) not in _ROUNDS for body in bodies):
        return False
    places = [_ROUNDS.index(type(body)) for body in bodies]
    in_order = all(one < other for one, other in pairwise(places))
    try:
        *before, last = [unpack_clients(body.clients, type(body).__name__) for body in bodies]
    except MalformedMessage:
        return True
    facts = proof.facts
    return (
        ("lacks" in facts and facts["lacks"] not in last)
        or ("up_to" in facts and last.size > 0 and int(last[-1]) > facts["up_to"])
        or ("most" in facts and last.size > facts["most"])
        or (in_order and any(not np.isin(last, earlier).all() for earlier in before))
    )
