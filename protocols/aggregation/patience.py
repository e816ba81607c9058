"""How long a server waits for its clients: until a deadline, or for the first so many.

A rule is declared with the protocol's parameters; no constant hides in the code. Knows no network:
what a deadline must cover (latency there and back, and the time that messages take on access
lines) follows from the network, and is worked out where that is known.
"""

import attrs


@attrs.frozen(kw_only=True)
class Patience:
    """A round ends when all have spoken, when `first` have, or `delta` [ns] after it began.

    first: None for all. delta: None for any time; then a client that is gone for good stalls the
    round, unless enough others end it. Raises ValueError for what would never wait.
    """

    first: int | None = None
    delta: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.first is not None and self.first < 1:
            raise ValueError(
                f"waiting for the first {self.first} clients is no waiting: take 1 or more"
            )
        if self.delta is not None and self.delta < 1:
            raise ValueError(f"a deadline after {self.delta} ns is none: take 1 or more")

    def deadline(self, now: int) -> int | None:
        """When a round that begins now ends at the latest [ns]."""
        return None if self.delta is None else now + self.delta
