"""An adversary class, bound to the seats of one run."""

from collections.abc import Callable

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change, Thought
from turncoat.actors.seam import Heard
from turncoat.adversary.behaviours.lies import Action
from turncoat.adversary.joint_view import JointView, Place
from turncoat.adversary.scripted import Adversary


@attrs.frozen
class Scripted:
    """Do as an adversary class says: one object of `use` hears for all seats, and speaks for each.

    See `turncoat.adversary.scripted.Adversary` for its hooks.
    """

    use: Callable[[], Adversary]

    @property
    def intends(self) -> Change:
        return getattr(self.use, "intends", "value")

    def act(self, place: Place) -> Action:
        adversary = self._of(place.view)

        def speak(envelope: Envelope) -> Thought:
            return adversary.on_send(place.view, envelope)

        return speak

    def _of(self, view: JointView) -> Adversary:
        """The one object of this run."""
        if self not in view.shared:
            adversary = view.shared[self] = self.use()

            def hear(heard: Heard) -> None:
                view.think(adversary.on_hear(view, heard))

            view.at_start.append(lambda: view.think(adversary.on_start(view)))
            view.at_hearing.append(hear)
        return view.shared[self]
