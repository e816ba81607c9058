"""Messages under way: whole postings over like links, and single copies over everything else."""

from collections.abc import Sequence

import attrs

from turncoat.actors.envelope import Parcel
from turncoat.actors.link import Channel


@attrs.define(eq=False)
class Flight:
    """The copies of one posting that are still under way: one entry in the kernel's queue.

    parcels: one for all receivers, or one each. dues: arrival by receiver [ns]. order: places in
    `receivers` yet to arrive, the next one last. whole: do all arrive in one instant?
    """

    first: int
    receivers: tuple[int, ...]
    parcels: Sequence[Parcel]
    dues: list[int]
    order: list[int]
    whole: bool

    def next(self) -> tuple[int, int]:
        """(due, number) of the next copy to arrive."""
        place = self.order[-1]
        return self.dues[place], self.first + place

    def parcel(self, place: int) -> Parcel:
        """The parcel for the receiver at `place`."""
        return self.parcels[place if len(self.parcels) > 1 else 0]


@attrs.define(eq=False)
class Copy:
    """One copy on its way over one link.

    number: its own, for ever. left: when it leaves the sender's access line [ns]. attempts: how
    often it has been sent. place: its number on the link, counted from 0, if the link keeps order
    by holding back. twin: is it the second of a duplicated message?
    """

    number: int
    sender: int
    receiver: int
    k: int
    parcel: Parcel
    channel: Channel
    luck: tuple[int, int]
    left: int = 0
    attempts: int = 1
    place: int = -1
    twin: bool = False

    def __lt__(self, other: "Copy") -> bool:
        """Of a copy and its double in one instant, the copy comes first."""
        return other.twin and not self.twin
