"""Lies about values: the receiver gets a sound message that says something else.

On all copies, the sender's own included, a lie is *consistent* (a dealt polynomial is shifted as a
whole, and the liar keeps its lie); aimed at some receivers (`to`) it is not.
"""

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import Action, of_vectors, parts, told, vectors, width
from turncoat.adversary.joint_view import Place
from turncoat.protocols.algebra.vec import Vec


@attrs.frozen
class AddError:
    """Add `offset` to every field element of the message, or of its field `part`.

    For ε ≠ 0 and a MAC under a key that nobody knows, the check of [DKLPSS13] lets it pass with
    probability (2p − 1)/p²; without a MAC it is another value.
    """

    offset: int = 1
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.offset else "none"

    def act(self, place: Place) -> Action:
        return of_vectors(lambda _, vec: vec + self.offset if self.offset else vec, self.part)


@attrs.frozen
class SetValue:
    """Say `value` for every field element. What the honest value was does not matter any more."""

    value: int = 0
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        return of_vectors(lambda _, vec: vec.field.full(vec.shape, self.value), self.part)


@attrs.frozen
class Scale:
    """Multiply every field element by `factor`: of a Shamir dealing, another secret."""

    factor: int = 2
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "none" if self.factor == 1 else "value"

    def act(self, place: Place) -> Action:
        return of_vectors(lambda _, vec: vec * self.factor if self.factor != 1 else vec, self.part)


@attrs.frozen
class Garble:
    """Say uniform elements of the same shape, fresh for every receiver: a party that babbles."""

    part: str | None = None

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        def babble(envelope: Envelope, vec: Vec) -> Vec:
            name = (envelope.sender, envelope.sid, envelope.kind, envelope.receiver)
            words = place.view.seam.draws.many("garble", name, vec.size)
            return vec.field(np.array(words, dtype=object).reshape(vec.shape))

        return of_vectors(babble, self.part)


@attrs.frozen
class FlipBits:
    """XOR `mask` onto every element's representative, every integer, and the first byte of every
    string of bytes: what a faulty memory would do, with the message still well-formed."""

    mask: int = 1
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "value" if self.mask else "none"

    def act(self, place: Place) -> Action:
        return self._flip

    def _flip(self, envelope: Envelope) -> Iterator[Envelope]:
        body, mask = envelope.body, self.mask
        changes = {name: self._flipped(vec) for name, vec in vectors(body, self.part).items()}
        for name, value in parts(body, self.part, int).items():
            changes[name] = value ^ mask % (1 << 8 * width(body, name))
        for name, value in parts(body, self.part, bytes).items():
            changes[name] = bytes([value[0] ^ mask & 255]) + value[1:] if value else value
        yield told(envelope, changes if mask else {})

    def _flipped(self, vec: Vec) -> Vec:
        integers = vec.field.storage.integers(vec.array)
        flipped = [(int(value) ^ self.mask) % vec.field.order for value in integers.reshape(-1)]
        return vec.field(np.array(flipped, dtype=object).reshape(vec.shape))


@attrs.frozen
class SwapEntries:
    """Exchange two entries of every vector that has both: every value was honestly made, and none
    is where it belongs."""

    first: int = 0
    second: int = 1
    part: str | None = None

    @property
    def intends(self) -> Change:
        return "none" if self.first == self.second else "value"

    def act(self, place: Place) -> Action:
        return of_vectors(lambda _, vec: self._swapped(vec), self.part)

    def _swapped(self, vec: Vec) -> Vec:
        a, b = self.first, self.second
        if a == b or max(a, b) >= vec.size:
            return vec
        order = np.arange(vec.size)
        order[[a, b]] = b, a
        return vec.ravel()[order].reshape(vec.shape)


@attrs.frozen
class OffByOne:
    """Change one number of the message by `step`: an entry of a vector that the adversary's coins
    pick, the same for all receivers, or the integers of a message without vectors.

    Small-scope mutation: most bugs of agreement protocols need no greater lie.
    """

    step: int = 1

    @property
    def intends(self) -> Change:
        return "value" if self.step else "none"

    def act(self, place: Place) -> Action:
        def nudge(envelope: Envelope) -> Iterator[Envelope]:
            body, changes = envelope.body, dict[str, Any]()
            if self.step and (found := {k: v for k, v in vectors(body).items() if v.size}):
                name, vec = next(iter(found.items()))
                changes[name] = self._nudged(vec, place.draw(vec.size, envelope.sid, envelope.kind))
            elif self.step:
                for name, value in parts(body, None, int).items():
                    changes[name] = (value + self.step) % (1 << 8 * width(body, name))
            yield told(envelope, changes)

        return nudge

    def _nudged(self, vec: Vec, entry: int) -> Vec:
        error = np.zeros(vec.size, dtype=object)
        error[entry] = self.step
        return vec + vec.field(error.reshape(vec.shape))
