"""Where nobody cheats and nothing breaks its promise, nobody is wronged: no WRONG, SPLIT, BLAME or
STALL, and no abort but for a message that came late. `benchmarks/acceptance.py` does it 10^5 times.
"""

import sys
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "acceptance.py"


def script():
    """The script, which is no part of the package."""
    spec = spec_from_file_location("acceptance", PATH)
    module = module_from_spec(spec)
    sys.modules.setdefault("acceptance", module)
    spec.loader.exec_module(module)
    return module


ACCEPTANCE = script()


def harmless(seeds):
    """How the runs of these seeds ended."""
    results = [ACCEPTANCE.run_harmless(seed) for seed in seeds]
    assert not [(seed, problem) for seed, _, problem in results if problem]
    return Counter(end for _, end, _ in results)


def test_a_few_harmless_runs_raise_no_alarm():
    ends = harmless(range(1_000_000, 1_000_150))
    assert {"spdz: OK", "bgw: OK"} <= ends.keys()


def test_the_harmless_runs_are_of_every_kind():
    """Twins, schedules, listeners, faults and none of them; all variants."""
    seen = Counter()
    for seed in range(300):
        tables = ACCEPTANCE.harmless_scenario(seed).tables
        seen[tables.protocol.use, tables.protocol.variant, tables.protocol.opening] += 1
        seen.update(fault.kind for fault in tables.fault)
        seen.update(entry.does or "listens" for entry in tables.adversary)
    assert {"restart", "pause", "partition", "degrade", "listens", "any-order"} <= seen.keys()
    assert sum(isinstance(key, tuple) for key in seen) == 10
    assert sum(isinstance(key, str) for key in seen) > 40


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_ten_thousand_harmless_runs_raise_no_alarm(part):
    ends = harmless(range(part * 2_500, (part + 1) * 2_500))
    timeouts = sum(count for end, count in ends.items() if not end.endswith("OK"))
    assert timeouts < 25
