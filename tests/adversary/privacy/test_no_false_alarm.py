"""Two hundred honest configurations, exact and statistical: no leak is reported in any.

Each is one protocol, one n and t, one field, one corrupted set of at most t. The statistical ones
have a family-wise level of 10^-6 each, so all of them together err with less than 10^-4.
"""

from itertools import combinations

import attrs
import pytest

from turncoat.adversary.privacy.checks import bgw, large_fields, sharing
from turncoat.adversary.privacy.exact import exact
from turncoat.adversary.privacy.programs import SessionProgram
from turncoat.adversary.privacy.registry import of_method
from turncoat.adversary.privacy.statistical import scan
from turncoat.protocols.arithmetic.session import make
from turncoat.protocols.session import Request

SLOW_FIELD = 7  # over which products of two are still quick, and those with a sum are not
OWNERS = {"dot": ("alice", "bob"), "mean": ("alice", "bob", "carol")}
NAMES = ("alice", "bob", "carol")


def additive():
    for n in (2, 3, 4):
        for size in range(1, n):
            for corrupted in combinations(range(2, n + 1), size):
                for p in (2, 3, 5, 7, 11):
                    yield sharing.additive(n, p, corrupted)


def shamir():
    for n, t in ((3, 1), (4, 1), (5, 1), (5, 2), (6, 2)):
        for size in range(1, t + 1):
            for corrupted in combinations(range(2, n + 1), size):
                for p in (7, 11):
                    yield sharing.shamir(n, t, p, corrupted)


def products():
    for seat in (1, 2, 3):
        for closed in (False, True):
            yield bgw.ensemble(5, "xy", (seat,), closed=closed)
            yield bgw.ensemble(5, "xy + w", (seat,), closed=closed)
            yield bgw.ensemble(SLOW_FIELD, "xy", (seat,), closed=closed)


def programs():
    for name, owners in OWNERS.items():
        for opening in ("all", "king"):
            inputs = {who: {"x": [0]} if who in owners else {} for who in NAMES}
            layout = {who: dict.fromkeys(own, (1,)) for who, own in inputs.items()}
            request = Request(
                use="bgw", names=NAMES, inputs=inputs, layout=layout, program=name, field="5",
                options={"opening": opening},
            )  # fmt: skip
            program = SessionProgram(session=make(request))
            for seat in (1, 2, 3):
                yield program.ensemble(f"{name}, {opening}", (seat,))


def toys():
    for info in of_method("exact"):
        if info.name.startswith(("beaver", "masked-sum")):
            yield from info.make()


EXACT = [*additive(), *shamir(), *products(), *programs(), *toys()]


def sampled():
    """BGW over 61 bits, for several n and t, and every corrupted set that does not own x or y."""
    for n, t in ((3, 1), (4, 1), (5, 2), (7, 3)):
        for size in range(1, t + 1):
            for corrupted in [*combinations(range(3, n + 1), size)][:4]:
                for seed in (1, 2):
                    experiment = next(large_fields.bgw_views())
                    honest = attrs.evolve(experiment.ensemble, n=n, t=t, corrupted=corrupted)
                    yield honest, seed


SAMPLED = [*sampled()]


def test_there_are_two_hundred_configurations():
    """EXACT by enumeration, and SAMPLED by two samples; no two are the same."""
    assert (len(EXACT), len(SAMPLED)) == (164, 42)
    assert len(EXACT) + len(SAMPLED) >= 200
    described = {(e.name, e.field.name, e.n, e.t, e.corrupted, e.main) for e in EXACT}
    assert len(described) == len(EXACT)


@pytest.mark.slow
def test_no_exact_check_of_an_honest_protocol_reports_a_leak():
    for ensemble in EXACT:
        result = exact(ensemble)
        assert result.distance == 0, ensemble
        assert result.wrong is None


@pytest.mark.slow
def test_no_statistical_check_of_an_honest_protocol_reports_a_leak():
    for ensemble, seed in SAMPLED:
        assert not scan(ensemble, large_fields.ALIKE, 50, seed).leaks, ensemble
