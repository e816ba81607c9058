"""A message on its way: as a party posts it, as an adversary sees it, as the network carries it."""

from collections.abc import Mapping
from typing import Any

import attrs

from turncoat.actors.wire import Encoded


def kind_of_body(body: Any) -> str:
    """The kind of a message: its class name, or what an `Encoded` one claims to be."""
    return body.kind if type(body) is Encoded else type(body).__name__


@attrs.define(eq=False)
class Posting:
    """One call of send, send_all or exchange, waiting in the outbox.

    Either one body for all receivers or one body each. `k` numbers the postings of one sid of
    one party; `depth` is the causal depth of its messages (0 for abort announcements). `skipped`:
    of the rest of a posting, how many copies have left before.
    """

    sender: int
    sid: str
    k: int
    phase: str
    depth: int
    incarnation: int
    receivers: tuple[int, ...]
    bodies: tuple[Any, ...]  # of length 1, or as long as `receivers`
    own: Any = None  # the copy a corrupted party sends itself; honest ones have theirs already
    skipped: int = 0

    def body(self, index: int) -> Any:
        """The body for the receiver at `index`."""
        return self.bodies[index if len(self.bodies) > 1 else 0]

    def split(self, count: int) -> "tuple[Posting, Posting | None]":
        """The first `count` copies, and the rest, None if there is none."""
        if count >= len(self.receivers):
            return self, None
        bodies = (self.bodies,) * 2
        if len(self.bodies) > 1:
            bodies = self.bodies[:count], self.bodies[count:]
        head = attrs.evolve(self, receivers=self.receivers[:count], bodies=bodies[0], own=None)
        return head, attrs.evolve(
            self, receivers=self.receivers[count:], bodies=bodies[1], skipped=self.skipped + count
        )


@attrs.frozen
class Envelope:
    """One message of a corrupted party to one receiver, before it is sent: what a rule rewrites.

    delay: virtual ns by which the sender holds it back. said: what the party was about to say to
    each receiver in the same breath, itself included.
    """

    sender: int
    receiver: int
    sid: str
    k: int
    phase: str
    depth: int
    body: Any
    delay: int = 0
    said: Mapping[int, Any] = attrs.field(factory=dict[int, Any], eq=False, repr=False)

    @property
    def kind(self) -> str:
        return kind_of_body(self.body)


@attrs.define(eq=False)
class Parcel:
    """A message in flight and in a mailbox; shared by all receivers of one `send_all`."""

    sender: int
    key: tuple[str, str]  # (sid, kind): the slot it goes to
    depth: int
    body: Any
    size: int  # bytes on the wire, header included
    fingerprint: int
