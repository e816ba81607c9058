"""The exact check against an enumeration without lanes, against closed forms, and its refusals."""

from collections import Counter
from fractions import Fraction
from itertools import product

import attrs
import numpy as np
import pytest

from turncoat.actors.topology import Cast
from turncoat.actors.world import World
from turncoat.adversary.privacy import exact as exact_module
from turncoat.adversary.privacy.checks import bgw, controls, sharing, spdz
from turncoat.adversary.privacy.ensemble import Ensemble
from turncoat.adversary.privacy.exact import exact, first_layout, law_of
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.adversary.privacy.laws import unpacked
from turncoat.adversary.privacy.registry import CHECKS, check, of_method
from turncoat.adversary.views import view_of
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.bgw.pairwise_seeds import pairwise_seeds
from turncoat.protocols.bgw.random_bit import random_bits

LONG = {"bgw-xy+w-f7", "bgw-xy+w-closed-f7"}  # 40 million runs a seat
QUICK = [info for info in of_method("exact") if info.name not in LONG]


@pytest.mark.parametrize("info", QUICK, ids=lambda info: info.name)
def test_a_check_finds_what_it_is_there_to_find(info):
    """Proofs come out perfect, deviations at their soundness error, controls leaking."""
    for ensemble in info.make():
        result = exact(ensemble)
        assert result.verdict == info.expects, result
        assert (result.distance == 0) == (info.expects == "PERFECT")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LONG))
def test_xy_plus_w_over_f7_is_perfect(name):
    """[GRR98], n = 3, t = 1: 117,649 tapes × 343 inputs, for each seat."""
    for ensemble in check(name).make():
        result = exact(ensemble, workers=0)
        assert result.verdict == "PERFECT"
        assert (result.tapes, result.inputs, result.runs) == (7**6, 7**3, 7**9)


# -- an oracle that shares no code with lanes ------------------------------------------------------


class Scripted:
    """Coins in a row; counts what it was asked for."""

    def __init__(self, script):
        self.script, self.asked = list(script), []

    def uniform(self, bound, count):
        self.asked += [bound] * count
        drawn, self.script = self.script[:count], self.script[count:]
        return np.array((drawn + [0] * count)[:count], np.uint64)

    def octets(self, count):
        raise AssertionError


def one_by_one(ensemble, inputs):
    """The views of all tapes, one plain simulation each, as a Counter of received numbers."""

    def play(scripts):
        tapes = {}

        def coins(party, incarnation, sid, tape):
            script = () if (party, sid) in ensemble.stuck else scripts.get((party, sid), ())
            return tapes.setdefault((party, sid), Scripted(script))

        async def main(party):
            own = ensemble.field(list(inputs.get(party.me, ())))
            return await ensemble.main(party, ensemble.field, own)

        run = World(
            cast=Cast(tuple(f"P{i}" for i in ensemble.seats), ensemble.roles),
            tapes=lambda key: None, t=ensemble.t, topology=ensemble.topology,
            structures={"field": ensemble.field}, keep_bodies=True, coins=coins,
        ).run(main)  # fmt: skip
        return view_of(run.journal, ensemble.corrupted, inputs), tapes

    _, tapes = play({})
    names = {name: tape.asked for name, tape in tapes.items() if name not in ensemble.stuck}
    views = Counter()
    ranges = [range(bound) for asked in names.values() for bound in asked]
    for digits in product(*ranges):
        rest, scripts = list(digits), {}
        for name, asked in names.items():
            scripts[name], rest = rest[: len(asked)], rest[len(asked) :]
        view, _ = play(scripts)
        own = [scripts[n] for n in sorted(names) if n[0] in ensemble.corrupted]
        received = [
            value.array.tolist()
            for message in view.received
            if message.sender not in ensemble.corrupted
            for value in message.fields.values()
        ]
        views[tuple(x for row in (*own, *received) for x in row)] += 1
    return views


@pytest.mark.parametrize(
    "ensemble",
    [
        sharing.additive(3, 3, (2, 3)), sharing.additive(3, 3, (2,)), sharing.shamir(3, 1, 5, (2,)),
        next(controls.unreduced()), next(controls.reused_coin()),
    ],
    ids=lambda e: f"{e.name} {e.corrupted}",
)  # fmt: skip
def test_lanes_give_the_multiset_of_one_run_after_the_other(ensemble):
    """The same protocol, one World.run for every tape, counted by a Counter."""
    ensemble = attrs.evolve(ensemble, again={})
    layout = first_layout(ensemble)
    for inputs in [*ensemble.all_inputs()][:4]:
        law = law_of(ensemble, layout, inputs).law
        found = Counter()
        for shape, tally in law.tallies.items():
            for row, count in zip(tally.rows.T, tally.counts, strict=True):
                found[tuple(unpacked(shape.columns, row).values())] += int(count)
        assert found == one_by_one(ensemble, inputs)


# -- closed forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [5, 7, 11])
def test_an_unreduced_product_leaks_by_its_middle_coefficient(p):
    """Two inputs are (p − 1)/p apart: f·g has a middle coefficient that says more than a line."""
    ensemble = attrs.evolve(
        bgw.ensemble(p, "xy", (3,), closed=False), main=controls.unreduced_product
    )
    assert exact(ensemble).distance == Fraction(p - 1, p)


@pytest.mark.parametrize(("p", "offset"), [(3, 1), (3, 2), (5, 3)])
def test_a_lie_under_a_mac_costs_exactly_its_soundness_error(p, offset):
    """[DKLPSS13]: (2p − 1)/p², for every ε ≠ 0. Over F_5: 9/25."""
    result = exact(spdz.online(p, offset))
    assert result.distance == Fraction(2 * p - 1, p * p)
    assert result.verdict == "SOUND"


def test_the_harmless_twin_of_the_lie_is_perfect():
    result = exact(spdz.online(3, 0))
    assert result.verdict == "PERFECT"


def test_a_lie_without_a_declared_soundness_error_is_a_leak():
    ensemble = attrs.evolve(spdz.online(3, 1), soundness=Fraction(0))
    assert exact(ensemble).verdict == "LEAK"


def test_a_deviation_that_never_acts_is_inconclusive():
    """Semantics 6: a selector that matches nothing must not turn green."""
    idle = attrs.evolve(spdz.online(3, 1), main=sharing_main, inputs={3: 2})
    result = exact(idle)
    assert result.verdict == "INCONCLUSIVE"
    assert result.idle is not None


async def sharing_main(party, field, own):
    return None


def test_more_corruptions_than_t_are_found_and_t_are_not():
    for corrupted in ((2,), (3,), (2, 3)):
        result = exact(sharing.shamir(3, 1, 5, corrupted))
        assert result.verdict == ("LEAK" if len(corrupted) > 1 else "PERFECT")


# -- a checker that sees nothing, or compares nothing, is not green --------------------------------


async def mute(party, field, own):
    """Nobody says anything, and yet everybody claims to have an output."""
    return field(3)


def test_views_without_the_output_are_inconclusive():
    ensemble = attrs.evolve(bgw.ensemble(5, "xy", (3,), closed=False), main=mute)
    result = exact(ensemble)
    assert result.apart == 0
    assert result.wrong is not None
    assert result.verdict == "INCONCLUSIVE"


def test_nothing_to_compare_is_inconclusive():
    """The owner of the only secret has nothing to learn."""
    result = exact(sharing.shamir(3, 1, 5, (1,)))
    assert (result.comparisons, result.verdict) == (0, "INCONCLUSIVE")


# -- refusals --------------------------------------------------------------------------------------


async def branching(party, field, own):
    share = await bgw.dealt(party, "x", 1, own)
    return field(1) if share.values == field(2) else field(0)  # HERE


async def indexing(party, field, own):
    share = await bgw.dealt(party, "x", 1, own)
    return field([1, 2, 3, 4, 5])[int(share.values.array[0])]  # THERE


def line_with(mark):
    with open(__file__, encoding="utf-8") as file:
        return next(k for k, line in enumerate(file, 1) if f"# {mark}\n" in line)


@pytest.mark.parametrize(("main", "mark"), [(branching, "HERE"), (indexing, "THERE")])
def test_a_course_that_depends_on_coins_is_refused_with_its_line(main, mark):
    ensemble = attrs.evolve(sharing.shamir(3, 1, 5, (2,)), main=main)
    with pytest.raises(NotEnumerable, match=f"test_exact.py:{line_with(mark)}"):
        exact(ensemble)


def test_a_course_that_depends_on_coins_may_be_followed():
    """With `paths`, every course is run on its own tapes: nothing is lost of the law."""
    ensemble = attrs.evolve(sharing.shamir(3, 1, 5, (2,)), main=branching, paths=8)
    result = exact(ensemble)
    assert result.verdict == "PERFECT"
    assert result.views == 5


async def tossing(party, field, own):
    await random_bits(party.sub("bits"), field, (1,))


async def seeding(party, field, own):
    await pairwise_seeds(party.sub("seeds"))


@pytest.mark.parametrize(
    ("main", "place"),
    [(tossing, "protocols/bgw/random_bit.py:"), (seeding, "protocols/bgw/pairwise_seeds.py:")],
)
def test_protocols_that_cannot_be_enumerated_are_refused_with_the_place(main, place):
    """Random bits look whether a square is 0; seeds have 128 bits."""
    ensemble = attrs.evolve(sharing.shamir(3, 1, 5, (2,)), main=main)
    with pytest.raises(NotEnumerable, match=place):
        exact(ensemble)


def test_too_many_tapes_are_refused_with_the_count():
    """5^6 tapes × 5^3 inputs = 1,953,125, before anything is enumerated."""
    ensemble = bgw.ensemble(5, "xy + w", (1,), closed=False)
    with pytest.raises(NotEnumerable, match=r"15,625 tapes × 125 inputs = 1,953,125 runs"):
        exact(ensemble, most_tapes=10**6)
    large = attrs.evolve(ensemble, field=prime_field(11))
    with pytest.raises(NotEnumerable, match="more than 100,000,000"):
        exact(large)


# -- how it runs -----------------------------------------------------------------------------------


def test_the_result_does_not_depend_on_processes_or_batches(monkeypatch):
    ensemble = bgw.ensemble(5, "xy", (1,), closed=False)
    alone = exact(ensemble)
    monkeypatch.setattr(exact_module, "LANES", 700)
    assert exact(ensemble) == alone
    monkeypatch.setattr(exact_module, "WORTH_A_PROCESS", 0)
    assert exact(sharing.additive(2, 5, (2,)), workers=2) == exact(sharing.additive(2, 5, (2,)))


def test_progress_ends_where_it_said_it_would():
    seen = []
    result = exact(sharing.additive(3, 5, (2,)), progress=lambda *at: seen.append(at))
    assert seen[-1] == (result.runs, result.runs)


def test_all_exact_checks_of_the_cost_tables_are_registered():
    """protocol-costs, section 9: what to enumerate, and what must fail."""
    assert {i.name for i in CHECKS.values() if i.control and i.method == "exact"} == {
        "no-degree-reduction", "zero-resharing", "one-too-many", "b-used-twice", "no-self-masks",
        "unmasked-share", "reused-coin", "secret-size", "secret-time", "secret-abort",
    }  # fmt: skip


def test_an_unknown_check_names_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'bgw-xy-f5'"):
        check("bgw-xy-f55")


def test_an_ensemble_is_plain_data():
    """Two equal descriptions are equal, so a result can be repeated."""
    assert attrs.asdict(next(bgw.xy_5()), recurse=False)["name"] == "BGW xy"
    assert isinstance(next(bgw.xy_5()), Ensemble)
