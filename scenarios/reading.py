"""A file's bytes to a layer of decoded TOML, or what went wrong where: with the scenario file, or
with one that it names."""

import re
import tomllib
from pathlib import Path

from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.layers import Layer
from turncoat.scenarios.positions import Span
from turncoat.scenarios.problems import Problem, Refusal, ScenarioError

_COMPLAINT = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def read_text(file: Path, name: str) -> str:
    """The text of a scenario file, shown as `name`. Raises ScenarioError if it cannot be read."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text: byte {error.start + 1} is {error.object[error.start]:#x}"
    raise ScenarioError([Problem(name, None, None, "", message)])


def read_layer(name: str, text: str, folder: Path) -> Layer:
    """The layer of a text, shown as `name`. Raises ScenarioError if it is no TOML."""
    try:
        return Layer(name, text, tomllib.loads(text), folder)
    except RecursionError:
        raise ScenarioError([Problem(name, 1, 1, "", "is nested too deeply")]) from None
    except ValueError as error:  # a TOMLDecodeError, or an integer of thousands of digits
        complaint = str(error)
    raise ScenarioError([_syntax_problem(Layer(name, text, {}, folder), complaint)])


def unreadable(name: str, file: Path, error: Exception) -> Refusal:
    """Why a file that a scenario names could not be read."""
    if isinstance(error, FileNotFoundError):
        return Refusal(f"there is no file {quoted(name)}", f"looked for {file}")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Refusal(f"{name} cannot be read: {reason}")


def _syntax_problem(layer: Layer, complaint: str) -> Problem:
    """tomllib says the place only in words; without one it is the end of the text."""
    match = _COMPLAINT.fullmatch(complaint)
    reason = match[1] if match else complaint
    offset = len(layer.text.rstrip())
    if match and match[2]:
        offset = _offset(layer.text, int(match[2]), int(match[3]))
    return layer.problem_at(Span(offset, offset + 1), "", f"not valid TOML: {reason}")


def _offset(text: str, line: int, column: int) -> int:
    before = text.split("\n")[: line - 1]
    return sum(len(each) + 1 for each in before) + column - 1
