"""What the README says is what happens: its commands, its output and its Python."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
MEASURED = re.compile(r"real|party +role|ms$|^  …$")  # lines that differ between machines


def blocks(language):
    return [text for name, text in BLOCKS if name == language]


def test_the_readme_opens_with_two_commands():
    assert BLOCKS[0][0] == "sh"
    assert len(BLOCKS[0][1].strip().splitlines()) == 2


@pytest.mark.parametrize("shown", blocks("text"), ids=lambda text: text.split()[0])
def test_the_output_shown_is_the_output(shown):
    name = shown.split()[0]
    command = [sys.executable, "-m", "turncoat", "run", name]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    for line in shown.splitlines():
        if not MEASURED.search(line):
            assert line in found


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.split("\n", 1)[0])
def test_the_python_shown_runs(code):
    exec(compile(code, "README.md", "exec"), {})
