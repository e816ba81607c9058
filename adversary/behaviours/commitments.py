"""Lies about commitments: opening another's, or none."""

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import Action
from turncoat.adversary.behaviours.replay import Transplant
from turncoat.adversary.joint_view import Place


@attrs.frozen
class CopiedCommitment:
    """Rushing: commit to whatever an honest party commits to, and open it by repeating that party's
    opening.

    of: whose; the first honest party's by default. Harmless with additive coins over odd p; fatal
    where two seeds are XORed (they cancel); refused where a commitment binds its committer.
    """

    of: int | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        return Transplant(self.of).act(place)


@attrs.frozen
class RefuseDecommit:
    """Commit, see what the others open, and do not open: absence, which accuses nobody. A coin that
    did not please is thrown away like this."""

    count: int | None = None

    @property
    def intends(self) -> Change:
        return "none" if self.count == 0 else "presence"

    def act(self, place: Place) -> Action:
        withheld = 0

        async def refuse(envelope: Envelope) -> list[Envelope]:
            nonlocal withheld
            if self.count is not None and withheld >= self.count:
                return [envelope]
            withheld += 1
            await place.view.read(envelope.sid, envelope.kind, place.view.honest(place.party))
            return []

        return refuse
