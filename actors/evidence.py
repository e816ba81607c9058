"""What proves an accusation: messages as their receiver got them, and what is wrong with them.

An accusation is never a matter of opinion: whoever holds these messages can check it again, without
the accuser. Which claims there are, and how each is checked, is not known here.
"""

from typing import Any

import attrs

MALFORMED = "malformed-message"
CONFLICTING = "conflicting-messages"


@attrs.frozen
class Exhibit:
    """One message as its receiver got it. (sid, kind, sender, receiver) is its name; fingerprint:
    the journal's, of its content. octets: the content, empty where it does not matter."""

    sid: str
    kind: str
    sender: int
    receiver: int
    fingerprint: int
    octets: bytes = attrs.field(default=b"", repr=False)


@attrs.frozen
class Proof:
    """Why one party is accused. claim: what the exhibits show, a code from a public set. facts:
    public parameters that the claim rests on, such as the shape that was expected."""

    accused: int
    claim: str
    exhibits: tuple[Exhibit, ...]
    facts: dict[str, Any] = attrs.field(factory=dict[str, Any])
