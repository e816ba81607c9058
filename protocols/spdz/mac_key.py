"""A party's share of the one MAC key of a run, and what hangs on it: constants, waits, checks.

The key lives until a check fails, times out or is left unfinished: what the parties then know of α
would let a liar pass the next one. Knows no message.
"""

from collections.abc import Generator
from contextlib import contextmanager

import attrs

from turncoat.actors.errors import MisuseError, ProtocolAbort
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.spdz.auth_share import AuthShare
from turncoat.protocols.spdz.check_queue import CheckQueue


@attrs.define(eq=False)
class MacKey:
    """α_i at P_i.

    alpha: of length 1. first: is this P_1, which adds public constants to its share of the value?
    delta: Δ, for which every wait under this key lasts at most [ns].
    """

    alpha: Vec = attrs.field(repr=False)
    first: bool
    delta: int
    queue: CheckQueue = attrs.field(factory=CheckQueue, repr=False)
    _checking: str = ""
    _death: ProtocolAbort | None = None

    def constant(self, c: Vec) -> AuthShare:
        """⟨c⟩ for a public c: c itself at P_1, and α_i·c as everybody's share of its MAC."""
        value = c if self.first else c.field.zeros(c.shape)
        return AuthShare(value, c * self.alpha)

    def add(self, x: AuthShare, c: Vec) -> AuthShare:
        """⟨x + c⟩ for a public c of x's shape. Local."""
        return AuthShare(x.value + c if self.first else x.value, x.mac + c * self.alpha)

    def require_alive(self) -> None:
        """Raises the ProtocolAbort that the key died of, if it is dead."""
        if self._death is not None:
            death = self._death
            raise ProtocolAbort(
                death.reason,
                death.accused,
                death.missing,
                f"the MAC key is dead: {death}",
                evidence=death.evidence,
            )

    @contextmanager
    def check(self, sid: str) -> Generator[None]:
        """One check, from its first message to its verdict; unless it passes, the key dies.

        Raises ProtocolAbort if the key is dead, MisuseError while another check is under way.
        """
        self.require_alive()
        if self._checking:
            raise MisuseError(
                f"{sid} would check under the key of {self._checking}, which is under way: name "
                "strands that check to the key, by `key.queue.fork`"
            )
        self._checking, passed = sid, False
        try:
            yield
            passed = True
        except ProtocolAbort as abort:
            self._death = abort
            raise
        finally:
            self._checking = ""
            if not passed and self._death is None:
                self._death = ProtocolAbort("dead-key", detail=f"{sid} was not finished")
