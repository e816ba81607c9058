"""Who may import whom: cli → scenarios → adversary → protocols → actors, and never upwards."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ["actors", "protocols", "adversary", "scenarios", "cli"]  # from the ground up
FILES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))

# Third-party packages that live in one room only.
ROOMS = {
    "trio": "actors",
    "blake3": "actors",
    "cryptography": "protocols/primitives",
    "numba": "protocols/algebra",
    "cattrs": "scenarios",
    "click": "cli",
    "rich": "cli",
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import hides its floor"
            yield node.module or ""


def ident(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=ident)
def test_nothing_imports_upwards(path):
    """A file imports from its own floor and from those below."""
    floor = FLOORS.index(path.relative_to(ROOT).parts[0])
    for name in imports(path):
        parts = name.split(".")
        assert parts[0] not in FLOORS, f"import turncoat.{name}, not {name}"
        if parts[0] == "turncoat" and len(parts) > 1:
            assert FLOORS.index(parts[1]) <= floor, f"{ident(path)} imports {name} from above"


@pytest.mark.parametrize("path", FILES, ids=ident)
def test_libraries_stay_in_their_rooms(path):
    """Trio in actors/ alone, cryptography in protocols/primitives/ alone, and so on."""
    for name in imports(path):
        room = ROOMS.get(name.split(".")[0])
        assert room is None or ident(path).startswith(room + "/"), f"{ident(path)} imports {name}"


def test_there_are_no_circular_imports():
    """The graph of imports at module level has no cycle (imports for the type checker aside)."""
    graph = {module_of(path): set(top_level_imports(path)) for path in FILES}
    done: set[str] = set()

    def visit(module: str, trail: list[str]) -> None:
        assert module not in trail, " → ".join([*trail[trail.index(module) :], module])
        if module in done or module not in graph:
            return
        for other in sorted(graph[module]):
            visit(other, [*trail, module])
        done.add(module)

    for module in sorted(graph):
        visit(module, [])


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("turncoat", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def top_level_imports(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_the_packages_exist_once_only(monkeypatch):
    """Importing a folder under its bare name raises instead of making second classes."""
    monkeypatch.syspath_prepend(str(ROOT))
    for floor in FLOORS:
        sys.modules.pop(floor, None)
        with pytest.raises(ImportError, match=f"import turncoat.{floor}"):
            __import__(floor)
