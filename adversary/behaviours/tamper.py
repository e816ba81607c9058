"""Lies about values, typed: at the level of field elements, so that what is under test is the
protocol's check and not the decoder."""

from collections.abc import Callable, Iterable, Iterator

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.actors.wire import Encoded, format_of


@attrs.frozen
class AddError:
    """Add `offset` to every field element that the message carries.

    On all copies of a dealing, the sender's own included, this is a *consistent* lie: the dealt
    polynomial is shifted as a whole. Aimed at one receiver (`to`), it is an inconsistent one.
    """

    offset: int = 1

    @property
    def intends(self) -> Change:
        return "value" if self.offset else "none"

    def act(self) -> Callable[[Envelope], Iterable[Envelope]]:
        return self._shift

    def _shift(self, envelope: Envelope) -> Iterator[Envelope]:
        body = envelope.body
        if type(body) is Encoded or not self.offset:
            yield envelope
            return
        vectors = format_of(envelope.kind).vectors
        shifted = {name: getattr(body, name) + self.offset for name in vectors}
        yield attrs.evolve(envelope, body=attrs.evolve(body, **shifted))
