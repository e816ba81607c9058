"""Seeds between pairs of parties, from which t of a dealer's n shares are derived by both ends.

Any t shares of a fresh sharing of degree t are uniform and independent of the secret. So a dealer
may let t of them be whatever a generator says, and choose the one polynomial through these and
the secret: the joint distribution of all shares is the one that it always was. Whoever holds one
of the t shares knows the generator's seed, shares it with the dealer alone, and needs no message.

With truly random strings in the generator's place nothing changes at all; with AES-128 privacy is
computational. Knows neither products nor inputs.
"""

from collections.abc import Mapping
from hashlib import blake2b

import attrs

from turncoat.actors.party import Party
from turncoat.actors.wire import Shape, message, octets
from turncoat.protocols.algebra.field import Field, Vec
from turncoat.protocols.algebra.polynomial import lagrange
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.primitives.symmetric import AesCtrTape

SEED_BYTES = 16  # κ = 128


@message
class PairwiseSeed:
    """k_ij from P_i to P_j: what P_j's shares of P_i's dealings are derived from."""

    key: bytes = octets(SEED_BYTES, payload=True)


def successors(party: Party, dealer: int) -> tuple[int, ...]:
    """The t parties after the dealer, in a circle: those that derive their shares of its dealings.
    With n = 2t + 1, every pair of parties has one seed."""
    at = party.everyone.index(dealer) + 1
    circle = party.everyone[at:] + party.everyone[:at]
    return circle[: party.t]


@attrs.frozen
class PairwiseSeeds:
    """One party's seeds. of_own: successor → seed, for own dealings. of_others: dealer → seed."""

    of_own: Mapping[int, bytes] = attrs.field(repr=False)
    of_others: Mapping[int, bytes] = attrs.field(repr=False)

    def deal(self, party: Party, secret: Vec) -> dict[int, Vec]:
        """A sharing of degree t: the shares of those that cannot derive theirs, and the own."""
        field = secret.field
        given = {j: derived(key, party.sid, field, secret.shape) for j, key in self.of_own.items()}
        points, values = (0, *given), (secret, *given.values())
        rest = (j for j in party.everyone if j not in given)
        return {j: field.combine(lagrange(points, j, field=field), values) for j in rest}

    def derives(self, dealer: int) -> bool:
        """Does this party derive its shares of that dealer's secrets?"""
        return dealer in self.of_others

    def share(self, party: Party, dealer: int, field: Field, shape: Shape) -> Vec:
        """This party's share of what `dealer` deals under this sid."""
        return derived(self.of_others[dealer], party.sid, field, shape)


def derived(key: bytes, sid: str, field: Field, shape: Shape) -> Vec:
    """Pseudo-random elements for one sid. A sid sees one dealing of a dealer, so none repeats."""
    digest = blake2b(sid.encode(), key=key, digest_size=SEED_BYTES, person=b"pairwise seed")
    return field.random(AesCtrTape(digest.digest()), shape)


@declares(
    name="bgw/pairwise-seeds",
    cost=Cost("1", "0", octets_total="16*n*t"),
    cites=("Keller20, the cost model of MP-SPDZ",),
)
async def pairwise_seeds(party: Party) -> PairwiseSeeds:
    """A seed with each of the t parties after oneself, and with each of the t before.

    One round, in which each party sends t seeds of 16 bytes. Private channels make them seeds.
    """
    own = {j: party.coins.octets(SEED_BYTES) for j in successors(party, party.me)}
    party.send_each({j: PairwiseSeed(key) for j, key in own.items()})
    before = [i for i in party.others if party.me in successors(party, i)]
    heard = await party.gather(PairwiseSeed, before)
    return PairwiseSeeds(own, {i: heard[i].key for i in before})
