"""Quantities: what is written is read exactly, and back again."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.scenarios import units
from turncoat.scenarios.problems import Refusal
from turncoat.scenarios.units import Comparison

PARSERS = [
    units.duration,
    units.positive_duration,
    units.rate,
    units.size,
    units.count,
    units.probability,
    units.number,
]


@given(st.integers(0, units.LONGEST))
def test_a_duration_survives_being_shown(nanoseconds):
    assert units.duration(units.show_duration(nanoseconds)) == nanoseconds


@given(st.integers(0, 2**80))
def test_a_size_survives_being_shown(octets):
    assert units.size(units.show_size(octets)) == octets


@given(st.integers(1, 2**80))
def test_a_rate_survives_being_shown(bits_per_second):
    assert units.rate(units.show_rate(bits_per_second)) == bits_per_second


@given(st.fractions())
def test_a_number_survives_being_shown(exact):
    assert units.number(units.show_number(exact)) == exact


@given(st.sampled_from(["==", "<=", ">=", "<", ">"]), st.integers(0, 2**62))
def test_a_comparison_survives_being_shown(relation, bound):
    meant = Comparison(relation, bound)
    shown = units.show_comparison(meant, lambda n: n)
    assert units.comparison(shown, units.count) == meant


@given(st.integers(0, 10**6), st.integers(0, 999), st.sampled_from(sorted(units.NANOSECONDS)))
def test_decimals_are_exact(whole, thousandths, unit):
    """Against integers alone: no float lies between the text and the nanoseconds."""
    text = f"{whole}.{thousandths:03} {unit}"
    nanoseconds, remainder = divmod((whole * 1000 + thousandths) * units.NANOSECONDS[unit], 1000)
    if remainder:
        with pytest.raises(Refusal, match="finer"):
            units.duration(text)
    else:
        assert units.duration(text) == nanoseconds


@given(st.sampled_from(PARSERS), st.text() | st.floats() | st.integers() | st.booleans())
def test_whatever_is_written_is_read_or_refused(parse, value):
    with suppress(Refusal):
        parse(value)


@given(st.text(alphabet="<>=!~≤≥ 0123456789.kMBsm", max_size=12))
def test_whatever_is_written_as_a_comparison_is_read_or_refused(text):
    for quantity in (units.count, units.size, units.duration):
        with suppress(Refusal):
            assert units.comparison(text, quantity).bound >= 0


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("40 ms", 40_000_000),
        ("40ms", 40_000_000),
        ("0.25 ms", 250_000),
        ("1_000 us", 1_000_000),
        ("3 µs", 3_000),
        ("3 μs", 3_000),
        ("1.5 h", 5_400_000_000_000),
        ("2 min", 120_000_000_000),
        ("0 s", 0),
    ],
)
def test_durations(text, nanoseconds):
    assert units.duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "bits"), [("100 Mbit/s", 10**8), ("1.5 kbit/s", 1500), ("1 Gbit/s", 10**9)]
)
def test_rates(text, bits):
    assert units.rate(text) == bits


@pytest.mark.parametrize(
    ("text", "octets"), [("64 kB", 64_000), ("64 KiB", 65_536), ("0.5 kB", 500), (12, 12)]
)
def test_sizes(text, octets):
    assert units.size(text) == octets


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0.005, Fraction(1, 200)),
        ("0.5 %", Fraction(1, 200)),
        ("1/3", Fraction(1, 3)),
        (0.1, Fraction(1, 10)),
        (1, Fraction(1)),
        (1e-05, Fraction(1, 100_000)),
    ],
)
def test_probabilities_are_the_fractions_that_were_written(value, exact):
    assert units.probability(value) == exact


@pytest.mark.parametrize(
    ("parse", "value", "remedy"),
    [
        (units.rate, "100 MB/s", '"800 Mbit/s"'),
        (units.rate, "100 Mbps", '"100 Mbit/s"'),
        (units.rate, "100 Mb/s", '"100 Mbit/s"'),
        (units.rate, "1 KB/s", '"8 kbit/s"'),
        (units.size, "64 kbit", '"8 kB"'),
        (units.duration, "40 msec", '"40 ms"'),
        (units.duration, "40 S", '"40 s"'),
        (units.duration, "3 sec", '"3 s"'),
        (units.probability, 5, '"5 %"'),
    ],
)
def test_a_likely_slip_is_answered_with_what_was_meant(parse, value, remedy):
    with pytest.raises(Refusal) as caught:
        parse(value)
    assert remedy in caught.value.suggestion


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (units.duration, 40),
        (units.duration, "40"),
        (units.duration, "-1 ms"),
        (units.duration, "1e3 ms"),
        (units.duration, "300 years"),
        (units.duration, "99999999999 h"),
        (units.duration, "9" * 5000),
        (units.positive_duration, "0 s"),
        (units.rate, 100),
        (units.rate, "0 Mbit/s"),
        (units.rate, "0.5 bit/s"),
        (units.size, "0.5 B"),
        (units.size, -1),
        (units.size, True),
        (units.count, True),
        (units.probability, "1/0"),
        (units.probability, "101 %"),
        (units.probability, -0.1),
        (units.probability, True),
        (units.probability, float("nan")),
        (units.number, float("inf")),
        (units.number, "7"),
    ],
)
def test_refused(parse, value):
    with pytest.raises(Refusal):
        parse(value)


@pytest.mark.parametrize(
    ("text", "relation", "holds", "fails"),
    [("<= 12", "<=", 12, 13), (">= 3", ">=", 3, 2), ("< 5", "<", 4, 5), ("> 5", ">", 6, 5)],
)
def test_comparisons_hold_up_to_their_bound(text, relation, holds, fails):
    bound = units.comparison(text, units.count)
    assert bound.relation == relation
    assert bound.holds(holds)
    assert not bound.holds(fails)


def test_a_bare_quantity_means_exactly_or_at_most_as_the_key_wants():
    assert units.comparison(12, units.count) == Comparison("==", 12)
    assert units.comparison("64 kB", units.size) == Comparison("==", 64_000)
    assert units.comparison("2 s", units.duration, "<=") == Comparison("<=", 2 * 10**9)
