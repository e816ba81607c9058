"""What is wrong with a scenario file: one `Problem` per mistake, and the error that carries them.

A `Refusal` is raised deep inside, where only a value is known; the loader turns it into a `Problem`
once it knows in which file, on which line and under which key the value stands. Knows no key by
name and reads no file.
"""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Literal, TypeVar
from unicodedata import east_asian_width

import attrs

from turncoat.scenarios.decoded import is_bare

Path = tuple[str | int, ...]  # ("adversary", 0, "does"): table keys and list indices
T = TypeVar("T")
WINDOW = 80  # characters of a line that are shown on either side of the caret
End = Literal["key", "value"]  # which end of `key = value` a caret points at


class Refusal(ValueError):
    """A value that a scenario may not have.

    message: the rule and the value. suggestion: the remedy, "" if there is none. path: where,
    relative to what was being read. end: whether the key or the value is at fault.
    """

    def __init__(
        self, message: str, suggestion: str = "", path: Path = (), end: End = "value"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.path = path
        self.end: End = end

    def under(self, prefix: Path) -> "Refusal":
        """The same refusal seen from further up."""
        return Refusal(self.message, self.suggestion, prefix + self.path, self.end)


class Step(str):
    """A note on an exception: the key or index under which it arose."""

    key: str | int

    def __new__(cls, key: str | int) -> "Step":
        step = super().__new__(cls, f"under {key!r}")
        step.key = key
        return step


def collected(readers: Iterable[tuple[str | int, Callable[[], T]]]) -> tuple[T, ...]:
    """What each reader yields. All that they raise comes as one group, each with its `Step`."""
    results: list[T] = []
    errors: list[Exception] = []
    for key, read in readers:
        try:
            results.append(read())
        except Exception as error:
            error.add_note(Step(key))
            errors.append(error)
    if errors:
        raise ExceptionGroup("refused", errors)
    return tuple(results)


@attrs.frozen
class Problem:
    """One mistake, with all that an editor or a terminal needs to show it.

    file: as the user named it, or the layer "--set #2". line, column: from 1, None where there is
    no text to point into. key: dotted. width: characters that the caret underlines.
    """

    file: str
    line: int | None
    column: int | None
    key: str
    message: str
    suggestion: str = ""
    source: str = ""
    width: int = 1

    def render(self) -> str:
        """`file:line:column: error: key: message`, the source line, a caret and the remedy."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        subject = f"{self.key}: " if self.key else ""
        head = f"{place}: error: {subject}{self.message}"
        return "\n".join([head, *self._picture()])

    def _picture(self) -> list[str]:
        if self.column is None or not self.source:
            return [f"       | {self.suggestion}"] if self.suggestion else []
        shown, start = _window(_printable(self.source), self.column - 1)
        carets = "^" * max(1, min(self.width, len(shown) - start))
        below = f"{_blank(shown[:start])}{carets} {self.suggestion}".rstrip()
        return [f"{self.line or '':>6} | {shown}", f"       | {below}"]


class ScenarioError(Exception):
    """A scenario that cannot be run; nothing ran. `problems` holds every mistake that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems))


def dotted(path: Path) -> str:
    """A path as it is written: adversary[0].when.kind."""
    return "".join(_step(part) for part in path).removeprefix(".")


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if is_bare(part) else f".{part!r}"


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that a misspelt name most likely means, upper and lower case alike."""
    lowered = {choice.lower(): choice for choice in choices}
    close = get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def did_you_mean(name: str, choices: Sequence[str]) -> str:
    """The remedy for an unknown name: the nearest choice, or else what there is to choose from."""
    close = nearest(name, choices)
    if close is not None:
        return f"did you mean {close!r}?"
    return f"there are {listed(choices)}" if choices else ""


def listed(choices: Sequence[str]) -> str:
    """The first few of them."""
    return ", ".join(choices[:8]) + (", …" if len(choices) > 8 else "")


def _printable(source: str) -> str:
    """A line of a foreign file without the power to steer a terminal."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in source)


def _window(source: str, start: int) -> tuple[str, int]:
    """The part of a long line around `start`, and where `start` lies in it."""
    left = start - WINDOW if start > WINDOW else 0
    shown = source[left : start + WINDOW]
    before, after = "…" * (left > 0), "…" * (start + WINDOW < len(source))
    return f"{before}{shown}{after}", start - left + len(before)


def _blank(prefix: str) -> str:
    """White space as wide on a terminal as `prefix`, so that the caret stands below its mark."""
    wide = {"W": "  ", "F": "  "}
    return "".join("\t" if c == "\t" else wide.get(east_asian_width(c), " ") for c in prefix)
