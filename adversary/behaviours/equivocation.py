"""Different words to different parties, or twice to the same one."""

from collections.abc import Iterator

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import Action, shifted
from turncoat.adversary.behaviours.presence import later
from turncoat.adversary.joint_view import Place


@attrs.frozen
class Equivocate:
    """Tell every receiver something else: the k-th of the others, from 0, hears k·offset more.

    Sending to all guarantees no agreement; a broadcast must notice this. Incidents: multicast used
    where a broadcast was meant.
    """

    offset: int = 1
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.offset else "none"

    def act(self, place: Place) -> Action:
        def tell(envelope: Envelope) -> Iterator[Envelope]:
            others = place.view.others(place.party)
            rank = others.index(envelope.receiver) if envelope.receiver in others else 0
            yield shifted(envelope, rank * self.offset, self.part)

        return tell


@attrs.frozen
class ConflictingDuplicate:
    """Say it, and `after` ns later say under the same header something `offset` away.

    The receiver of both holds the proof, and must accuse the sender.
    """

    offset: int = 1
    after: int = 0

    @property
    def intends(self) -> Change:
        return "presence" if self.offset else "none"

    def act(self, place: Place) -> Action:
        def contradict(envelope: Envelope) -> Iterator[Envelope]:
            yield envelope
            if self.offset and envelope.receiver != place.party:
                yield later(shifted(envelope, self.offset), self.after)

        return contradict
