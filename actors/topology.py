"""Who there is, in which role, and which link joins which pair. Fixed before a run starts."""

from collections.abc import Mapping
from functools import cached_property

import attrs

from turncoat.actors.link import Link

Pair = tuple[int, int]


@attrs.frozen
class Host:
    """The access line of one party in bits per second; None: unlimited."""

    bandwidth_up: int | None = None
    bandwidth_down: int | None = None


@attrs.frozen
class Topology:
    """The network: one default link, exceptions by directed pair, one host per party."""

    default: Link = attrs.field(factory=Link)
    links: Mapping[Pair, Link] = attrs.field(factory=dict[Pair, Link])
    host: Host = attrs.field(factory=Host)
    hosts: Mapping[int, Host] = attrs.field(factory=dict[int, Host])

    def link(self, sender: int, receiver: int) -> Link:
        """The directed channel from `sender` to `receiver`."""
        return self.links.get((sender, receiver), self.default)

    def timeout(self, sender: int, receiver: int) -> int:
        """The first retransmission timeout [ns] from `sender` to `receiver`."""
        return self.link(sender, receiver).timeout(self.link(receiver, sender))

    def up(self, party: int) -> int | None:
        return self.hosts.get(party, self.host).bandwidth_up

    def down(self, party: int) -> int | None:
        return self.hosts.get(party, self.host).bandwidth_down


@attrs.frozen(eq=False)
class Group:
    """The parties that `everyone` means to each of them. One object for all its members: in a
    star of 10,000 clients, a tuple each would be 800 MB."""

    members: tuple[int, ...]

    @cached_property
    def all(self) -> frozenset[int]:
        return frozenset(self.members)


@attrs.frozen
class Cast:
    """The parties: P_1 … P_n compute; auxiliary roles follow and hold no Shamir point.

    names: party names by position. roles: name → indices; a party of no named role belongs to
    the group of computing parties.
    """

    names: tuple[str, ...]
    roles: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict[str, tuple[int, ...]])

    @property
    def size(self) -> int:
        return len(self.names)

    @property
    def indices(self) -> tuple[int, ...]:
        return tuple(range(1, self.size + 1))

    def groups(self) -> dict[int, Group]:
        """The group of each party: its (first) role's, or that of all without a role."""
        named = dict[int, Group]()
        for members in self.roles.values():
            group = Group(members)
            for member in members:
                named.setdefault(member, group)
        rest = Group(tuple(i for i in self.indices if i not in named))
        return {i: named.get(i, rest) for i in self.indices}

    def name(self, party: int) -> str:
        return self.names[party - 1]
