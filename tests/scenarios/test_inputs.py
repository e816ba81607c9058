"""The numbers that parties bring: inline, from CSV, from .npy, or drawn from the seed."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.scenarios.inputs import Numbers, draw
from turncoat.scenarios.loader import loads
from turncoat.scenarios.problems import ScenarioError
from turncoat.scenarios.schema import RandomInput

HEAD = '[protocol]\nuse = "bgw"\n[parties]\nnames = ["alice", "bob"]\n'
INTEGERS = st.integers(-(2**63), 2**63 - 1)


def inputs(text, folder=".", seed=0):
    return loads(f"{HEAD}inputs = {text}\n", f"{folder}/scenario.toml").inputs_for(seed)


def refusal(text, folder="."):
    with pytest.raises(ScenarioError) as caught:
        inputs(text, folder)
    (problem,) = caught.value.problems
    return problem


# Inline


@given(st.lists(INTEGERS, max_size=5))
def test_a_bare_list_is_the_input_x(values):
    assert inputs(f"{{ alice = {values} }}") == {"alice": {"x": Numbers((len(values),), values)}}


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.data())
def test_nested_lists_have_the_shape_and_order_of_numpy(a, b, c, data):
    count = a * b * c
    array = np.array(data.draw(st.lists(INTEGERS, min_size=count, max_size=count)))
    nested = array.reshape(a, b, c).tolist()
    found = inputs(f"{{ bob = {{ w = {nested} }} }}")["bob"]["w"]
    assert found.shape == (a, b, c)
    assert found.flat == array.ravel().tolist()
    assert found.nested() == nested


@given(st.lists(st.integers(1, 2), max_size=2), st.integers(0, 2))
def test_empty_rows_keep_their_number(outer, last):
    shape = (*outer, last)
    nested = np.zeros(shape, dtype=int).tolist()
    found = inputs(f"{{ alice = {nested} }}")["alice"]["x"]
    assert found.shape == shape
    assert found.nested() == nested


def test_a_single_integer_has_length_one():
    assert inputs("{ alice = 7 }") == {"alice": {"x": Numbers((1,), [7])}}


def test_globs_give_inputs_to_all_who_are_not_named():
    found = inputs('{ "*" = [1], bob = [2] }')
    assert {party: named["x"].flat for party, named in found.items()} == {"alice": [1], "bob": [2]}


def test_two_globs_for_one_party_are_refused():
    assert "both give inputs to 'alice'" in refusal('{ "*" = [1], "a*" = [2] }').message


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[1, 2]", "parties.inputs"),
        ("{ alice = {} }", "parties.inputs.alice"),
        ("{ alice = [true] }", "parties.inputs.alice[0]"),
        ('{ alice = ["7"] }', "parties.inputs.alice[0]"),
        ("{ alice = [[1], 2] }", "parties.inputs.alice[1]"),
        ("{ alice = { x = { y = [1] } } }", "parties.inputs.alice.x"),
        ('{ file = "pay.csv" }', "parties.inputs.file"),
        ('{ alice = { file = "pay.xls" } }', "parties.inputs.alice.file"),
        ('{ alice = { file = "x.npy", random = "uniform" } }', "parties.inputs.alice.random"),
    ],
)
def test_what_is_no_input_is_refused_at_its_place(text, key):
    assert refusal(text).key == key


# Fractions

FIXED = (
    '[protocol]\nuse = "bgw"\nfixed_point = { fraction_bits = 8 }\n[parties]\nnames = ["alice"]\n'
)


def fractions(text, folder="."):
    return loads(f"{FIXED}inputs = {text}\n", f"{folder}/scenario.toml").inputs_for(0)["alice"]["x"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | INTEGERS, max_size=5))
def test_fixed_point_makes_room_for_fractions(values):
    assert fractions(f"{{ alice = {values} }}").flat == values


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_is_no_number_is_refused_with_fixed_point_too(value):
    with pytest.raises(ScenarioError):
        fractions(f"{{ alice = [{value}] }}")


def test_a_fraction_without_fixed_point_is_refused_at_its_place():
    problem = refusal("{ alice = [[1, 2], [3, 4.5]] }")
    assert problem.key == "parties.inputs.alice[1][1]"
    assert "fixed_point = { fraction_bits = 16 }" in problem.render()


def test_columns_and_arrays_may_hold_fractions(tmp_path):
    write_csv(tmp_path, [["pay"], ["1.5"], ["-2e-3"], [7]])
    np.save(tmp_path / "pay.npy", np.array([[0.25, -1.5]]))
    assert fractions('{ alice = { file = "pay.csv" } }', tmp_path).flat == [1.5, -0.002, 7]
    assert fractions('{ alice = { file = "pay.npy" } }', tmp_path).nested() == [[0.25, -1.5]]
    for file in ("pay.csv", "pay.npy"):
        problem = refusal(f'{{ alice = {{ file = "{file}" }} }}', tmp_path)
        assert "fixed_point" in problem.render()


# CSV


def write_csv(folder, rows, name="pay.csv"):
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    (folder / name).write_text(stream.getvalue(), encoding="utf-8")


def test_a_column_is_read_where_its_row_matches(tmp_path):
    rows = [["company", "year", "salary"], ["alice", 2025, 1], ["bob", 2025, 2], ["alice", 2026, 3]]
    write_csv(tmp_path, rows)
    source = '{ file = "pay.csv", column = "salary", where = { company = "alice", year = 2026 } }'
    assert inputs(f"{{ alice = {source} }}", tmp_path)["alice"]["x"] == Numbers((1,), [3])


def test_blank_lines_a_byte_order_mark_and_spaces_do_not_matter(tmp_path):
    (tmp_path / "pay.csv").write_bytes(b"\xef\xbb\xbfsalary\r\n\r\n 1 \r\n+2\r\n-3\r\n")
    found = inputs('{ alice = { file = "pay.csv", column = "salary" } }', tmp_path)
    assert found["alice"]["x"].flat == [1, 2, -3]


def test_the_only_column_needs_no_name(tmp_path):
    write_csv(tmp_path, [["salary"], [5]])
    assert inputs('{ bob = { file = "pay.csv" } }', tmp_path)["bob"]["x"].flat == [5]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1.5", "'1.5'"),
        ("1e3", "'1e3'"),
        ("1_000", "'1_000'"),
        ("", "''"),
        ("٣", "'٣'"),
        ("9" * 5000, "9..."),
    ],
)
def test_a_cell_that_is_no_integer_is_refused_with_its_row(tmp_path, cell, says):
    write_csv(tmp_path, [["name", "salary"], ["a\nb", 1], ["c", cell]])
    problem = refusal('{ bob = { file = "pay.csv", column = "salary" } }', tmp_path)
    assert problem.key == "parties.inputs.bob.column"
    assert problem.message.startswith(
        "pay.csv, row 4: column 'salary' holds "
    )  # a cell has 2 lines
    assert says in problem.message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"salary\n", "no rows"),
        (b"salary\n\xff\n", "cannot be read"),
        (b'salary\n"1', "cannot be read"),
        (b"company,salary\nalice\n", "is missing"),
    ],
)
def test_a_csv_file_that_makes_no_column_is_refused(tmp_path, content, says):
    (tmp_path / "pay.csv").write_bytes(content)
    assert says in refusal('{ bob = { file = "pay.csv", column = "salary" } }', tmp_path).message


# NumPy


@given(st.sampled_from(["int8", "uint8", "int32", "uint64", "int64"]), st.data())
def test_an_array_file_holds_its_integers(tmp_path_factory, kind, data):
    folder = tmp_path_factory.mktemp("npy")
    limits = np.iinfo(kind)
    values = data.draw(
        st.lists(st.integers(int(limits.min), int(limits.max)), min_size=4, max_size=4)
    )
    np.save(folder / "x.npy", np.array(values, dtype=kind).reshape(2, 2).T)  # Fortran order
    found = inputs('{ alice = { file = "x.npy" } }', folder)["alice"]["x"]
    assert found.shape == (2, 2)
    assert found.flat == [values[0], values[2], values[1], values[3]]
    assert all(type(value) is int for value in found.flat)


@pytest.mark.parametrize(
    "array", [np.array([0.5]), np.array([True]), np.array(["a"]), np.array([None])]
)
def test_an_array_of_anything_else_is_refused(tmp_path, array):
    np.save(tmp_path / "x.npy", array, allow_pickle=True)
    assert refusal('{ alice = { file = "x.npy" } }', tmp_path).key == "parties.inputs.alice.file"


@pytest.mark.parametrize("content", [b"", b"salary\n1\n", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_no_array_is_refused(tmp_path, content):
    (tmp_path / "x.npy").write_bytes(content)
    assert "cannot be read" in refusal('{ alice = { file = "x.npy" } }', tmp_path).message


def test_several_arrays_in_one_file_are_refused(tmp_path):
    np.savez(tmp_path / "x.npz", a=[1], b=[2])
    (tmp_path / "x.npz").rename(tmp_path / "x.npy")
    assert "several arrays" in refusal('{ alice = { file = "x.npy" } }', tmp_path).message


def test_an_array_has_no_columns(tmp_path):
    np.save(tmp_path / "x.npy", np.array([1]))
    problem = refusal('{ alice = { file = "x.npy", column = "a" } }', tmp_path)
    assert problem.key == "parties.inputs.alice.column"


# Random


RANDOM = '{ random = "uniform", length = 50, bits = 13 }'


def test_a_draw_depends_on_seed_party_and_input_alone():
    here = inputs(f"{{ alice = {RANDOM}, bob = {RANDOM} }}", seed=1)
    elsewhere = inputs(f"{{ bob = {{ y = {RANDOM}, x = {RANDOM} }} }}", seed=1)
    assert here["bob"]["x"] == elsewhere["bob"]["x"]
    draws = [here["alice"]["x"], here["bob"]["x"], elsewhere["bob"]["y"]]
    draws.append(inputs(f"{{ alice = {RANDOM} }}", seed=2)["alice"]["x"])
    assert len({tuple(each.flat) for each in draws}) == 4


def test_one_random_source_stands_for_every_party():
    found = inputs(RANDOM)
    assert found == inputs(f"{{ alice = {RANDOM}, bob = {RANDOM} }}")


@given(st.integers(1, 64), st.integers(1, 40), st.integers(0, 2**63))
def test_a_draw_stays_within_its_bits(bits, length, seed):
    found = draw(RandomInput(random="uniform", length=length, bits=bits), seed, "alice", "x")
    assert found.shape == (length,)
    assert all(0 <= value < 2**bits for value in found.flat)


@pytest.mark.parametrize("bits", [1, 5, 8, 12])
def test_draws_are_uniform(bits):
    """χ² over 16 equal cells of 20,000 draws: 15 degrees of freedom pass 60 with p < 10^-6; the
    seed is fixed."""
    cells = min(16, 2**bits)
    found = draw(RandomInput(random="uniform", length=20_000, bits=bits), 1, "alice", "x")
    counts = np.bincount(np.array(found.flat) * cells >> bits, minlength=cells)
    expected = 20_000 / cells
    assert ((counts - expected) ** 2 / expected).sum() < 60


def test_a_draw_is_pinned():
    """A change of derivation changes every digest, so it must not go unnoticed."""
    found = draw(RandomInput(random="uniform", length=4, bits=16), 7, "alice", "x")
    assert found.flat == [64779, 16186, 4786, 27081]
