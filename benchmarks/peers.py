"""Environments of their own for the peers that we measure against.

Each peer is pinned and lives in a virtual environment under a cache folder, made on first use, so
that a peer's requirements never meet ours. `python benchmarks/peers.py simpy` makes one and prints
its Python.
"""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "simpy": ("simpy==4.1.2",),
    "mpyc": ("mpyc==0.11", "numpy==2.2.6", "gmpy2==2.2.1", "uvloop==0.21.0"),
    "flower": ("flwr[simulation]==1.41.0",),
    "spu": ("spu==0.9.5", "jax==0.4.34", "jaxlib==0.4.34"),
}


class PeerUnavailable(RuntimeError):
    """A peer's environment cannot be made here; the text says which step failed, and how."""


def cache() -> Path:
    """Where environments are kept: $TURNCOAT_BENCH_CACHE, else ~/.cache/turncoat-bench."""
    chosen = os.environ.get("TURNCOAT_BENCH_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "turncoat-bench"


def folder(peer: str) -> Path:
    """The environment of one peer, by its pins and by the Python that makes it."""
    pins = "\n".join((*REQUIREMENTS[peer], sys.version))
    return cache() / f"{peer}-{sha256(pins.encode()).hexdigest()[:12]}"


def python_of(peer: str) -> Path:
    """The Python of a peer's environment, which is made if it is not there.

    Raises ValueError for a peer that nobody has pinned, PeerUnavailable if it cannot be installed.
    """
    if peer not in REQUIREMENTS:
        raise ValueError(f"no peer is called {peer!r}; there are: {', '.join(REQUIREMENTS)}")
    home = folder(peer)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = home / "complete"  # written last: half an environment does not count
    if not complete.exists():
        shutil.rmtree(home, ignore_errors=True)
        step(peer, [sys.executable, "-m", "venv", str(home)])
        step(peer, [*pip(python), "install", "--quiet", *REQUIREMENTS[peer]])
        complete.touch()
    return python


def versions(peer: str) -> str:
    """What is installed for a peer, as pip names it: "simpy==4.1.2"."""
    return ", ".join(step(peer, [*pip(python_of(peer)), "freeze"]).split())


def pip(python: Path) -> list[str]:
    return [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def step(peer: str, command: list[str]) -> str:
    """Run one command of an installation and return what it prints."""
    try:
        done = subprocess.run(command, check=True, text=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()
        raise PeerUnavailable(
            f"{peer}: cannot make its environment in {folder(peer)}\n"
            f"  failed: {' '.join(command)}\n"
            f"  {said.splitlines()[-1] if said else 'it said nothing'}\n"
            "  Is the package index reachable, and the folder writable? "
            "TURNCOAT_BENCH_CACHE names another folder."
        ) from error
    return done.stdout


def main() -> None:
    for peer in sys.argv[1:] or REQUIREMENTS:
        try:
            print(f"{peer}: {python_of(peer)} ({versions(peer)})")
        except (ValueError, PeerUnavailable) as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
