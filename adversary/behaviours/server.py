"""The lies of an aggregation server: what it tells whom about who is there.

Messages are known by their kinds and fields alone: `clients` is a packed list of ascending indices
of 4 bytes, and what belongs to its members follows in the list's order in other fields of bytes.
Every lie keeps the message well-formed, so that what is under test is the clients' check.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
import numpy as np

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import Action, parts, told
from turncoat.adversary.joint_view import Place

_INDEX = np.dtype("<u4")


def listed(body: Any) -> list[int]:
    """The clients of a message; none if it has no list."""
    packed = parts(body, "clients", bytes).get("clients", b"")
    return np.frombuffer(packed[: len(packed) // 4 * 4], _INDEX).tolist()


def packed(clients: Sequence[int]) -> bytes:
    return np.array(clients, _INDEX).tobytes()


def of_list(place: Place, change: Callable[[Envelope, list[int]], list[int]]) -> Action:
    """The action that tells each receiver another list of clients, if there is one to tell."""

    def tell(envelope: Envelope) -> Iterator[Envelope]:
        before = listed(envelope.body)
        after = sorted(set(change(envelope, before))) if before else before
        yield told(envelope, {"clients": packed(after)} if after != before else {})

    return tell


@attrs.frozen
class SplitSurvivors:
    """Tell half of the clients that `victim` has dropped out, and the others that it is there: the
    ones reveal its mask key, the others its self-mask, and together its input.

    victim: by default the first client of each list. The consistency round of [BIKMMPRSS17] is
    there to stop this; Flower checks only the length of the list.
    """

    victim: int | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        def tell(envelope: Envelope, clients: list[int]) -> list[int]:
            victim = clients[0] if self.victim is None else self.victim
            said = sorted(envelope.said)
            misled = said[len(said) // 2 :]
            if envelope.receiver not in misled or envelope.receiver == victim:
                return clients
            return [client for client in clients if client != victim]

        return of_list(place, tell)


@attrs.frozen
class DropSurvivor:
    """Tell everybody but `victim` that it has dropped out, although its input has come: the server
    then has both the input and the mask key, and only the self-mask protects it."""

    victim: int | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        def tell(envelope: Envelope, clients: list[int]) -> list[int]:
            victim = clients[0] if self.victim is None else self.victim
            if envelope.receiver == victim:
                return clients
            return [client for client in clients if client != victim]

        return of_list(place, tell)


@attrs.frozen
class SmallCohort:
    """Tell each client that only it and the first others, `keep` in all, are left: a sum over so
    few is no secret. A client must refuse any list below its threshold."""

    keep: int = 1

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        def tell(envelope: Envelope, clients: list[int]) -> list[int]:
            others = [client for client in clients if client != envelope.receiver]
            own = [envelope.receiver] if envelope.receiver in clients else []
            return own + others[: max(0, self.keep - len(own))]

        return of_list(place, tell)


@attrs.frozen
class GhostSurvivor:
    """Tell the clients that somebody has survived who never took part: index `ghost`, by default
    one beyond the list. A client must refuse survivors that shared no keys with it."""

    ghost: int | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        return of_list(
            place,
            lambda _, clients: [*clients, max(clients) + 1 if self.ghost is None else self.ghost],
        )


@attrs.frozen
class ForgeSignatures:
    """Pass on one client's signature as everybody's: sound bytes, wrong signer. Flamingo's
    decryptor had a place for the check, and no check in it."""

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        def forge(envelope: Envelope) -> Iterator[Envelope]:
            body = envelope.body
            count = len(listed(body))
            signatures = parts(body, "signatures", bytes).get("signatures", b"")
            if count < 2 or len(signatures) % count:
                yield envelope
                return
            forged = signatures[: len(signatures) // count] * count
            yield told(envelope, {"signatures": forged} if forged != signatures else {})

        return forge


@attrs.frozen
class SwapKeys:
    """Hand out one client's keys as `victim`'s: whoever encrypts for the victim encrypts for `of`.

    of, victim: by default the last and the first of those whose keys are in the message. Without a
    directory or signatures nobody can tell: Flower relays keys like this, unsigned.
    """

    victim: int | None = None
    of: int | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        return self._swap

    def _swap(self, envelope: Envelope) -> Iterator[Envelope]:
        body = envelope.body
        members = [client for client in listed(body) if client != envelope.receiver]
        keys = parts(body, "keys", bytes).get("keys", b"")
        if len(members) < 2 or len(keys) % len(members):
            yield envelope
            return
        width = len(keys) // len(members)
        each = [keys[k * width : (k + 1) * width] for k in range(len(members))]
        victim = members[0] if self.victim is None else self.victim
        source = members[-1] if self.of is None else self.of
        if victim in members and source in members:
            each[members.index(victim)] = each[members.index(source)]
        swapped = b"".join(each)
        yield told(envelope, {"keys": swapped} if swapped != keys else {})
