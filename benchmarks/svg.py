"""A few elements of SVG as text, enough for a drawing by hand."""

from html import escape


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    cls = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{cls}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = "#999", more: str = "") -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" {more}/>'


def block(x: float, y: float, width: float, height: float, colour: str) -> str:
    size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {size} fill="{colour}"/>'


def path(points: list[tuple[float, float]], colour: str, fill: str = "none") -> str:
    steps = " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<path d="M{steps}" stroke="{colour}" fill="{fill}" stroke-width="1.5"/>'
