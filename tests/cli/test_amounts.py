"""Numbers in words and pages as lines: what is read back is what went in."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.cli import amounts
from turncoat.cli.ends import named
from turncoat.cli.page import Grid, Headline, Line, Text, plain, show
from turncoat.scenarios import units

COUNTS = st.integers(0, 10**16)


@given(COUNTS)
def test_bytes_read_back_within_half_a_digit(count):
    read = units.size(amounts.octets(count))
    assert abs(read - count) <= max(0, count // 19)
    assert count >= 1000 or read == count


@given(st.integers(0, 10**15))
def test_a_virtual_time_reads_back_within_its_last_digit(nanoseconds):
    read = units.duration(amounts.virtual(nanoseconds).replace(",", ""))
    assert abs(read - nanoseconds) <= (500_000 if nanoseconds >= 10**7 else 500)


@given(st.integers(0, 10**6), st.sampled_from(sorted(units.NANOSECONDS)))
def test_a_duration_is_written_as_people_would(amount, unit):
    nanoseconds = amount * units.NANOSECONDS[unit]
    written = amounts.duration(nanoseconds)
    assert abs(units.duration(_plain(written)) - nanoseconds) <= nanoseconds // 10**5


def _plain(text):
    """%g may write 1e+06, which no scenario file would."""
    number, unit = text.split()
    return f"{float(number):.6f} {unit}" if "." in number or "e" in number else text


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [(1, "round", "1 round"), (2000, "message", "2,000 messages"), (3, "party", "3 parties"),
     (0, "entry", "0 entries"), (1, "entry", "1 entry")],
)  # fmt: skip
def test_counts_agree_with_their_nouns(number, noun, words):
    assert amounts.count(number, noun) == words


@given(st.lists(st.text("abc", min_size=1), max_size=8, unique=True))
def test_a_short_list_of_names_has_each_of_them(names):
    text = amounts.names(names)
    assert re.split(", | and ", text) == (names or ["nobody"])


def test_a_long_list_of_names_says_how_many_are_left_out():
    assert amounts.names([f"p{i}" for i in range(20)]).endswith("p5 and 14 more")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"value": 41240.0, "exact": "206200/5"}, "41240 (= 206200/5)"),
        ({"value": 0.5, "exact": "1/2"}, "0.5 (= 1/2)"),
        ({"low": 1, "high": [2, 3]}, "low = 1, high = [2, 3]"),
        (list(range(10)), "[0, 1, 2, 3, 4, 5, … 10 entries]"),
        (2**70, str(2**70)),
    ],
)
def test_outputs_read_like_their_json(value, words):
    assert amounts.output(value) == words


@given(st.lists(st.sampled_from(["alice", "bob", "P1", "P2"]), min_size=1, max_size=12))
def test_indices_become_names_whatever_the_names_are(names):
    indices = [f"P{i}" for i in range(1, len(names) + 1)]
    assert named(", ".join(indices), names) == ", ".join(names)
    assert named("P99 of SP1 in P1x", ["alice"]) == "P99 of SP1 in P1x"


# Pages

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=12)


@given(
    st.integers(1, 4).flatmap(
        lambda k: st.lists(st.lists(CELLS, min_size=k, max_size=k), min_size=1)
    )
)
def test_columns_of_a_plain_grid_line_up(rows):
    lines = plain(Grid([f"c{k}" for k in range(len(rows[0]))], rows))
    assert len(lines) == len(rows) + 1
    second = lines[0].find("c1")
    assert all(
        len(line) <= second or line[second - 2 : second] == "  " for line in lines if second > 0
    )


WORDS = st.text("abc", min_size=1, max_size=120)


@given(WORDS, WORDS)
def test_a_headline_has_both_ends_however_long_they_are(left, right):
    (line,) = plain(Headline(left, right))
    assert line.startswith(f"{left}  ")
    assert line.endswith(f"  {right}")
    assert len(line) == max(88, len(left) + 2 + len(right))


@given(st.lists(CELLS, min_size=1, max_size=6))
def test_a_terminal_gets_the_same_words(cells):
    """rich may wrap and pad, but it loses and interprets nothing: no markup, no emoji codes."""
    words = [f"[bold]{re.sub(r'[^a-z]', '', cell)}:smile:" for cell in cells]
    stream = io.StringIO()
    stream.isatty = lambda: True
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        patch.setenv("TERM", "xterm")
        show([Text(words[0]), Line("label", words[-1]), Grid(["a"], [[w] for w in words])], stream)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert all(word in shown for word in words)


def test_a_dumb_terminal_gets_plain_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    stream = io.StringIO()
    stream.isatty = lambda: True
    show([Headline("a", "b", "bad"), Grid((), [("x", "y")])], stream)
    assert "\x1b" not in stream.getvalue()
