"""Where each key of a TOML text stands: a small scanner, run only when there is an error to show.

tomllib yields values without positions; this yields positions without values. It relies on tomllib
having accepted the text, so it checks nothing. Tables that stand under a header have that header as
their key and as their value.
"""

import re
import tomllib

import attrs

from turncoat.scenarios.problems import Path

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'''
      """(?:[^\\]|\\.)*?"""(?:"{0,2})   # several lines, with up to two quotes before the end
    | \'\'\'.*?\'\'\'(?:'{0,2})
    | "(?:[^"\\\n]|\\.)*"
    | '[^'\n]*'
    ''',
    re.VERBOSE | re.DOTALL,
)
_BARE_VALUE = re.compile(r"[^,\]}#\r\n]*[^,\]}#\r\n \t]")


@attrs.frozen
class Span:
    """Characters start … end − 1 of the text."""

    start: int
    end: int


@attrs.frozen
class Spot:
    """The places of one `key = value`; an element of a list has its value as its key."""

    key: Span
    value: Span


def positions(text: str) -> dict[Path, Spot]:
    """Every key path of a valid TOML text, with indices into lists and arrays of tables."""
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.spots


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The place of a character, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _Scanner:
    """A reading head over the text. Methods leave `at` just behind what they have read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spots: dict[Path, Spot] = {}
        self.lengths: dict[Path, int] = {}  # of the arrays of tables so far

    def scan(self) -> None:
        table: Path = ()
        while not self.at_end():
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def skip(self, pattern: re.Pattern[str]) -> Span:
        """Read what the pattern matches here, possibly nothing."""
        match = pattern.match(self.text, self.at)
        start, self.at = self.at, match.end() if match else self.at
        return Span(start, self.at)

    def at_end(self) -> bool:
        """Skip blanks, line ends and comments; is nothing left?"""
        self.skip(_BLANK)
        return self.at >= len(self.text)

    # Keys

    def dotted_key(self) -> list[tuple[str, Span]]:
        keys = [self.simple_key()]
        while self.text.startswith(".", self.at):
            self.at += 1
            keys.append(self.simple_key())
        return keys

    def simple_key(self) -> tuple[str, Span]:
        self.skip(_SPACE)
        quoted = self.text[self.at] in "\"'"
        span = self.skip(_STRING if quoted else _BARE_KEY)
        self.skip(_SPACE)
        literal = self.text[span.start : span.end]
        return (tomllib.loads(f"k = {literal}")["k"] if quoted else literal), span

    def header(self) -> Path:
        """[a.b] or [[a.b]]: the path of the table that it opens."""
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        path: Path = ()
        keys = self.dotted_key()
        for depth, (name, span) in enumerate(keys):
            path = (*path, name)
            self.spots.setdefault(path, Spot(span, span))
            if brackets == 2 and depth == len(keys) - 1:
                self.lengths[path] = self.lengths.get(path, 0) + 1
            path = self.newest(path, span)
        self.at += brackets
        return path

    def newest(self, path: Path, span: Span) -> Path:
        """The last table so far, where `path` is an array of tables."""
        if path not in self.lengths:
            return path
        element = (*path, self.lengths[path] - 1)
        self.spots.setdefault(element, Spot(span, span))
        return element

    def pair(self, table: Path) -> None:
        """key = value, or a.b.key = value, inside a table."""
        path = table
        keys = self.dotted_key()
        for name, span in keys:
            path = (*path, name)
            self.spots.setdefault(path, Spot(span, span))
        self.at += 1
        self.spots[path] = Spot(keys[-1][1], self.value(path))

    # Values

    def value(self, path: Path) -> Span:
        self.skip(_SPACE)
        start = self.at
        match self.text[start]:
            case "[":
                self.array(path)
            case "{":
                self.inline_table(path)
            case '"' | "'":
                self.skip(_STRING)
            case _:
                self.skip(_BARE_VALUE)
        return Span(start, self.at)

    def array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while not self.closes("]"):
            element = (*path, index)
            span = self.value(element)
            self.spots[element] = Spot(span, span)
            index += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while not self.closes("}"):
            self.pair(path)

    def closes(self, bracket: str) -> bool:
        """Skip blanks and a comma; read the closing bracket if it comes."""
        self.skip(_BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
            self.skip(_BLANK)
        closed = self.text.startswith(bracket, self.at)
        self.at += closed
        return closed
