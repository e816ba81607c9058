"""What the page about verdicts shows is so."""

import re
from fractions import Fraction
from pathlib import Path

from turncoat.adversary.privacy.exact import exact
from turncoat.adversary.privacy.registry import CHECKS, check

PAGE = Path(__file__).parents[3] / "docs" / "what-a-leak-verdict-means.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_example_runs():
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(code, PAGE.name, "exec"), {})


def test_the_commands_name_checks_that_exist():
    assert set(re.findall(r"^`turncoat privacy ([\w+-]+)`$", TEXT, re.MULTILINE)) <= set(CHECKS)


def test_the_controls_have_the_distances_of_the_table():
    rows = re.findall(r"^\| (`.*`) \| .* \| ([\d/]+) \|$", TEXT, re.MULTILINE)
    named = {name: Fraction(d) for names, d in rows for name in re.findall(r"`([\w-]+)`", names)}
    controls = {i.name for i in CHECKS.values() if i.control and i.method == "exact"}
    assert set(named) == controls
    for name, distance in named.items():
        assert max(exact(e).distance for e in check(name).make()) == distance
