"""Every broken file in `broken/` is refused with the message and place that its first line says."""

from pathlib import Path

import pytest

from turncoat.scenarios.loader import load
from turncoat.scenarios.problems import ScenarioError

FOLDER = Path(__file__).parent / "broken"
FILES = sorted(FOLDER.glob("*.toml"))
MARK = "# refused: "


def first_problem(file):
    with pytest.raises(ScenarioError) as caught:
        load(file)
    return caught.value.problems[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_broken_file_is_refused_where_and_why_its_first_line_says(file):
    """The remainder of a syntax error is tomllib's wording, which varies between Pythons."""
    expected = file.read_text().partition("\n")[0].removeprefix(MARK)
    problem = first_problem(file)
    place = f"{problem.line}:{problem.column}: " if problem.line else ""
    key = f"{problem.key}: " if problem.key else ""
    found = f"{place}{key}{problem.message}"
    assert problem.file == str(file)
    assert found.startswith(expected) if "not valid TOML" in expected else found == expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_caret_stands_below_what_is_wrong(file):
    problem = first_problem(file)
    head, *picture = problem.render().split("\n")
    assert head.startswith(str(file))
    if problem.column is None:
        return
    source, below = picture
    assert source.endswith(file.read_text().split("\n")[problem.line - 1])
    assert below.index("^") == source.index("| ") + 1 + problem.column


def test_the_broken_files_are_distinct_mistakes():
    """At least twenty different reasons to refuse a file."""
    reasons = {file.read_text().partition("\n")[0].split(": ", 2)[-1] for file in FILES}
    assert len(reasons) >= 20
