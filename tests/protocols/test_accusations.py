"""Nobody accuses without evidence: read off the code, so that no new protocol can forget it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(p for folder in ("actors", "protocols") for p in (ROOT / folder).rglob("*.py"))


def accusations(text):
    """(line, has evidence) of every abort in the text that accuses somebody."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ProtocolAbort":
            keywords = {keyword.arg for keyword in node.keywords}
            if "accused" in keywords or len(node.args) > 1:
                yield node.lineno, "evidence" in keywords


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_accusation_comes_with_evidence(file):
    found = [*accusations(file.read_text(encoding="utf-8"))]
    assert [line for line, proven in found if not proven] == []


def test_an_accusation_without_evidence_would_be_found():
    """Control: by keyword and by place; and there are accusations to look at."""
    assert [*accusations("ProtocolAbort('x', accused={1})")] == [(1, False)]
    assert [*accusations("ProtocolAbort('x', liars)")] == [(1, False)]
    assert [*accusations("ProtocolAbort('x', missing={1})")] == []
    everywhere = [a for file in FILES for a in accusations(file.read_text(encoding="utf-8"))]
    assert len(everywhere) >= 5
