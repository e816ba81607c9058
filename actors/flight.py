"""Messages under way: whole postings over like links, and single copies over everything else."""

from collections.abc import Sequence

import attrs

from turncoat.actors.channel import Channel, Connection
from turncoat.actors.envelope import Parcel
from turncoat.actors.randomness import Name


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
class Lone:
    """The one copy of a posting to one receiver, over a link like all others."""

    receiver: int
    parcel: Parcel


@attrs.define(eq=False)
class Copy:
    """One copy on its way over one link.

    number: its own, for ever. k, incarnation: of its posting. luck: the draws of its delay and of
    the loss of its first attempt. connection, place: on a reliable channel, the connection
    it belongs to and its place there. left: when its last attempt leaves the sender's access line
    [ns]. queued: how long the link's own line held it [ns], None before it has passed that.
    attempts: how often it has been sent. arrived: is it with its receiver, asleep or early? twin:
    is it the second of a duplicated message?
    """

    number: int
    sender: int
    receiver: int
    k: int
    incarnation: int
    parcel: Parcel
    channel: Channel
    luck: tuple[int, int]
    connection: Connection | None = None
    place: int = -1
    left: int = 0
    queued: int | None = None
    attempts: int = 1
    arrived: bool = False
    twin: bool = False

    @property
    def name(self) -> tuple[Name, ...]:
        """What its draws are named by. A first incarnation goes without saying."""
        name = (self.sender, self.receiver, self.parcel.key[0], self.k)
        return (*name, self.incarnation) if self.incarnation else name

    def __lt__(self, other: "Copy") -> bool:
        """Of a copy and its double in one instant, the copy comes first."""
        return other.twin and not self.twin
