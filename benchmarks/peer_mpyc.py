"""Worker: the computations in MPyC, each party a process of its own on the loopback.

Starts the parties (`peer_mpyc_party.py`) and adds their figures up: CPU and memory are sums over
the parties, wall time is party 0's, from all connected to all opened.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from computation import Task

PARTY = Path(__file__).with_name("peer_mpyc_party.py")
FOLDER, TASK = "TURNCOAT_BENCH_FOLDER", "TURNCOAT_BENCH_TASK"  # MPyC owns its command line


def main() -> None:
    """Start the parties, wait for them, and print the sums."""
    task = Task.load(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, FOLDER: folder, TASK: task.dump()}
        command = [sys.executable, str(PARTY), f"-M{task.parties}", "--no-log"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        found = collected(Path(folder), task.parties) if done.returncode == 0 else []
    if len(found) != task.parties:
        sys.exit(f"{len(found)} of {task.parties} parties finished:\n{done.stdout}{done.stderr}")
    total = {key: sum(party[key] for party in found) for key in ("cpu_s", "peak_bytes")}
    print(json.dumps({**total, "wall_s": found[0]["wall_s"]}))


def collected(folder: Path, parties: int) -> list[dict[str, Any]]:
    """The parties' figures, party 0's first; the others may need a moment longer than party 0."""
    until = time.monotonic() + 20
    files = [folder / f"{i}.json" for i in range(parties)]
    while time.monotonic() < until and not all(file.exists() for file in files):
        time.sleep(0.05)
    return [json.loads(file.read_text()) for file in files if file.exists()]


if __name__ == "__main__":
    main()
