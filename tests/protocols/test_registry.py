"""Names of families and programs, and finding a user's own program."""

import subprocess
import sys
from textwrap import dedent

import pytest

from turncoat.protocols.functionalities.plain import evaluate
from turncoat.protocols.registry import FAMILIES, PROGRAMS, family, program

INPUTS = {"alice": {"x": [1, 2]}, "bob": {"x": [3]}}
DOUBLE = """
    async def double(mpc, inputs):
        return 2 * inputs["alice"]["x"]
"""


@pytest.fixture
def folder(tmp_path):
    """A scenario file's folder; `folder.write` puts a module into it."""

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return write


def test_every_registered_name_resolves():
    assert [family(name).name for name in FAMILIES] == list(FAMILIES) == ["bgw", "spdz"]
    assert all(callable(program(name)) for name in PROGRAMS)
    moments = ["sum", "mean", "variance", "dot", "matmul", "polynomial", "covariance"]
    assert list(PROGRAMS) == [*moments, "linear-regression", "histogram", "vote"]


def test_listing_names_loads_neither_numpy_nor_trio():
    code = """
        import sys
        from turncoat.protocols.registry import FAMILIES, PROGRAMS
        print([e.summary for e in (*FAMILIES.values(), *PROGRAMS.values())] and
              sorted({"numpy", "trio", "numba"} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("find", "name", "hint"),
    [
        (program, "means", "did you mean 'mean'"),
        (program, "zzz", "there are sum, mean, variance, dot, matmul, poly"),
        (family, "bwg", "did you mean 'bgw'"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(find, name, hint):
    with pytest.raises(ValueError, match=hint):
        find(name)


def test_a_user_program_is_found_in_the_scenario_folder(folder):
    where = folder("mine.py", DOUBLE)

    assert evaluate(program("mine:double", where), INPUTS).outputs == [2, 4]


def test_the_environment_comes_before_the_folder(folder, tmp_path, monkeypatch):
    elsewhere = tmp_path / "site"
    elsewhere.mkdir()
    (elsewhere / "mine_too.py").write_text(dedent(DOUBLE).replace("2 *", "5 *"), encoding="utf-8")
    monkeypatch.syspath_prepend(elsewhere)
    where = folder("mine_too.py", DOUBLE)

    assert evaluate(program("mine_too:double", where), INPUTS).outputs == [5, 10]


def test_two_folders_may_each_have_a_module_of_the_same_name(folder, tmp_path):
    """Helpers beside the program are importable, and not confused between folders either."""
    text = """
        from factors import FACTOR
        async def scale(mpc, inputs):
            return FACTOR * inputs["alice"]["x"]
    """
    for name, factor in (("one", 3), ("two", 7)):
        folder(f"{name}/mine.py", text)
        folder(f"{name}/factors.py", f"FACTOR = {factor}\n")

    outputs = [
        evaluate(program("mine:scale", tmp_path / name), INPUTS).outputs for name in ("one", "two")
    ]

    assert outputs == [[3, 6], [7, 14]]
    assert str(tmp_path / "one") not in sys.path


def test_a_dotted_module_is_found_in_a_sub_folder(folder):
    where = folder("deep/mine.py", DOUBLE)

    assert evaluate(program("deep.mine:double", where), INPUTS).outputs == [2, 4]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("gone:f", None, "there is no module 'gone'"),
        ("gone.deep:f", None, "put gone/deep.py beside the scenario file"),
        ("mine:triple", DOUBLE, "there is none"),
        ("mine:double", "def double(mpc, inputs): ...", "async def double"),
        ("mine:double", "async def double(:", "SyntaxError"),
        ("mine:double", "import no_such_thing", "ModuleNotFoundError: No module named 'no_such"),
        ("mine:double", "1/0", "ZeroDivisionError"),
        ("mine:double", "raise SystemExit(3)", "SystemExit: 3"),
        ("../mine:double", DOUBLE, "not of the form"),
        ("mine:", DOUBLE, "not of the form"),
        ("mine:a:b", DOUBLE, "not of the form"),
    ],
)
def test_what_is_wrong_with_a_user_program_is_said(folder, tmp_path, name, text, message):
    if text is not None:
        folder("mine.py", text)

    with pytest.raises(ValueError, match=message):
        program(name, tmp_path)


def test_without_a_folder_only_the_environment_is_asked():
    with pytest.raises(ValueError, match="neither in the environment;"):
        program("gone:f")
