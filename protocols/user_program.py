"""A user's own program, "module:function": finding it, importing it, saying what is wrong.

The environment is asked first, then one folder, the scenario file's. A module of the folder is
loaded from its path, so two folders may each have a `program.py` in one process. Knows nothing of
what a program computes.
"""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from inspect import iscoroutinefunction
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from turncoat.protocols.arithmetic.program import Program


def load_user_program(name: str, folder: Path | None = None) -> "Program":
    """The function behind "module:function". Raises ValueError that says what is missing."""
    function, where = load_attribute(name, folder)
    if not iscoroutinefunction(function):
        found = "it is not" if function is not None else "there is none"
        raise ValueError(
            f"{name!r}: {where} must define `async def {name.partition(':')[2]}(mpc, inputs)`, "
            f"but {found}"
        )
    return cast("Program", function)


def load_attribute(name: str, folder: Path | None = None) -> tuple[Any, str]:
    """What "module:attribute" names (None if the module has it not), and the file of the module.
    Raises ValueError for a module that there is not, or that fails to load."""
    module_name, _, attribute = name.partition(":")
    _check_name(name, module_name, attribute)
    module = _load(module_name, folder)
    return getattr(module, attribute, None), str(module.__file__)


def _check_name(name: str, module_name: str, function_name: str) -> None:
    if not all(part.isidentifier() for part in (*module_name.split("."), function_name)):
        raise ValueError(f"{name!r} is not of the form 'module:function' or 'package.module:f'")


def _load(module_name: str, folder: Path | None) -> ModuleType:
    if _in_environment(module_name):
        return _run(module_name, lambda: import_module(module_name))
    path = _in_folder(module_name, folder)
    if path is None:
        where = f" nor in {folder}" if folder is not None else ""
        raise ValueError(
            f"there is no module {module_name!r}, neither in the environment{where}; put "
            f"{module_name.replace('.', '/')}.py beside the scenario file or install it"
        )
    return _run(str(path), lambda: _load_file(path))


def _in_environment(module_name: str) -> bool:
    """Can Python import it? A folder without code (a namespace package) does not count."""
    try:
        spec = find_spec(module_name)
    except (ModuleNotFoundError, ValueError):  # a parent is missing, or is no package
        return False
    return spec is not None and spec.origin is not None


def _in_folder(module_name: str, folder: Path | None) -> Path | None:
    if folder is None:
        return None
    stem = folder.joinpath(*module_name.split("."))
    candidates = (stem.with_name(f"{stem.name}.py"), stem / "__init__.py")
    return next((path.resolve() for path in candidates if path.is_file()), None)


def _load_file(path: Path) -> ModuleType:
    """Execute a file as a module of its own, whose name no other file shares."""
    name = f"{path.stem}_{blake2b(str(path).encode(), digest_size=8).hexdigest()}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no Python module")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        with _siblings(path.parent):
            spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


@contextmanager
def _siblings(folder: Path) -> Generator[None]:
    """While this lasts, modules of `folder` can be imported; afterwards they are forgotten, lest
    another folder's program get this folder's helpers."""
    before = set(sys.modules)
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in sorted(set(sys.modules) - before):
            if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == folder:
                del sys.modules[name]


def _run(what: str, load: Callable[[], ModuleType]) -> ModuleType:
    """Whatever a user's module raises while it is imported is an error of that file."""
    try:
        return load()
    except (Exception, SystemExit) as error:
        raise ValueError(f"importing {what} failed: {type(error).__name__}: {error}") from error
