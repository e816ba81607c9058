"""Messages that no honest party forms: of the wrong length, of no meaning, of the wrong degree.

A receiver ends with an accusation of the sender, never with an exception. Lengths that a protocol
takes from its peers once raised a threshold (WSTS), and an empty list once passed every check.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.actors.wire import Encoded, Structures, encode
from turncoat.adversary.behaviours.lies import Action, of_vectors, told, vectors
from turncoat.adversary.joint_view import Place
from turncoat.protocols.algebra.polynomial import interpolate
from turncoat.protocols.algebra.vec import Vec

Style = Literal["cut", "extra", "unreduced", "none"]
STYLES: Mapping[Style, str] = {
    "cut": "the last byte is missing",
    "extra": "a byte too many",
    "unreduced": "every bit is set: no canonical element",
    "none": "as it should be",
}


@attrs.frozen
class WrongLength:
    """Vectors with `by` entries more (zeros) or fewer, or with exactly `length` entries."""

    by: int = 1
    length: int | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.by or self.length is not None else "none"

    def act(self, place: Place) -> Action:
        return of_vectors(lambda _, vec: self._cut(vec), None)

    def _cut(self, vec: Vec) -> Vec:
        size = max(0, vec.size + self.by) if self.length is None else self.length
        if size == vec.size:
            return vec
        flat = vec.ravel()
        more = vec.field.zeros(max(0, size - vec.size))
        return vec.field.concatenate([flat[:size], more]) if more.size else flat[:size]


@attrs.frozen
class Malformed:
    """Bytes that no encoder produces, in place of the message; see `STYLES`."""

    style: Style = "cut"

    def __attrs_post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"no style {self.style!r} of malformed bytes; there are {[*STYLES]}")

    @property
    def intends(self) -> Change:
        return "none" if self.style == "none" else "bytes"

    def act(self, place: Place) -> Action:
        def garble(envelope: Envelope) -> Iterator[Envelope]:
            if self.style == "none" or envelope.receiver == place.party:
                yield envelope
                return
            data = self._garbled(envelope, place.view.seam.structures)
            yield attrs.evolve(envelope, body=Encoded(envelope.kind, data))

        return garble

    def _garbled(self, envelope: Envelope, structures: Structures) -> bytes:
        data = encode(envelope.body, structures)
        if self.style == "unreduced":
            return b"\xff" * len(data)
        return data[:-1] if self.style == "cut" and data else data + b"\x00"


@attrs.frozen
class WrongDegree:
    """Deal on a polynomial of degree t + `excess`: P_j's share grows by j^(t + excess), and f(0)
    stays what it was. The shares of any t + 1 parties determine another value than those of others.
    """

    excess: int = 1
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.excess else "none"

    def act(self, place: Place) -> Action:
        def bend(envelope: Envelope, vec: Vec) -> Vec:
            degree = place.view.t + self.excess
            return vec + pow(envelope.receiver, degree, vec.field.order) if self.excess else vec

        return of_vectors(bend, self.part)


@attrs.frozen
class InconsistentDealing:
    """Deal on two polynomials of the right degree, whose secrets are `offset` apart: the later half
    of the others gets its shares from the second one."""

    offset: int = 1
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.offset else "none"

    def act(self, place: Place) -> Action:
        def deal(envelope: Envelope, vec: Vec) -> Vec:
            others = place.view.others(place.party)
            later = others[len(others) // 2 :]
            return vec + self.offset if self.offset and envelope.receiver in later else vec

        return of_vectors(deal, self.part)


@attrs.frozen
class IndexZero:
    """Deal to `victim` the share of a party with index 0: the secret itself.

    victim: the party after oneself by default. A dealer that takes indices from its peers, and
    evaluates at the one it is told, is led to this by a peer called 0.
    """

    victim: int | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        def deal(envelope: Envelope) -> Iterator[Envelope]:
            others = place.view.others(place.party)  # nobody, for who is alone in its role
            victim = self.victim or (others[0] if others else None)
            if envelope.receiver != victim:
                yield envelope
                return
            yield told(
                envelope,
                {name: self._at_zero(envelope, name) for name in vectors(envelope.body)},
            )

        return deal

    def _at_zero(self, envelope: Envelope, name: str) -> Vec:
        """The dealt polynomial at 0, from all the shares that were about to be sent."""
        return interpolate({j: getattr(body, name) for j, body in envelope.said.items()})
