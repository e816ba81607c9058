"""Products of SPDZ: a random product is opened against, and consumed. Entry by entry, of matrices,
and squares.

Knows nothing of where a triple comes from, and not whether it is right: `sacrifice.py` sees to
that.
"""

from turncoat.actors.party import Party
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.spdz.auth_share import AuthShare
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.partial_open import Opening, partial_open
from turncoat.protocols.spdz.stock import MatrixTriple, Square, Triple


@declares(
    name="spdz/multiply",
    cost=Cost("1", "2*n*(n-1)*m", per_role={"party": "2*(n-1)*m"}),
    cites=("Beaver91", "DPSZ12, figure 'Online', Multiply"),
)
async def multiply(
    party: Party,
    key: MacKey,
    x: AuthShare,
    y: AuthShare,
    triple: Triple,
    opening: Opening = partial_open,
) -> AuthShare:
    """⟨x·y⟩, entry by entry, from a triple of their shape.

    Active security for any t < n once the openings are checked. One round, in which each party
    sends 2m elements to every other; through a king two rounds and 4(n − 1)m elements in all.
    """
    # 1. Open d = x − a and e = y − b.
    d, e = await opening(party, key, x - triple.a, y - triple.b)

    # 2. z = c + d·b + e·a + d·e, of which the last two are e·(a + d).
    return triple.c + d * triple.b + e * key.add(triple.a, d)


@declares(
    name="spdz/dot",
    cost=Cost("1", "n*(n-1)*k", per_role={"party": "(n-1)*k"}),
    cites=("Beaver91", "MZ17, section 4.2, matrix triples"),
)
async def matrix_product(
    party: Party,
    key: MacKey,
    x: AuthShare,
    y: AuthShare,
    triple: MatrixTriple,
    opening: Opening = partial_open,
) -> AuthShare:
    """⟨x @ y⟩ for vectors and matrices, from a triple of their shapes.

    The same two steps with a product that is bilinear, too. Each party sends every other the
    entries of both factors, k together, and nothing for those of the result.
    """
    # 1. Open d = x − a and e = y − b.
    d, e = await opening(party, key, x - triple.a, y - triple.b)

    # 2. z = c + d @ b + (a + d) @ e.
    return triple.c + d @ triple.b + key.add(triple.a, d) @ e


@declares(
    name="spdz/square",
    cost=Cost("1", "n*(n-1)*m", per_role={"party": "(n-1)*m"}),
    cites=("DPSZ12, section 'Squaring'",),
)
async def square(
    party: Party, key: MacKey, x: AuthShare, pair: Square, opening: Opening = partial_open
) -> AuthShare:
    """⟨x²⟩, entry by entry, from a square of its shape: half the price of a product."""
    # 1. Open d = x − a.
    (d,) = await opening(party, key, x - pair.a)

    # 2. z = c + 2·d·a + d².
    return pair.c + d * key.add(pair.a + pair.a, d)
