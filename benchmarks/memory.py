"""Memory that lies ready: what a virtual machine's host would otherwise bill to whoever runs first.

A host takes idle memory back from a virtual machine, and gives it anew page by page, at several
microseconds each. So before a run is timed, another process holds as much as the run may need for a
moment. Standard library only; without huge pages (anywhere but on Linux) it does what it can.
"""

import mmap
import subprocess
import sys
from pathlib import Path

SIZE = 1 << 30  # bytes


def touch_memory() -> None:
    """Have another process touch memory and give it back, so that our own peak does not show it."""
    subprocess.run([sys.executable, str(Path(__file__))], check=True)


def main() -> None:
    """Touch every page, of the size that NumPy asks for."""
    with mmap.mmap(-1, SIZE, **private()) as pages:
        if hasattr(mmap, "MADV_HUGEPAGE"):
            pages.madvise(mmap.MADV_HUGEPAGE)
        for at in range(0, SIZE, mmap.PAGESIZE):
            pages[at] = 1


def private() -> dict[str, int]:
    """Flags for memory that is nobody else's, where there is a choice."""
    if not hasattr(mmap, "MAP_PRIVATE"):
        return {}
    return {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS}


if __name__ == "__main__":
    main()
