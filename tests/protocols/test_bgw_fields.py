"""BGW over fields that are no integers modulo a prime, and which structures it refuses."""

import pytest

from turncoat.protocols.algebra.notation import parse_structure
from turncoat.protocols.algebra.shamir import Share
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.parameters import BgwParameters
from turncoat.protocols.bgw.random_element import random_elements
from turncoat.protocols.bgw.random_invertible import random_invertible
from turncoat.protocols.bgw.share_input import share_input

from .conftest import Bench

FIELDS = ["GF(2^8)", "GF(2^128)", "2^127 - 1", "F_101"]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("encode", [False, True])
def test_products_are_those_of_the_field(name, encode, values):
    field = parse_structure(name)
    x, y = field([0, 1, 2, 3, 87]), field([5, 6, 7, 100, 92])

    async def product(party):
        own = x if party.me == 1 else y
        a = await share_input(party.sub("x"), 1, own, x.shape)
        b = await share_input(party.sub("y"), 2, own, y.shape)
        return (
            (await open_to_all(party.sub("open"), await multiply(party, a, b))).integers().tolist()
        )

    run = Bench(field).run(5, product, encode=encode)

    assert values(run) == [(x * y).integers().tolist()] * 5


@pytest.mark.parametrize("name", FIELDS)
def test_random_elements_lie_on_polynomials_and_inverses_are_inverses(name, values):
    field = parse_structure(name)

    async def drawn(party):
        r = await random_elements(party.sub("random"), field, (6,))
        s = await random_invertible(party.sub("invertible"), field, (6,))
        one = await multiply(party.sub("multiply"), s.element, s.inverse)
        opened = await open_to_all(party.sub("open.r"), r)
        ones = await open_to_all(party.sub("open.one"), one)
        return opened.integers().tolist(), ones.integers().tolist()

    found = values(Bench(field).run(5, drawn))

    assert found == found[:1] * 5
    assert found[0][1] == [1] * 6
    assert len(set(found[0][0])) > 1


@pytest.mark.parametrize(
    ("name", "n", "message"),
    [
        ("Z_2^64", 3, "BGW shares over a field, and Z_2\\^64 is none"),
        ("GF(2)", 3, "use a field of more than 3 elements"),
        ("F_7", 7, "use a field of more than 7 elements"),
    ],
)
def test_structures_without_points_for_all_parties_are_refused(name, n, message):
    with pytest.raises(ValueError, match=message):
        BgwParameters.make(n, None, parse_structure(name))


def test_a_binary_field_has_points_for_as_many_parties_as_it_has_elements_but_one():
    assert BgwParameters.make(255, None, parse_structure("GF(2^8)")).t == 127
    with pytest.raises(ValueError, match="use a field of more than 256 elements"):
        BgwParameters.make(256, None, parse_structure("GF(2^8)"))


def test_a_share_of_an_extension_field_is_a_value_of_its_polynomial():
    field = parse_structure("GF(2^8)")
    share = Share(field([3]), 1)

    assert (share * share).degree == 2
    assert (share * share).values == field([5])  # (x + 1)² = x² + 1
