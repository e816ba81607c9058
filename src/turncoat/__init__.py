"""turncoat: what if Carol lies? A simulator for secure multi-party computation.

    import turncoat
    report = turncoat.run("average-salary", overrides={"network.latency": "80 ms"})
    report.verdict.name, report.outcome["alice"], report.digest

Importing this package loads nothing else; `run` loads what it needs.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turncoat.scenarios.report import Report

__version__ = "0.1.0"
__all__ = ["__version__", "run"]


def run(
    name_or_path: str | os.PathLike[str],
    seed: int | None = None,
    overrides: Mapping[str, object] | None = None,
) -> "Report":
    """Run a scenario file, or one of the catalogue by name, once.

    seed: in place of the file's; without either, one is picked and reported. overrides: dotted
    keys such as {"network.latency": "80 ms"}. Raises `ScenarioError` (with `problems`) if the
    scenario is not valid; nothing has run then. An abort, a stall or a wrong output is a verdict,
    not an exception.
    """
    from turncoat.scenarios.compose import simulate
    from turncoat.scenarios.loader import load

    return simulate(load(name_or_path, overrides), seed)
