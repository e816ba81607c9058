"""Every behaviour from every corruption set within the bound, on every protocol over programs: what
came of it, as a page.

python benchmarks/attack_table.py                       # writes docs/attack-table.md
python benchmarks/attack_table.py --section spdz 2      # prints one section of it
"""

import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from turncoat.adversary.registry import BEHAVIOURS
from turncoat.scenarios.compose import Options, prepare
from turncoat.scenarios.corruptions import LISTENS, Sweep
from turncoat.scenarios.loader import loads
from turncoat.scenarios.units import Comparison
from turncoat.scenarios.verdict import FAILURES, PRECEDENCE

PAGE = Path(__file__).parent.parent / "docs" / "attack-table.md"
SEED = 2026
AGGREGATION = """\
[scenario]
name = "{use}-{variant}-{n}"
[protocol]
use = "{use}"
variant = "{variant}"
threshold = {n}
program = "sum"
with = {{ bound = 256, colluding = 1, quorum = {n} }}
[parties]
count = {n}
inputs = {{ random = "uniform", length = 2, bits = 8 }}
[network]
latency = "10 ms"
"""
SCENARIO = """\
[scenario]
name = "{use}-{variant}-{opening}-{n}"
[protocol]
use = "{use}"
variant = "{variant}"
opening = "{opening}"
field = "2^61 - 1"
program = "polynomial"
[protocol.with]
coefficients = [1, 2, 3, 1]
[parties]
count = {n}
inputs = {{ random = "uniform", length = 1, bits = 16 }}
[network]
latency = "10 ms"
"""
VARIANTS = {
    "spdz": ("plain", "sacrifice"),
    "bgw": ("plain", "compressed", "dn07"),
    "bonawitz": ("semi-honest", "active"),
}
OPENINGS = ("all", "king")
SIZES = {"spdz": (2, 3, 4, 5), "bgw": (3, 4, 5), "bonawitz": (4, 5)}
AIMED = {
    "spdz": 3,
    "bgw": 5,
    "bonawitz": 5,
}  # up to how many parties behaviours are aimed at one kind, too
SECTIONS = [(use, n) for use, sizes in SIZES.items() for n in sizes]
SEATS = {"bonawitz": "clients and the server"}
NOTHING = "–"


@cache
def sweep(use: str, variant: str, opening: str, n: int) -> Sweep:
    """All sets of 1 … t parties; behaviours on all messages, and aimed at one kind."""
    text = AGGREGATION if use == "bonawitz" else SCENARIO
    prepared = prepare(loads(text.format(use=use, variant=variant, opening=opening, n=n)), SEED)
    kinds = kinds_of(prepared) if n <= AIMED[use] else ()
    bound = Comparison("<=", prepared.plan.session.t)
    return Sweep.of(prepared, bound, most=100_000, kinds=kinds)


def kinds_of(prepared) -> tuple[str, ...]:
    """The kinds of messages that the parties send in an honest run."""
    honest = prepared.run(Options(meter=False))
    trusted = prepared.plan.session.trusted
    return tuple(dict.fromkeys(r.kind for r in honest.ledger.rows if r.sender not in trusted))


def column(use: str, variant: str, opening: str, n: int) -> dict[str, Counter]:
    """Behaviour → how often each verdict came out; and that no promise was broken."""
    found = {}
    for trial in sweep(use, variant, opening, n).trials(Options(meter=False)):
        found.setdefault(trial.behaviour, Counter())[trial.verdict] += 1
        if trial.broke and trial.promised:
            found.setdefault("broken promises", Counter())[described(trial)] += 1
    return found


def described(trial) -> str:
    aim = f" on {trial.kind}" if trial.kind else ""
    name = trial.report.scenario.name
    return f"{name}: {trial.behaviour}{aim} from {', '.join(trial.seats)}: {trial.verdict}"


def columns(use: str, n: int) -> list[tuple[str, str, str, int]]:
    openings = ("",) if use == "bonawitz" else OPENINGS
    return [(use, variant, opening, n) for variant in VARIANTS[use] for opening in openings]


def label(variant: str, opening: str) -> str:
    """The head of a column."""
    return f"{variant}, {opening}" if opening else variant


def cell(verdicts: Counter) -> str:
    """The verdicts that came out, gravest first; none if no message was there to act on."""
    return ", ".join(name for name in PRECEDENCE if verdicts[name]) or NOTHING


def section(use: str, n: int, found: list[dict[str, Counter]]) -> list[str]:
    """One table: a row a behaviour, a column a variant."""
    heads = [label(variant, opening) for _, variant, opening, _ in columns(use, n)]
    names = [LISTENS, *(name for name, info in BEHAVIOURS.items() if info.ready)]
    runs = sum(sum(c.values()) for each in found for name, c in each.items() if name in names)
    t = sweep(*columns(use, n)[0]).prepared.plan.session.t
    aimed = ", also aimed at one kind of message" if n <= AIMED[use] else ""
    lines = [
        f"## {use}, n = {n}, t = {t}",
        "",
        f"{runs:,} runs: every set of 1 to {t} of {n} {SEATS.get(use, 'parties')}{aimed}.",
        "",
        "| behaviour | " + " | ".join(heads) + " |",
        "| --- |" + " --- |" * len(heads),
    ]
    for name in names:
        cells = [cell(each.get(name, Counter())) for each in found]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    broken = sum((each.get("broken promises", Counter()) for each in found), Counter())
    lines += ["", f"Promises broken: {sum(broken.values())}."]
    return [*lines, *(f"- {text}" for text in sorted(broken)), ""]


def head(totals: Counter, runs: int) -> list[str]:
    """What the page is, how it is made and what it says."""
    unready = ", ".join(name for name, info in BEHAVIOURS.items() if not info.ready)
    active = "0" if not totals else ", ".join(f"{count} {name}" for name, count in totals.items())
    return [
        "# What every behaviour does to every protocol",
        "",
        "Made by `python benchmarks/attack_table.py`; `tests/adversary/test_attack_table.py` holds "
        f"it to the code. {runs:,} runs over p = 2^61 − 1, seed {SEED}: each party brings one "
        "number, and 1 + 2x + 3x² + x³ is opened for each, which takes two products, one after the "
        "other.",
        "",
        "A cell lists the verdicts that came out over all corruption sets of 1 … t parties, "
        f"gravest first; `{NOTHING}`: there was no message for the behaviour to act on, or none "
        "that it would have changed. Columns: the variant, and whether openings go from all to all "
        "or through a king.",
        "",
        f"- **SPDZ** (active, t = n − 1): WRONG, SPLIT, BLAME, STALL: {active}. A lie ends in "
        "ABORT, or in ABORT-ID where the liar's own messages prove it. OK stands where the "
        "behaviour was harmless (another input, another order of delivery), or where what it "
        "changed was not used.",
        "- **BGW** (passive, t < n/2): a consistent lie in the dealing of a product makes the "
        "honest parties accept a wrong output, and silence makes them wait for ever. With openings "
        "from all to all a lie in an opening is noticed by the degree check; a king can say what "
        "he likes. Nothing of this breaks a promise: the guarantee is not in force once a party "
        "deviates. Behaviours of the network's scheduler, and listening, leave it in force.",
        "- **Bonawitz** (t = 2: the server, and a client with it): with a lying server the active "
        "variant ends in ABORT, and so does a client's lie wherever it can be told; a client's own "
        "input is its to choose, so another sum is right. Whatever breaks the semi-honest variant "
        "is outside its promise.",
        f"- Not tried: {unready}, which do what a program of one's own says.",
        "- Privacy is not what is asked here: `turncoat privacy` is for that.",
        "",
    ]


def page(found: dict[tuple[str, int], list[dict[str, Counter]]]) -> str:
    """The whole of it."""
    names = {LISTENS, *BEHAVIOURS}
    runs = sum(
        sum(counts.values())
        for each in found.values()
        for column in each
        for name, counts in column.items()
        if name in names
    )
    totals = Counter()
    for (use, _), each in found.items():
        for one in each if use == "spdz" else ():
            for name, counts in one.items():
                totals.update({v: counts[v] for v in FAILURES & set(counts) if name in names})
    lines = head(totals, runs)
    for (use, n), each in found.items():
        lines += section(use, n, each)
    return "\n".join(lines)


def one_section(use: str, n: int) -> str:
    """A section as it stands in the page."""
    return "\n".join(section(use, n, [column(*each) for each in columns(use, n)]))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--section", nargs=2, metavar=("PROTOCOL", "N"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    if arguments.section:
        use, n = arguments.section
        print(one_section(use, int(n)))
        return 0
    work = [each for use, n in SECTIONS for each in columns(use, n)]
    with ProcessPoolExecutor(arguments.jobs) as pool:
        results = dict(zip(work, pool.map(column, *zip(*work, strict=True)), strict=True))
    found = {(use, n): [results[each] for each in columns(use, n)] for use, n in SECTIONS}
    PAGE.write_text(page(found), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(PAGE.parent.parent)}")
    return int(any("broken promises" in each for each in results.values()))


if __name__ == "__main__":
    sys.exit(main())
