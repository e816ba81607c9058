"""`canonical`: a text that follows from a value alone, so that outcomes can be in a digest."""

from collections import OrderedDict
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.outcome import Aborted, Crashed, Output, Stalled, Wait
from turncoat.actors.rule import Receipt
from turncoat.actors.world import canonical

from .toys import Ping, Pong, Residues, Values

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.fractions(),
)
nested = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.frozensets(scalars, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.integers(), scalars, max_size=6), st.randoms())
def test_the_order_of_a_dict_or_set_does_not_show(table, rng):
    """Equal dicts, equal text, however they were filled; sets likewise."""
    items = list(table.items())
    rng.shuffle(items)
    assert canonical(dict(items)) == canonical(table) == canonical(OrderedDict(items))
    assert canonical(MappingProxyType(table)) == canonical(table)
    assert canonical(set(table)) == canonical(frozenset(k for k, _ in items))


def typed(value):
    """The value with its types, for comparison: in Python True == 1 == 1.0."""
    if isinstance(value, dict):
        return ("dict", {typed(k): typed(v) for k, v in value.items()})
    if isinstance(value, list):
        return ("list", [typed(v) for v in value])
    if isinstance(value, frozenset):
        return ("set", {typed(v) for v in value})
    return (type(value).__name__, repr(value))


@given(nested, nested)
def test_different_values_have_different_texts(one, other):
    """Injective on what programs return: numbers, texts, bytes, lists, dicts, sets of them."""
    assert (canonical(one) == canonical(other)) == (typed(one) == typed(other))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (-5, "-5"),
        (True, "True"),
        ("a'b", '"a\'b"'),
        (b"\0", "b'\\x00'"),
        ([1, "1"], "(1,'1')"),
        ([1], "(1,)"),
        ((), "()"),
        ({2: "b", 1: {3, 1}}, "{1:set(1,3),2:'b'}"),
        (Fraction(206200, 5), "Fraction(41240, 1)"),
        (np.array([[1, 2], [3, 4]], dtype=np.uint64), "((1, 2),(3, 4))"),
        (np.uint64(7), "7"),
        (Ping(1), "Ping{'number':1}"),
        (Output(Ping(1)), "Output{'value':Ping{'number':1}}"),
        (Crashed(5), "Crashed{'at':5}"),
    ],
)
def test_texts_by_hand(value, text):
    assert canonical(value) == text


def test_a_class_shows_its_name_and_what_it_compares_by():
    """Two messages with equal fields differ; the part of an abort that is for people does not
    count, as it does not in comparing."""
    assert canonical(Ping(1)) != canonical(Pong(1))
    assert canonical(Values(Residues((1,)))) != canonical(Values(Residues((2,))))
    assert canonical(Aborted("timeout", detail="x")) == canonical(Aborted("timeout", detail="y"))
    assert canonical(Aborted("timeout", frozenset({3, 1}))) == canonical(
        Aborted("timeout", frozenset({1, 3}))
    )
    assert canonical(Stalled((Wait("a", "Ping", (1,)),))) != canonical(Stalled(()))
    assert canonical(Receipt("x", 1, "none")) != canonical(Receipt("x", 1, "none", fired=1))


def test_an_address_never_shows():
    """An object that cannot be told apart by value is known by its class alone."""
    assert canonical(object()) == canonical(object()) == "<object>"
    assert canonical([lambda: 1]) == "(<function>)"
