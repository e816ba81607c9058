"""Echo broadcast, a committed coin toss and random bits against their functionalities, on F_5.

Active ones are judged under one fixed deviation each. The hash of an echo is taken over all lanes
at once: two parties that heard the same in every lane have one hash, and no two values share one.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from turncoat.actors.link import SECOND
from turncoat.actors.party import Party
from turncoat.actors.wire import elements, message
from turncoat.adversary.behaviours.presence import Withhold
from turncoat.adversary.behaviours.tamper import AddError
from turncoat.adversary.binding import Behaviour
from turncoat.adversary.coalition import Attack, Coalition, assemble
from turncoat.adversary.privacy.checks import sharing
from turncoat.adversary.privacy.ensemble import Ensemble, Inputs
from turncoat.adversary.privacy.ideal import IdealWorld, Number, Simulation
from turncoat.adversary.privacy.stand_ins import ideal_commit_and_open
from turncoat.adversary.selector import Selector
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.algebra.polynomial import lagrange
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.random_bit import random_bits
from turncoat.protocols.primitives.echo_broadcast import echo_broadcast

P = 5
F = prime_field(P)
EVERYBODY = (1, 2, 3)
CHEATER = 3


def _does(name: str, behaviour: Behaviour, when: Selector) -> Coalition:
    return assemble([Attack(name, behaviour, (CHEATER,), when)])


# -- echo broadcast --------------------------------------------------------------------------------


@message
class Said:
    """What a party broadcasts."""

    value: Vec = elements()

    def said(self) -> bytes:
        return bytes(self.value.field.storage.packed(self.value.array))


async def broadcasting(party: Party, field: Algebra, own: Vec) -> Vec:
    """Everybody broadcasts its input; what was heard, in the order of the parties."""
    heard = await echo_broadcast(party, Said(own), SECOND)
    return field.concatenate([heard[j].value for j in EVERYBODY])


def all_said(inputs: Inputs) -> dict[int, tuple[int, ...]]:
    """F_BC: everybody hears everything."""
    return dict.fromkeys(EVERYBODY, tuple(inputs[j][0] for j in EVERYBODY))


def simulate_broadcast(s: Simulation) -> None:
    """The values are what F_BC says; the echoes follow from them."""
    values = s.outputs[CHEATER]
    for j in (1, 2):
        s.message(j, CHEATER, "", "Said", value=values[j - 1])
        s.message(j, CHEATER, "", "Echo")


def simulate_equivocation(s: Simulation) -> None:
    """P3 told P1 something else: the echoes of P1 and P2 differ, and both stop."""
    simulate_broadcast(s)
    for j in (1, 2):
        s.message(j, CHEATER, "#abort", "AbortAnnouncement")
    s.abort("broadcast-mismatch")


def _broadcast(name: str, deviation: Behaviour | None) -> Ensemble:
    when = Selector(kind="Said", to=frozenset({1}))
    return Ensemble(
        name=name, field=F, n=3, t=2, main=broadcasting, inputs=dict.fromkeys(EVERYBODY, 1),
        functionality=all_said, corrupted=(CHEATER,), idealised=("the hash: of all lanes at once",),
        deviation=None if deviation is None else partial(_does, "equivocate", deviation, when),
    )  # fmt: skip


def broadcast() -> Iterator[IdealWorld]:
    """P3 only listens, and P3 tells P1 something else."""
    yield IdealWorld(real=_broadcast("echo broadcast", None), simulate=simulate_broadcast)
    yield IdealWorld(
        real=_broadcast("echo broadcast, P3 equivocates", AddError(1)),
        simulate=simulate_equivocation,
    )


# -- a coin toss with commitments ------------------------------------------------------------------


async def committed_toss(party: Party, field: Algebra, own: Vec) -> Vec:
    """Σ c_i, where everybody has committed to its c_i before any is opened."""
    opened = await ideal_commit_and_open(party, Said(field.random(party.coins, 1)), SECOND)
    total = field.zeros(1)
    for said in opened.values():
        total = total + said.value
    return total


def fair(s: Simulation, inputs: Inputs) -> Mapping[int, tuple[Number, ...]]:
    """F_Coin: one uniform element, for everybody."""
    return dict.fromkeys(EVERYBODY, (s.uniform("the coin"),))


def simulate_refusal(s: Simulation) -> None:
    """F_Coin tells P3 the coin first; it has heard c_1 and c_2, and never opens its own."""
    (c_3,), (coin,), c_1 = s.coins(CHEATER, ""), s.outputs[CHEATER], s.uniform("c_1")
    s.message(1, CHEATER, "", "Said", value=c_1)
    s.message(2, CHEATER, "", "Said", value=coin - c_1 - c_3)
    for j in (1, 2):
        s.message(j, CHEATER, "#abort", "AbortAnnouncement")
    s.abort("timeout")


def refused_coin() -> Iterator[IdealWorld]:
    """A party that has seen the coin may keep the others from it, and no more."""
    withheld = partial(_does, "withhold", Withhold(), Selector(kind="Said"))
    real = Ensemble(
        name="a coin toss, P3 does not open", field=F, n=3, t=2, main=committed_toss, inputs={},
        functionality=sharing.nothing, corrupted=(CHEATER,), deviation=withheld,
        idealised=("F_Com for commitments (nobody rushes)",),
    )  # fmt: skip
    yield IdealWorld(real=real, simulate=simulate_refusal, functionality=fair)


# -- random bits, given that none is tried twice ---------------------------------------------------


async def tossing(party: Party, field: Algebra, own: Vec) -> Vec:
    """A random bit, opened."""
    bit = await random_bits(party.sub("bits"), field, (1,))
    return await open_to_all(party.sub("open"), bit)


def fair_bit(s: Simulation, inputs: Inputs) -> Mapping[int, tuple[Number, ...]]:
    """A uniform bit, for everybody."""
    return dict.fromkeys(EVERYBODY, (s.uniform("the bit", below=2),))


def simulate_bit(i: int, s: Simulation) -> None:
    """The view of P_i, from the bit alone: a² is a uniform square other than 0, whatever the bit.

    Paper: [DFKNT06], over F_5, whose squares are 1 = 1² and 4 = 2².
    """
    others = [j for j in EVERYBODY if j != i]
    here = "bits/attempt"

    # 1. a = s_1 + s_2 + s_3: what others deal is uniform to P_i.
    secret, slope = s.coins(i, f"{here}/random", 2)
    a_i: Number = secret + slope * i
    for j in others:
        u = s.uniform(f"f_{j}({i})")
        s.message(j, i, f"{here}/random", "RandomShare", values=u)
        a_i = a_i + u

    # 2. a², reshared and opened: shares on the line through (0, a²) and (i, z_i).
    (k,) = s.coins(i, f"{here}/square")
    g: dict[int, Number] = {i: a_i * a_i + k * i}
    for j in others:
        g[j] = s.uniform(f"g_{j}({i})")
        s.message(j, i, f"{here}/square", "SubShare", values=g[j])
    lam = lagrange(EVERYBODY, field=F)
    z_i = lam[0] * g[1] + lam[1] * g[2] + lam[2] * g[3]
    root = s.uniform("√a²", below=2) + 1
    _opening(s, i, f"{here}/open", root * root, z_i)

    # 3. b = (a/√(a²) + 1)/2, opened; 1/1 = 1 and 1/2 = 3.
    (b,) = s.outputs[i]
    _opening(s, i, "open", b, (a_i * (root * 2 - 1) + 1) * 3)


def _opening(s: Simulation, i: int, sid: str, value: Number, own: Number) -> None:
    for j in EVERYBODY:
        if j != i:
            at_zero, at_i = lagrange((0, i), at=j, field=F)
            s.message(j, i, sid, "PartialOpening", values=at_zero * value + at_i * own)


def bit() -> Iterator[IdealWorld]:
    """For each seat, on the tapes on which the first attempt succeeds: 4/5 of them."""
    for seat in EVERYBODY:
        real = Ensemble(
            name="a random bit", field=F, n=3, t=1, main=tossing, inputs={},
            functionality=sharing.nothing, corrupted=(seat,), paths=2,
            given={"protocols/bgw/random_bit.py": True},
        )  # fmt: skip
        yield IdealWorld(real=real, simulate=partial(simulate_bit, seat), functionality=fair_bit)
