"""Adversaries that come with turncoat, written as users write theirs: a puppet and a class."""

from collections.abc import Iterable
from typing import Any, ClassVar

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import vectors
from turncoat.adversary.behaviours.seats import Puppet
from turncoat.adversary.joint_view import JointView
from turncoat.adversary.scripted import Adversary


async def greedy(puppet: Puppet) -> Any:
    """Bring zeros in the place of every input, and be honest otherwise: whatever the others learn
    is then about the others."""
    zeros = {name: values * 0 for name, values in puppet.part.inputs.items()}
    return await puppet.honest(zeros)


class LastSpeaker(Adversary):
    """Rushing: hear what every honest party says under a sid, and only then repeat the greatest of
    their first entries as one's own."""

    intends: ClassVar[Change] = "value"

    async def on_send(self, view: JointView, envelope: Envelope) -> Iterable[Envelope]:
        honest = view.honest(envelope.sender)
        heard = await view.read(envelope.sid, envelope.kind, honest)
        said = [vec for body in heard.values() for vec in vectors(body).values() if vec.size]
        if not said or not vectors(envelope.body):
            return (envelope,)
        most = max(int(vec.ravel()[:1].tolist()[0]) for vec in said)
        changes = {
            name: vec.field.full(vec.shape, most) for name, vec in vectors(envelope.body).items()
        }
        return (attrs.evolve(envelope, body=attrs.evolve(envelope.body, **changes)),)
