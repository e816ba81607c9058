"""SPDZ's online phase under a fixed lie: partial opening, MAC check and output, as the family has
them, with ideal commitments and coins.

P2 adds ε to its share of d. The check lets it pass with (2p − 1)/p²; then the output d·y is off by
ε·y, and two inputs with equal outputs look different: 9/25 over F_5.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from turncoat.actors.link import SECOND
from turncoat.actors.party import Party
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.coalition import Attack, Coalition, assemble
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.adversary.privacy.ideal import IdealWorld, Simulation
from turncoat.adversary.privacy.stand_ins import IDEAL
from turncoat.adversary.privacy.tapes import PUBLIC
from turncoat.adversary.selector import Selector
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.spdz.auth_share import AuthShare
from turncoat.protocols.spdz.mac_check import mac_check
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.output import output
from turncoat.protocols.spdz.partial_open import partial_open
from turncoat.protocols.toys.authenticated import Dealt, deal_authenticated

P = 5
DEALER, CHEATER = 3, 2
ROLES = {"parties": (1, CHEATER), "dealer": (DEALER,)}
NEEDED, STAND_INS = IDEAL["spdz"]
OFFSET = 1


def soundness(p: int) -> Fraction:
    """How often one lie passes: α or its coefficient r is 0."""
    return Fraction(2 * p - 1, p * p)


async def opening(party: Party, field: Algebra, own: Vec) -> Vec | None:
    """The dealer's d, opened and checked."""
    dealt = await deal_authenticated(party.sub("deal"), field, {"d": own})
    if dealt is None:
        return None
    key, share = _held(party, dealt)
    (d,) = await partial_open(party.sub("open"), key, share["d"])
    await mac_check(party.sub("check"), key)
    return d


async def scaled(party: Party, field: Algebra, own: Vec) -> Vec | None:
    """d, partially opened, then d·⟨y⟩, put out: what every product does with its openings."""
    dealt = await deal_authenticated(party.sub("deal"), field, {"d": own[:1], "y": own[1:]})
    if dealt is None:
        return None
    key, share = _held(party, dealt)
    (d,) = await partial_open(party.sub("open"), key, share["d"])
    return field.concatenate([d, await output(party.sub("output"), key, share["y"] * d)])


def _held(party: Party, dealt: Dealt) -> tuple[MacKey, dict[str, AuthShare]]:
    """The dealer's words in the family's own."""
    key = MacKey(dealt.alpha, first=party.me == 1, delta=SECOND)
    return key, {name: AuthShare(x.value, x.mac) for name, x in dealt.shares.items()}


def lie(offset: int) -> Coalition:
    """P2 adds ε to its share of d, wherever it says it."""
    when = Selector(kind="PartialOpening", sid="open")
    return assemble([Attack("add-error", AddError(offset), (CHEATER,), when)])


def opened(inputs: Inputs) -> dict[int, tuple[int, ...]]:
    """d for both."""
    return dict.fromkeys((1, 2), inputs[DEALER])


def opened_and_scaled(p: int, inputs: Inputs) -> dict[int, tuple[int, ...]]:
    """d and d·y for both."""
    d, y = inputs[DEALER]
    return dict.fromkeys((1, 2), (d, d * y % p))


def online(p: int, offset: int | None) -> Ensemble:
    """d and d·y over F_p, under a lie of `offset`, or under none."""
    return Ensemble(
        name="SPDZ d, d·y" if offset is None else f"SPDZ d, d·y, ε = {offset}",
        field=prime_field(p),
        n=2,
        t=1,
        main=scaled,
        roles=ROLES,
        inputs={DEALER: 2},
        functionality=partial(opened_and_scaled, p),
        corrupted=(CHEATER,),
        deviation=None if offset is None else partial(lie, offset),
        soundness=soundness(p) if offset else Fraction(0),
        idealised=NEEDED,
        stand_ins=STAND_INS,
        paths=4 if offset else 1,
    )


def honest() -> Iterator[Ensemble]:
    yield online(P, None)
    yield online(P, 0)


def lied_to() -> Iterator[Ensemble]:
    yield online(P, OFFSET)


# -- against an ideal opening ----------------------------------------------------------------------


def open_or_abort(s: Simulation) -> None:
    """F_Open gives d to the simulator and, since P2 lies, to no honest party.

    The simulator deals to P2 what F_Prep would, and knows α: so it can say the σ_1 that follows
    from P2's lie.
    """
    (d,) = s.outputs[CHEATER]
    alpha, alpha_2, d_2, mac_2 = (s.uniform(x) for x in ("α", "α_2", "d_2", "γ_2"))
    (r,) = s.coins(CHEATER, f"check/toss/{PUBLIC}")
    s.message(DEALER, CHEATER, "deal", "ToyKeyShare", values=alpha_2)
    s.message(DEALER, CHEATER, "deal/d", "ToyAuthShare", value=d_2, mac=mac_2)
    s.message(1, CHEATER, "open", "PartialOpening", values=d - d_2)
    mac_1, alpha_1 = alpha * d - mac_2, alpha - alpha_2
    s.message(1, CHEATER, "check/sigma", "MacShare", sigma=r * mac_1 - alpha_1 * r * (d + OFFSET))
    s.message(1, CHEATER, "#abort", "AbortAnnouncement")
    s.abort("mac-check-failed")


def against_ideal() -> Iterator[IdealWorld]:
    real = Ensemble(
        name="an SPDZ opening, ε = 1",
        field=prime_field(P),
        n=2,
        t=1,
        main=opening,
        roles=ROLES,
        inputs={DEALER: 1},
        functionality=opened,
        corrupted=(CHEATER,),
        deviation=partial(lie, OFFSET),
        soundness=soundness(P),
        idealised=NEEDED,
        stand_ins=STAND_INS,
        paths=4,
    )
    yield IdealWorld(real=real, simulate=open_or_abort)
