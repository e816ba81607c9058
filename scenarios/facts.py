"""What befell the parties of a run, as far as its guarantee and its verdict ask.

Read off what the nemesis, the receipts and the journal record, never off what a scenario intended.
"""

from collections.abc import Iterator, Sequence

from turncoat.actors.faults import Fault, FaultRecord, Omission, Partition
from turncoat.actors.journal import Fate, Journal
from turncoat.actors.outcome import Crashed, Excluded, Outcome
from turncoat.actors.topology import Topology
from turncoat.actors.world import Run
from turncoat.scenarios.fault_kinds import FAULT_KINDS


def faulty(run: Run) -> frozenset[int]:
    """Parties that a fault of their own struck; one of the network is nobody's."""
    return frozenset(
        record.party
        for record in run.faults
        if record.fired is not None and not FAULT_KINDS[record.kind].network
    )


def silent(run: Run, faults: Sequence[Fault], topology: Topology) -> frozenset[int]:
    """Parties that stopped speaking for good, or said less than the protocol demands: by a crash,
    by an omission, for want of memory, behind a partition that never ended, by withholding,
    because a channel that is not reliable lost their words, or because an honest party that was
    to wait for them could not."""
    withheld = {r.party for r in run.receipts if "presence" in r.changed}
    liars = {r.party for r in run.receipts}
    return frozenset(
        {
            *withheld,
            *_struck_dumb(run.faults, faults),
            *_cut_off(run.faults, faults),
            *_lost(run, topology),
            *(
                i
                for i, outcome in run.outcomes.items()
                if isinstance(outcome, Excluded) and outcome.by not in liars
            ),
        }
    )


def _struck_dumb(records: Sequence[FaultRecord], faults: Sequence[Fault]) -> Iterator[int]:
    for record, fault in zip(records, faults, strict=True):
        if record.fired is None:
            continue
        forgets = getattr(fault, "memory", None) == "amnesia"
        omits = isinstance(fault, Omission) and record.hits > 0
        if record.kind == "crash" or forgets or omits:
            yield record.party


def _cut_off(records: Sequence[FaultRecord], faults: Sequence[Fault]) -> Iterator[int]:
    """Of a partition that cut something off and never ended: all but its largest group, and of a
    one-way one those who are not heard."""
    healed = max((r.fired for r in records if r.kind == "heal" and r.fired is not None), default=-1)
    for record, fault in zip(records, faults, strict=True):
        if not isinstance(fault, Partition) or record.fired is None:
            continue
        if fault.duration is None and record.hits and record.fired > healed:
            groups = fault.groups
            heard = groups[1] if fault.one_way else max(groups, key=len)
            yield from (i for group in groups if group is not heard for i in group)


def _lost(run: Run, topology: Topology) -> Iterator[int]:
    """The senders of messages that never came because nobody sent them again."""
    if topology.default.reliable and all(link.reliable for link in topology.links.values()):
        return
    ends = _ends(run.journal)
    for sent in run.journal.postings():
        for copy, receiver in enumerate(sent.receivers, sent.first):
            if _gone(ends.get(copy), run.outcomes[sent.sender], run.outcomes[receiver]):
                yield sent.sender


def _gone(fate: Fate | None, sender: Outcome, receiver: Outcome) -> bool:
    """Is a copy with that end lost, other than by the death of its sender or receiver?"""
    match fate:
        case Fate.LOST | Fate.TAIL_DROPPED | Fate.CUT_OFF:
            return True
        case Fate.LOST_IN_CRASH:
            return not isinstance(sender, Crashed)
        case Fate.RECEIVER_DEAD:
            return not isinstance(receiver, Crashed)
        case _:
            return False


def _ends(journal: Journal) -> dict[int, Fate]:
    """What became of each copy; of a doubled one, that it came if one of the two did."""
    ends: dict[int, Fate] = {}
    for arrived in journal.arrivals():
        if ends.get(arrived.copy) is not Fate.DELIVERED:
            ends[arrived.copy] = arrived.fate
    return ends
