"""An aggregation server that gives a client its own keys in the place of everybody's.

What the client then deals to its peers, it deals to the server: all shares of both its secrets.
Only a PKI tells it whose keys they are.
"""

from collections.abc import Iterator, Mapping

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.rule import Change
from turncoat.adversary.behaviours.lies import Action, told
from turncoat.adversary.coalition import Attack, Coalition, assemble
from turncoat.adversary.joint_view import Place
from turncoat.adversary.privacy.checks.aggregation import (
    PRIOR,
    SERVER,
    THRESHOLD,
    VICTIM,
    AggregationViews,
    N,
    drawn,
)
from turncoat.adversary.privacy.recovery import Recovery
from turncoat.adversary.privacy.unmasking import Unmasking
from turncoat.adversary.selector import Selector
from turncoat.adversary.views import View
from turncoat.protocols.aggregation.aggregation import SID
from turncoat.protocols.aggregation.client_secrets import route
from turncoat.protocols.aggregation.messages import PAIR_BYTES, SHARE_BYTES, TAG_BYTES
from turncoat.protocols.primitives.aead import unseal
from turncoat.protocols.primitives.key_agreement import KeyPair
from turncoat.protocols.primitives.key_derivation import derive_key

PEERS = tuple(i for i in range(1, N + 1) if i != VICTIM)
# Two pairs of the server's own for each peer whom it plays: for the channel, and for the mask.
OWN = {w: (KeyPair(bytes([w]) * 32), KeyPair(bytes([w + 100]) * 32)) for w in PEERS}


@attrs.frozen
class OwnKeys:
    """Tell the victim that everybody's keys are these."""

    @property
    def intends(self) -> Change:
        return "value"

    def act(self, place: Place) -> Action:
        keys = b"".join(channel.public + mask.public for channel, mask in OWN.values())

        def tell(envelope: Envelope) -> Iterator[Envelope]:
            yield told(envelope, {"keys": keys})

        return tell


def _swap() -> Coalition:
    when = Selector(kind="KeyList", to=frozenset({VICTIM}))
    return assemble([Attack("own-keys", OwnKeys(), (SERVER,), when)])


def guesses(source: AggregationViews, view: View) -> Iterator[tuple[int, ...]]:
    """The victim's input, from the shares that it encrypted under keys of the server's own."""
    sealed = next((m.fields for m in view.received if _from_victim(m.kind, m.sender)), None)
    if sealed is None:
        return
    advertised = next(
        m.fields for m in view.received if m.kind == "AdvertisedKeys" and m.sender == VICTIM
    )
    shares = _opened(sealed, advertised["encryption"])
    attacker = Unmasking(parameters=source.parameters, sid=SID, victim=VICTIM, asked={})
    masks = {w: mask.public for w, (_, mask) in OWN.items()}
    yield from attacker.unmasked(view, shares["s"], shares["b"], masks)


def _from_victim(kind: str, sender: int) -> bool:
    return kind == "EncryptedShares" and sender == VICTIM


def _opened(sealed: Mapping[str, bytes], public: bytes) -> dict[str, dict[int, bytes]]:
    """Peer → its share, of each of the two secrets."""
    sid, found = SID.encode(), dict[str, dict[int, bytes]](s={}, b={})
    for k, (w, (channel, _)) in enumerate(OWN.items()):
        body = sealed["bodies"][k * PAIR_BYTES : (k + 1) * PAIR_BYTES]
        tag = sealed["tags"][k * TAG_BYTES : (k + 1) * TAG_BYTES]
        key = derive_key(channel.agree(public), b"channel " + sid)
        pair = unseal(key, *route(sid, VICTIM, w), body, tag)
        found["s"][w], found["b"][w] = pair[:SHARE_BYTES], pair[SHARE_BYTES:]
    return found


def _recovery(source: AggregationViews, planted: AggregationViews) -> Recovery:
    return Recovery(
        source=source, planted=planted, extractor="own keys", guesses=guesses, victim=VICTIM,
        draw=drawn, prior=PRIOR,
    )  # fmt: skip


def _trusting() -> AggregationViews:
    return AggregationViews(
        name="aggregation without a PKI, swapped keys", corrupted=(SERVER,), deviation=_swap
    )


def swapped() -> Iterator[Recovery]:
    """Semi-honest variant: nobody vouches for keys."""
    yield _recovery(_trusting(), _trusting())


def swapped_with_pki() -> Iterator[Recovery]:
    """Active variant: the victim checks the signatures, and stops."""
    vouched = attrs.evolve(
        _trusting(), name="aggregation with a PKI, swapped keys", model="active",
        threshold=THRESHOLD,
    )  # fmt: skip
    yield _recovery(vouched, _trusting())
