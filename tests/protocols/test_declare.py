"""Formulas, costs, guarantees and the registry of declarations."""

import ast
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.protocols import declare
from turncoat.protocols.declare import Cost, Facts, Guarantee, declarations, declared, declares
from turncoat.protocols.formula import check_formula, holds, value

AT = {"n": 7, "t": 3, "m": 5, "k": 9}
LEAVES = st.one_of(st.sampled_from(sorted(AT)), st.integers(0, 50).map(str))
FORMULAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda f: f"({f[0]} {f[1]} {f[2]})"),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(
            lambda f: f"{f[0]}({f[1]}, {f[2]})"
        ),
        inner.map(lambda f: f"-({f})"),
    ),
    max_leaves=12,
)


@given(FORMULAS)
def test_a_formula_has_the_value_python_gives_it(text):
    """The oracle is Python's own compiler, which the product never uses."""
    code = compile(ast.parse(text, mode="eval"), "formula", "eval")
    expected = eval(code, {"max": max, "min": min, "__builtins__": {}}, dict(AT))

    assert value(text, AT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n*(n-1)*m", 210),
        ("t + 3*(n-1)/2", 12),
        ("2*n*(n-1)/(n-t)", 21),
        ("n/2", Fraction(7, 2)),
        ("ceil(n/2)", 4),
        ("ceil(log2(k))", 4),
        ("log2(8)", 3),
        ("2**t", 8),
        ("m**-1", Fraction(1, 5)),
    ],
)
def test_published_shapes_of_formulas_are_exact(text, expected):
    assert value(text, AT) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n +",
        "q",
        "n.real",
        "__import__('os')",
        "open(n)",
        "max(n, key=m)",
        "[n]",
        "n if t else m",
        "1.5*n",
        "True",
        "n < m",
        "n**(1/2)",
        "lambda: n",
    ],
)
def test_anything_outside_the_grammar_is_refused_when_declared(text):
    with pytest.raises(ValueError, match="formula"):
        check_formula(text)
    with pytest.raises(ValueError, match="formula"):
        Cost("1", text)


def test_a_threshold_is_exactly_one_comparison():
    assert holds("t < n/2", {"n": 7, "t": 3})
    assert not holds("t < n/2", {"n": 6, "t": 3})
    with pytest.raises(ValueError, match="one comparison"):
        holds("n/2", AT)
    with pytest.raises(ValueError, match="one comparison"):
        holds("0 < t < n", AT)


def test_a_cost_evaluates_totals_and_roles():
    cost = Cost("1", "n*(n-1)*m", per_role={"party": "(n-1)*m"})

    figures = cost.evaluate(n=5, t=2, m=10)

    assert figures.rounds == 1
    assert figures.elements_total == 200
    assert dict(figures.per_role) == {"party": 40}


PASSIVE = Guarantee(
    adversary="passive",
    threshold="t < n/2",
    network="asynchronous",
    abort="selective",
    soundness="0",
    reveals="the outputs",
)
EVERYBODY = frozenset({1, 2, 3, 4, 5})


@given(
    n=st.integers(3, 5),
    t=st.integers(1, 3),
    listening=st.sets(st.integers(1, 5)).map(frozenset),
    lying=st.sets(st.integers(1, 5)).map(frozenset),
    silent=st.sets(st.integers(1, 5)).map(frozenset),
)
def test_a_passive_guarantee_is_in_force_within_its_bounds_only(n, t, listening, lying, silent):
    facts = Facts(n=n, t=t, corrupted_passive=listening, corrupted_active=lying, silent=silent)

    assert PASSIVE.in_force(facts) == (
        2 * t < n and len(listening) <= t and not lying and not silent
    )
    assert bool(PASSIVE.exceeded(facts)) != PASSIVE.in_force(facts)


def test_a_guarantee_says_what_exceeds_it():
    facts = Facts(n=3, t=1, corrupted_active=frozenset({3}), silent=frozenset({2}))

    assert PASSIVE.exceeded(facts) == (
        "it is passive, but P3 deviated",
        "it waits for every party, but P2 fell silent",
    )


def test_where_only_honest_parties_are_awaited_corrupted_ones_may_fall_silent():
    active = Guarantee(
        adversary="active",
        threshold="t < n/3",
        network="asynchronous",
        abort="none",
        soundness="0",
        reveals="the outputs",
        termination="honest parties",
    )
    liar = frozenset({4})

    assert active.in_force(Facts(n=4, t=1, corrupted_active=liar, silent=liar))
    assert not active.in_force(Facts(n=4, t=1, corrupted_active=liar, silent=frozenset({1})))


def test_a_declaration_stands_beside_the_function_and_in_the_registry(monkeypatch):
    monkeypatch.setattr(declare, "_REGISTRY", {})

    @declares(name="toy/b", cost=Cost("1", "m"), cites=("Toy",))
    async def toy_step():
        """What it yields.

        More.
        """

    @declares(name="toy/a", cost=Cost("0", "0"), cites=())
    async def another_step():
        """Nothing."""

    assert declared(toy_step).summary == "What it yields."
    assert declared(toy_step).function is toy_step
    assert [d.name for d in declarations()] == ["toy/a", "toy/b"]
    with pytest.raises(ValueError, match="declares no cost"):
        declared(test_a_cost_evaluates_totals_and_roles)


def test_one_name_cannot_be_declared_twice(monkeypatch):
    monkeypatch.setattr(declare, "_REGISTRY", {})
    declares(name="toy", cost=Cost("1", "m"), cites=())(lambda: None)

    with pytest.raises(ValueError, match="another name"):
        declares(name="toy", cost=Cost("1", "m"), cites=())(lambda: None)


def test_a_formula_without_a_value_is_an_error_not_a_crash():
    assert value("2*n*(n-1)/(n-t)", {"n": 3, "t": 1}) == 6
    with pytest.raises(ValueError, match="divides by zero"):
        value("n/(n-t)", {"n": 3, "t": 3})
