"""The network's scheduler as the adversary: nobody lies, nobody is corrupted, and copies set out in
another order. On reliable links no copy overtakes another of its link: that is what they promise.

What it may see is who sends how much to whom under which sid, and no content. A time of at most
`by` keeps it within a synchronous network's promise; every finite one within an asynchronous one's.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase

import attrs

from turncoat.actors.rule import Change
from turncoat.actors.seam import Outline
from turncoat.adversary.joint_view import JointView

Scheduler = Callable[[Outline], int]


@attrs.frozen
class AnyOrder:
    """Every copy sets out later by a time of its own, uniform in [0, by]: any order comes about."""

    by: int = 1_000_000_000

    @property
    def intends(self) -> Change:
        return "time" if self.by else "none"

    def schedule(self, view: JointView) -> Scheduler:
        def late(outline: Outline) -> int:
            name = (outline.sender, outline.receiver, outline.sid, outline.kind)
            return view.draw(self.by + 1, "any-order", *name)

        return late


@attrs.frozen
class StarveLink:
    """Every copy from `source` to `target` sets out `by` later; without a target (a source), those
    to (from) everybody. An asynchronous protocol must go on without them."""

    source: int | None = None
    target: int | None = None
    by: int = 1_000_000_000

    @property
    def intends(self) -> Change:
        return "time" if self.by else "none"

    def schedule(self, view: JointView) -> Scheduler:
        def late(outline: Outline) -> int:
            starved = self.source in (None, outline.sender)
            return self.by if starved and self.target in (None, outline.receiver) else 0

        return late


@attrs.frozen
class Stall:
    """Every copy under a sid that matches the glob `sid` sets out `by` later: one check stands
    still while another runs. Opening what a stalled check was to protect is what broke MP-SPDZ
    and SCALE-MAMBA (Rushing at SPDZ)."""

    sid: str = "*"
    by: int = 1_000_000_000

    @property
    def intends(self) -> Change:
        return "time" if self.by else "none"

    def schedule(self, view: JointView) -> Scheduler:
        return lambda outline: self.by if fnmatchcase(outline.sid, self.sid) else 0


@attrs.frozen
class Pct:
    """Random priorities of links, with depth − 1 random changes: of n(n − 1) links, each with a
    priority r of its own, copies wait r/n(n − 1) of `by`; at each change point, a number of copies
    drawn from the first `length`, the link that is then served falls below all others.

    Finds an order of `depth` crucial steps with probability at least
    1 / (links·length^(depth − 1)) [BKMN10].
    """

    depth: int = 3
    length: int = 100
    by: int = 1_000_000_000

    @property
    def intends(self) -> Change:
        return "time" if self.by else "none"

    def schedule(self, view: JointView) -> Scheduler:
        return Priorities(view, self)


class Priorities:
    """The state of one run under PCT."""

    def __init__(self, view: JointView, law: Pct) -> None:
        self._view = view
        self._law = law
        self._ranks: dict[tuple[int, int], int] = {}
        self._copies = 0
        self._lowest = 1 << 32
        self._changes = {
            view.draw(law.length, "pct-change", k) for k in range(max(0, law.depth - 1))
        }

    def __call__(self, outline: Outline) -> int:
        link = (outline.sender, outline.receiver)
        rank = self._ranks.setdefault(link, self._view.draw(1 << 32, "pct", *link))
        if self._copies in self._changes:
            self._lowest += 1
            rank = self._ranks[link] = self._lowest
        self._copies += 1
        return min(rank, 1 << 32) * self._law.by >> 32
