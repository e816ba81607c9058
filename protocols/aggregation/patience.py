"""How long a server waits for its clients: until a deadline, or for the first so many.

A rule is declared with the protocol's parameters; no constant hides in the code. Knows no network:
what a deadline must cover follows from the network, and is worked out in `deadlines.py`.
"""

from collections.abc import Mapping

import attrs


@attrs.frozen(kw_only=True)
class Patience:
    """A round ends when all have spoken, when `first` have, or `delta` [ns] after it began.

    first: None for all. delta: None for any time; then a client that is gone for good stalls the
    round, unless enough others end it. by_kind: another deadline for rounds in which messages of
    that kind are waited for. Raises ValueError for what would never wait.
    """

    first: int | None = None
    delta: int | None = None
    by_kind: Mapping[str, int] = attrs.field(factory=dict[str, int])

    def __attrs_post_init__(self) -> None:
        if self.first is not None and self.first < 1:
            raise ValueError(
                f"waiting for the first {self.first} clients is no waiting: take 1 or more"
            )
        for delta in (self.delta, *self.by_kind.values()):
            if delta is not None and delta < 1:
                raise ValueError(f"a deadline after {delta} ns is none: take 1 or more")

    @property
    def bounded(self) -> bool:
        """Does every round end some time?"""
        return self.delta is not None

    def deadline(self, now: int, kind: str) -> int | None:
        """When a round in which messages of `kind` are waited for, and which begins now, ends at
        the latest [ns]."""
        delta = self.by_kind.get(kind, self.delta)
        return None if delta is None else now + delta
