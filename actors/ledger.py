"""Messages, bytes and rounds: who sent what to whom, in which phase, under which sid.

Counted from the journal, never on the side. Two columns of bytes: payload (field elements, keys,
ciphertexts) and framing (the rest). Retransmissions have a column of their own.
"""

from collections import defaultdict
from collections.abc import Callable
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
        """Count `copies` copies of a posting, sent again `resends` times between them."""
        self.messages += copies
        self.payload_bytes += copies * sent.payload
        self.framing_bytes += copies * sent.framing
        self.resent_bytes += resends * (sent.payload + sent.framing)


@attrs.frozen
class Ledger:
    """The bill of one run. rows: what was sent, in order, for groupings of one's own."""

    rows: tuple[Sent, ...]
    resends: dict[int, int]
    sent: defaultdict[int, Traffic] = attrs.field(factory=lambda: defaultdict(Traffic))
    received: defaultdict[int, Traffic] = attrs.field(factory=lambda: defaultdict(Traffic))

    @classmethod
    def of(cls, journal: Journal) -> Self:
        """The bill of everything in the journal, in two passes over it."""
        ledger = cls(tuple(journal.postings()), dict(journal.resends))
        for sent in ledger.rows:
            ledger.sent[sent.sender].add(sent, len(sent.receivers), ledger.resent(sent))
        copies = [(sent, receiver) for sent in ledger.rows for receiver in sent.receivers]
        for arrived in journal.arrivals():
            if arrived.fate is Fate.DELIVERED:
                sent, receiver = copies[arrived.copy]
                ledger.received[receiver].add(sent, 1, ledger.resends.get(arrived.copy, 0))
        return ledger

    def total(self, where: Callable[[Sent], bool] = lambda _: True) -> Traffic:
        """Everything sent by all parties, or the part that `where` selects."""
        traffic = Traffic()
        for sent in filter(where, self.rows):
            traffic.add(sent, len(sent.receivers), self.resent(sent))
        return traffic

    def sent_by(self, party: int) -> Traffic:
        """What left `party`, whether or not it arrived."""
        return self.sent.get(party, Traffic())

    def received_by(self, party: int) -> Traffic:
        """What reached `party` before the run ended."""
        return self.received.get(party, Traffic())

    def phases(self) -> tuple[str, ...]:
        """The phases in which something was sent, in order of first sight."""
        return tuple(dict.fromkeys(sent.phase for sent in self.rows))

    def rounds(self, phase: str | None = None) -> int:
        """Causal depth: the longest chain of messages each of which waited for the one before.
        Of one phase: how many links of such chains belong to it."""
        return len({s.depth for s in self.rows if s.depth and phase in (None, s.phase)})

    def resent(self, sent: Sent) -> int:
        """How many retransmissions the copies of one posting took."""
        if not self.resends:
            return 0
        copies = range(sent.first, sent.first + len(sent.receivers))
        return sum(self.resends.get(copy, 0) for copy in copies)
