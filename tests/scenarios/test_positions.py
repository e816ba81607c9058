"""The scanner finds every key and value of every TOML text that tomllib reads.

The oracle is tomllib: the characters of a key or value, taken by themselves, must parse to what the
whole text holds at that path.
"""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from turncoat.scenarios.positions import line_and_column, positions

# Texts, written in every style that TOML has

BARE = st.text("abcXYZ019_-", min_size=1, max_size=4)
PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)
ESCAPED = PLAIN.map(lambda s: s.replace("\\", "\\\\").replace('"', '\\"'))
QUOTED = ESCAPED.map(lambda s: f'"{s}"')
LITERAL = PLAIN.map(lambda s: "'" + s.replace("'", "") + "'")
BLANK = st.sampled_from(["", " ", "\t", "  "])
BREAK = st.sampled_from(["", " ", "\n", " # a ] } , = comment\n", "\r\n  "])
SCALARS = st.one_of(
    st.sampled_from(["0", "-1_000", "0xf", "true", "false", "1.5e3", "inf", "nan"]),
    st.sampled_from(["1979-05-27", "07:32:00", "1979-05-27 07:32:00", "1979-05-27T07:32:00Z"]),
    QUOTED,
    LITERAL,
    st.sampled_from(
        [
            '"""a "b" \n c"""',
            '""""quoted"""""',
            "'''x'y\n]'''",
            '"""\\\n   x"""',
            '"""\\""""',
            '"a#b"',
        ]
    ),
)


@st.composite
def keys(draw, used):
    """A key that the table does not have yet, bare or quoted, and its text."""
    name = draw(st.one_of(BARE, PLAIN).filter(lambda name: name not in used))
    used.add(name)
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    bare = name and set(name) <= set("abcXYZ019_-")
    text = draw(st.sampled_from([name, quoted])) if bare else quoted
    return draw(BLANK) + text + draw(BLANK)


def lists(values):
    @st.composite
    def build(draw):
        parts = [draw(BREAK) + draw(values) + draw(BREAK) for _ in range(draw(st.integers(0, 3)))]
        trailing = "," + draw(BREAK) if parts and draw(st.booleans()) else draw(BREAK)
        return "[" + ",".join(parts) + trailing + "]"

    return build()


def inline_tables(values):
    @st.composite
    def build(draw):
        used = set()
        pairs = [draw(pair(values, used)) for _ in range(draw(st.integers(0, 3)))]
        return "{" + draw(BLANK) + ",".join(pairs) + draw(BLANK) + "}"

    return build()


@st.composite
def pair(draw, values, used):
    """key = value, sometimes with a dotted key."""
    dotted = [draw(keys(used)), *([draw(keys(set()))] if draw(st.booleans()) else [])]
    return ".".join(dotted) + "=" + draw(BLANK) + draw(values)


VALUES = st.recursive(SCALARS, lambda inner: lists(inner) | inline_tables(inner), max_leaves=6)


@st.composite
def documents(draw):
    """Pairs, then tables, sub-tables and arrays of tables, with comments and blank lines."""
    used = set()
    lines = [draw(pair(VALUES, used)) for _ in range(draw(st.integers(0, 3)))]
    for _ in range(draw(st.integers(0, 3))):
        header = draw(keys(used))
        for _ in range(draw(st.integers(1, 3))):
            lines.append(f"[[{header}]]" + draw(BLANK))
            inside = set()
            lines += [draw(pair(VALUES, inside)) for _ in range(draw(st.integers(0, 2)))]
            if draw(st.booleans()):
                lines.append(f"[{header}.{draw(keys(inside))}]")
                lines += [draw(pair(VALUES, set())) for _ in range(draw(st.integers(0, 1)))]
    for _ in range(draw(st.integers(0, 2))):
        lines.append(f"[{draw(keys(used))}.{draw(keys(set()))}] # table")
        inside = set()
        lines += [draw(pair(VALUES, inside)) for _ in range(draw(st.integers(0, 3)))]
    ends = draw(st.sampled_from(["\n", "\r\n", "\n\n# comment = [\n", " # x\n"]))
    return ends.join(lines) + draw(st.sampled_from(["", "\n"]))


def walk(value, path=()):
    """Every path of decoded TOML, with its value."""
    if path:
        yield path, value
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(item, (*path, key))


def parsed(text, spots, path, value):
    """The characters of a value by themselves; a table under a header has that for its value."""
    span = spots[path].value
    literal = text[span.start : span.end]
    if isinstance(value, dict | list) and literal[0] not in "[{":
        (name,) = tomllib.loads(f"{literal} = 0")
        assert name == next(key for key in reversed(path) if isinstance(key, str))
        return value
    return tomllib.loads(f"v = {literal}\n")["v"]


@given(documents())
def test_every_path_is_found_where_its_key_and_its_value_stand(text):
    spots = positions(text)
    paths = dict(walk(tomllib.loads(text)))
    assert spots.keys() == paths.keys()
    for path, value in paths.items():
        assert repr(parsed(text, spots, path, value)) == repr(value)  # repr: NaN equals itself
        if isinstance(path[-1], str):
            key = text[spots[path].key.start : spots[path].key.end]
            assert list(tomllib.loads(f"{key} = 0")) == [path[-1]]


@given(st.text(alphabet="ab\r\n", max_size=20), st.data())
def test_line_and_column_count_from_one(text, data):
    offset = data.draw(st.integers(0, len(text)))
    line, column = line_and_column(text, offset)
    lines = text.split("\n")
    assert sum(len(each) + 1 for each in lines[: line - 1]) + column - 1 == offset
    assert 1 <= column <= len(lines[line - 1]) + 1


def test_dotted_keys_and_headers_may_share_their_first_steps():
    text = "a.b = 1\na.c.d = [10, {e = 2}]\n[x.y]\nk = 3\n[x.z]\nk = 4\n[[l]]\n[[l.m]]\nn = 5\n"
    spots = positions(text)
    assert spots.keys() == dict(walk(tomllib.loads(text))).keys()
    assert line_and_column(text, spots["a", "c", "d", 1, "e"].value.start) == (2, 19)
    assert line_and_column(text, spots["x", "z"].key.start) == (5, 4)
    assert line_and_column(text, spots["l", 0, "m", 0, "n"].value.start) == (9, 5)
