"""Who there is, in which role, and which link joins which pair. Fixed before a run starts."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from turncoat.actors.link import Link, Queue, check_change, check_lines

Pair = tuple[int, int]


@attrs.frozen
class Host:
    """The access line of one party: bits per second each way, None: unlimited; and how many
    messages may queue on either, None: any number. Raises ValueError for anything below 1."""

    bandwidth_up: int | None = None
    bandwidth_down: int | None = None
    limit: int | None = None

    def __attrs_post_init__(self) -> None:
        check_lines("an access line", self.limit, self.bandwidth_up, self.bandwidth_down)


@attrs.frozen(eq=False)
class Override:
    """Fields of some pairs' links take new values from `start` to `end` [ns], None: for good.

    Of two that speak of one field of one pair, the later in the topology's list wins. Raises
    ValueError for a field that links do not have.
    """

    pairs: frozenset[Pair]
    change: Mapping[str, Any]
    start: int = 0
    end: int | None = None

    def __attrs_post_init__(self) -> None:
        check_change(self.change)


@attrs.frozen
class Topology:
    """The network: one default link, exceptions by directed pair and by time, one host a party."""

    default: Link = attrs.field(factory=Link)
    links: Mapping[Pair, Link] = attrs.field(factory=dict[Pair, Link])
    host: Host = attrs.field(factory=Host)
    hosts: Mapping[int, Host] = attrs.field(factory=dict[int, Host])
    overrides: tuple[Override, ...] = ()

    def link(self, sender: int, receiver: int) -> Link:
        """The directed channel from `sender` to `receiver`."""
        return self.links.get((sender, receiver), self.default)

    def up(self, party: int) -> Queue | None:
        """A fresh queue for the party's way out, None if it has no limit."""
        host = self.hosts.get(party, self.host)
        return None if host.bandwidth_up is None else Queue(host.bandwidth_up, host.limit)

    def down(self, party: int) -> Queue | None:
        """A fresh queue for the party's way in, None if it has no limit."""
        host = self.hosts.get(party, self.host)
        return None if host.bandwidth_down is None else Queue(host.bandwidth_down, host.limit)

    @property
    def queues(self) -> bool:
        """Does any party have an access line of limited rate?"""
        return any(h.bandwidth_up or h.bandwidth_down for h in (self.host, *self.hosts.values()))

    @property
    def repeats(self) -> bool:
        """Can a message come twice?"""
        changes = [override.change for override in self.overrides]
        return any(link.duplicate for link in (self.default, *self.links.values())) or any(
            change.get("duplicate") for change in changes
        )


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
