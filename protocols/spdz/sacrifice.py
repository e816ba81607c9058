"""The sacrifice: products that may be wrong under valid MACs are held against others, and used up.

What the MAC check cannot see, since whoever made the product authenticated a wrong c. A pair of
products passes if both are right, and otherwise only for the one ρ that lets their errors cancel.
Knows nothing of where products come from.
"""

from collections.abc import Iterable, Iterator, Sequence

from turncoat.actors.errors import ProtocolAbort
from turncoat.actors.party import Party
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.declare import Cost, declares
from turncoat.protocols.primitives.coin_toss import coin_toss
from turncoat.protocols.spdz.auth_share import AuthShare
from turncoat.protocols.spdz.mac_check import mac_check
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.partial_open import Opening, partial_open
from turncoat.protocols.spdz.stock import MatrixTriple, Square, Triple

Product = Triple | MatrixTriple | Square


@declares(
    name="spdz/sacrifice",
    cost=Cost("14", "n*(n-1)*(k+m+1)", octets_total="32*n*(n-1)", framing_total="336*n*(n-1)"),
    cites=("DPSZ12, figure 'Prep', the sacrifice", "KOS16, figure 'Sacrifice'"),
)
async def sacrifice(
    party: Party,
    key: MacKey,
    pairs: Sequence[tuple[Product, Product]],
    opening: Opening = partial_open,
) -> None:
    """Return if every first product is right, as far as its second can tell; the second is spent.

    Active security for any t < n. A triple with c ≠ a·b passes with probability 1/p, exactly, for
    any error of the second; a square whose second is wrong, too, with up to 2/p. Fourteen rounds
    (two tosses, two openings, a check); k counts the entries of all a and b, m those of all c.
    Raises ProtocolAbort("sacrifice-failed"), which accuses nobody, and aborts as `mac_check` does.
    """
    if not pairs:
        return
    # 1. ρ is tossed after all products have been dealt.
    rho = key.alpha.field.random(await coin_toss(party.sub("toss"), key.delta), 1)

    # 2. Open ρ·a − â, and b − b̂ where there is one.
    masked = [_masked(first, second, rho) for first, second in pairs]
    opened = await opening(party.sub("mask"), key, *(share for part in masked for share in part))

    # 3. Open what is 0 if c = a·b and ĉ = â·b̂.
    values = iter(opened)
    zeros = [_zero(key, first, second, rho, values) for first, second in pairs]
    differences = await opening(party.sub("zero"), key, *zeros)
    _require_zero(party, differences)

    # 4. None of these openings is believed before it is checked.
    await mac_check(party.sub("check"), key)


def _masked(first: Product, second: Product, rho: Vec) -> list[AuthShare]:
    masked = [first.a * rho - second.a]
    if isinstance(first, Triple) and isinstance(second, Triple):
        masked.append(first.b - second.b)
    return masked


def _zero(
    key: MacKey, first: Product, second: Product, rho: Vec, opened: Iterator[Vec]
) -> AuthShare:
    """What is 0 for right products; the next of what was opened are d = ρ·a − â and e = b − b̂."""
    d = next(opened)
    if isinstance(first, Square):
        # ρ²·a² − â² = d·(ρ·a + â) = d·(2ρ·a − d).
        twice = first.a * (rho + rho)
        return first.c * (rho * rho) - second.c - d * key.add(twice, -d)
    # ρ·ab − âb̂ = ρ·ab − (ρ·a − d)(b − e) = (ρ·a − d)·e + d·b.
    e = next(opened)
    times = _matrices if isinstance(first, MatrixTriple) else _entries
    left, right = times(d, e, key.add(first.a * rho, -d), first.b)
    return first.c * rho - second.c - left - right


def _entries(d: Vec, e: Vec, a: AuthShare, b: AuthShare) -> tuple[AuthShare, AuthShare]:
    return a * e, d * b


def _matrices(d: Vec, e: Vec, a: AuthShare, b: AuthShare) -> tuple[AuthShare, AuthShare]:
    return a @ e, d @ b


def _require_zero(party: Party, differences: Iterable[Vec]) -> None:
    if any(vec.nonzero().any() for vec in differences):
        detail = f"{party.sid}: a product that was dealt is wrong"
        raise ProtocolAbort("sacrifice-failed", detail=detail)
