"""How an accusation is put together: from what a mailbox has received to proofs.

Knows what a message is and where it came in, and no protocol.
"""

from typing import Any

from turncoat.actors.evidence import CONFLICTING, MALFORMED, Exhibit, Proof
from turncoat.actors.mailbox import Key, Slot
from turncoat.actors.wire import Shape, Structures, encode, fingerprint


def exhibit(key: Key, sender: int, receiver: int, body: Any, structures: Structures) -> Exhibit:
    """A message with its content."""
    mark = fingerprint(body, structures)
    return Exhibit(*key, sender, receiver, mark, encode(body, structures))


def malformed(
    slot: Slot, sender: int, body: Any, shape: Shape | None, structures: Structures
) -> Proof:
    """That this message cannot be decoded, or not in the shape that was expected."""
    facts = {} if shape is None else {"shape": list(shape)}
    shown = exhibit(slot.key, sender, slot.owner, body, structures)
    return Proof(sender, MALFORMED, (shown,), facts)


def contradiction(slot: Slot, sender: int, first: int) -> Proof:
    """That a sender has said two things under one name. first: the fingerprint of the earlier."""
    marks = (first, slot.conflicts[sender])
    exhibits = tuple(Exhibit(*slot.key, sender, slot.owner, mark) for mark in marks)
    return Proof(sender, CONFLICTING, exhibits)
