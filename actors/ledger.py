"""Messages, bytes and rounds: who sent what to whom, in which phase, under which sid.

Counted from the journal, never on the side. Two columns of bytes: payload (field elements, keys,
ciphertexts) and framing (the rest). Retransmissions have a column of their own.
"""

from collections.abc import Callable, Iterator
from typing import Self

import attrs

from turncoat.actors.journal import Fate, Journal, Sent


@attrs.define
class Traffic:
    """A sum over messages. Bytes; `resent_bytes` counts payload and framing of retransmissions."""

    messages: int = 0
    payload_bytes: int = 0
    framing_bytes: int = 0
    resent_bytes: int = 0

    def add(self, sent: Sent, copies: int, resends: int) -> None:
        self.messages += copies
        self.payload_bytes += copies * sent.payload
        self.framing_bytes += copies * sent.framing
        self.resent_bytes += resends * (sent.payload + sent.framing)


@attrs.frozen
class Ledger:
    """The bill of one run, in every grouping that the journal knows."""

    rows: tuple[Sent, ...]
    resends: dict[int, int]
    delivered: frozenset[int]

    @classmethod
    def of(cls, journal: Journal) -> Self:
        delivered = (a.copy for a in journal.arrivals() if a.fate is Fate.DELIVERED)
        return cls(tuple(journal.postings()), dict(journal.resends), frozenset(delivered))

    def total(self, where: Callable[[Sent], bool] = lambda _: True) -> Traffic:
        """Everything sent by all parties, or the part that `where` selects."""
        traffic = Traffic()
        for sent in filter(where, self.rows):
            traffic.add(sent, len(sent.receivers), sum(n for _, n in self._resent(sent)))
        return traffic

    def sent_by(self, party: int) -> Traffic:
        return self.total(lambda sent: sent.sender == party)

    def received_by(self, party: int) -> Traffic:
        """What reached `party` before the run ended."""
        traffic = Traffic()
        for sent in self.rows:
            for copy, receiver in enumerate(sent.receivers, sent.first):
                if receiver == party and copy in self.delivered:
                    traffic.add(sent, 1, self.resends.get(copy, 0))
        return traffic

    def phases(self) -> tuple[str, ...]:
        """The phases in which something was sent, in order of first sight."""
        return tuple(dict.fromkeys(sent.phase for sent in self.rows))

    def rounds(self, phase: str | None = None) -> int:
        """Causal depth: the longest chain of messages each of which waited for the one before.
        Of one phase: the number of links of such chains that belong to it."""
        depths = {s.depth for s in self.rows if s.depth and phase in (None, s.phase)}
        return len(depths)

    def _resent(self, sent: Sent) -> Iterator[tuple[int, int]]:
        for copy in range(sent.first, sent.first + len(sent.receivers)):
            if copy in self.resends:
                yield copy, self.resends[copy]
