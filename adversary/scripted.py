"""An adversary as a Python class: three hooks over the joint view of all its seats.

Subclass `Adversary`, and name the class in a scenario file (`does = "scripted"`, `with = { use =
"module:Class" }`), or hand it to `Scripted`. One object serves all seats of one run.
"""

from collections.abc import Iterable
from typing import ClassVar

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.actors.seam import Heard
from turncoat.adversary.joint_view import JointView


class Adversary:
    """Hears everything, says everything as it is. intends: the change that the receipt asks for.

    A hook may wait (`await view.read(…)`, `view.until`, `view.sleep`) while the world goes on. None
    of them belongs to a task: they are driven in an order made of data, and a run is repeated to
    the bit as long as they take their coins from `view.draw` alone.
    """

    intends: ClassVar[Change] = "none"

    async def on_start(self, view: JointView) -> None:
        """The run begins."""

    async def on_hear(self, view: JointView, heard: Heard) -> None:
        """An honest party has said something to one of the seats."""

    async def on_send(self, view: JointView, envelope: Envelope) -> Iterable[Envelope]:
        """A seat is about to say this to one receiver (perhaps itself): what it says instead.

        Nothing, the envelope, an altered one (`attrs.evolve(envelope, body=…)`), or several.
        """
        return (envelope,)
