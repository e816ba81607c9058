"""The long acceptance runs, by hand: each prints its progress and writes a page of docs/results/.

python benchmarks/acceptance.py kernel-faults               # 10,000 random faulty scenarios, twice
python benchmarks/acceptance.py kernel-faults --seeds 300   # a taste of it
python benchmarks/acceptance.py no-false-alarm              # 100,000 runs in which nobody cheats
"""

import argparse
import os
import platform
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from turncoat.actors.outcome import Aborted
from turncoat.adversary.registry import BEHAVIOURS
from turncoat.scenarios.compose import Options, prepare
from turncoat.scenarios.loader import loads
from turncoat.scenarios.problems import ScenarioError
from turncoat.scenarios.verdict import FAILURES

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "results"
BASE = """\
[scenario]
time_limit = "2 min"
[protocol]
use = "bgw"
program = "{program}"
[parties]
count = {parties}
inputs = {{ random = "uniform", length = {length}, bits = 16 }}
"""

# -- random faulty scenarios -----------------------------------------------------------------------


class Dice(random.Random):
    """Everything about one scenario follows from its seed."""

    def maybe(self, chance: float) -> bool:
        return self.random() < chance

    def ms(self, least: int, most: int) -> str:
        return f"{self.randint(least, most)} ms"

    def chance(self) -> float:
        return self.choice([0.01, 0.1, 0.3])

    def some(self, names: list[str]) -> list[str]:
        return sorted(self.sample(names, self.randint(1, len(names) - 1)))


def link(dice: Dice) -> dict[str, object]:
    """The keys of a random link."""
    keys: dict[str, object] = {"latency": dice.ms(5, 150)}
    if dice.maybe(0.7):
        laws = ["uniform", "normal", "lognormal", "exponential", "pareto"]
        keys |= {"jitter": dice.ms(1, 50), "distribution": dice.choice(laws)}
        if dice.maybe(0.3):
            keys["correlation"] = 0.5
    if dice.maybe(0.3):
        keys["loss"] = dice.chance()
    elif dice.maybe(0.3):
        keys["gemodel"] = {"p": dice.chance(), "r": 0.5}
    for key in ("duplicate", "corrupt", "reorder"):
        if dice.maybe(0.25):
            keys[key] = dice.chance()
    if dice.maybe(0.2):
        keys |= {"rate": "50 kbit/s", "limit": dice.randint(1, 4)}
    return keys


def network(dice: Dice, names: list[str]) -> dict[str, object]:
    table = link(dice)
    if dice.maybe(0.15):
        table["transport"] = "datagram"
    if dice.maybe(0.3):
        table |= {"bandwidth_up": "1 Mbit/s", "bandwidth_down": "2 Mbit/s"}
    if dice.maybe(0.4):
        entry = {"from": dice.some(names), "to": dice.some(names), **link(dice)}
        table["link"] = [{**entry, "start": dice.ms(0, 200), "end": dice.ms(201, 900)}]
    return table


def fault(dice: Dice, names: list[str]) -> dict[str, object]:
    """One random fault of a random kind."""
    kind = dice.choice(
        ["crash", "restart", "pause", "omission", "partition", "heal", "degrade", "churn"]
    )
    keys: dict[str, object] = {"kind": kind, "when": {"at": dice.ms(0, 400)}}
    if kind in ("crash", "restart", "pause", "omission", "churn") and dice.maybe(0.4):
        trigger = [{"after_sends": dice.randint(1, 9)}, {"after": "input-share"}]
        keys["when"] = dice.choice(trigger)
    if kind not in ("partition", "heal"):
        keys["who"] = dice.some(names)
    if kind in ("restart", "pause") or (kind not in ("crash", "heal", "churn") and dice.maybe(0.7)):
        keys["for"] = dice.ms(1, 800)
    if kind in ("restart", "churn"):
        keys["memory"] = dice.choice(["durable", "amnesia"])
    if kind == "omission":
        keys |= {"direction": dice.choice(["send", "receive", "both"]), "probability": 0.3}
    if kind == "partition":
        side = dice.some(names)
        keys |= {"groups": [side, [name for name in names if name not in side]]}
        keys["shape"] = dice.choice(["groups", "one-way"])
    if kind == "degrade":
        keys["link"] = {"latency": dice.ms(50, 400), "loss": dice.chance()}
    if kind == "churn":
        keys |= {"mean_up": dice.ms(50, 500), "mean_down": dice.ms(10, 300)}
    return keys


def random_scenario(seed: int):
    """A scenario with a random network and up to three faults; another one if it is refused."""
    for attempt in range(100):
        dice = Dice(f"{seed}/{attempt}")
        parties = dice.randint(3, 6)
        names = [f"P{i}" for i in range(1, parties + 1)]
        text = BASE.format(
            parties=parties,
            length=dice.randint(1, 3),
            program=dice.choice(["sum", "mean", "variance"]),
        )
        faults = [fault(dice, names) for _ in range(dice.randint(0, 3))]
        try:
            return loads(text, overrides={"network": network(dice, names), "fault": faults})
        except ScenarioError:
            continue
    raise RuntimeError(f"seed {seed} makes no scenario")


def run_twice(seed: int) -> tuple[int, str, str]:
    """(seed, verdict, what went wrong or ""): the second run is under reversed wake-ups, with
    every message really encoded."""
    try:
        prepared = prepare(random_scenario(seed), seed)
        first = prepared.run(Options(meter=False))
        second = prepared.run(Options(meter=False, shuffle=list.reverse, encode=True))
        same = first.digest == second.digest
        wrong = {"WRONG", "SPLIT", "BLAME"}.intersection(first.verdict.findings)
        problem = "" if same else f"digests {first.digest} and {second.digest}"
        return seed, first.verdict.name, problem or ", ".join(sorted(wrong))
    except Exception as error:  # counted and shown: the run must go on
        return seed, "exception", repr(error)


def kernel_faults(seeds: int, jobs: int) -> int:
    """Random faulty scenarios, each run twice: equal digests, no exception, no wrong output."""
    started, verdicts, problems = time.perf_counter(), Counter(), []
    with ProcessPoolExecutor(jobs) as pool:
        for done, (seed, verdict, problem) in enumerate(
            pool.map(run_twice, range(seeds), chunksize=20), 1
        ):
            verdicts[verdict] += 1
            if problem:
                problems.append(f"seed {seed}: {problem}")
            if done % 500 == 0 or done == seeds:
                spent = time.perf_counter() - started
                print(
                    f"{done:>7,} of {seeds:,}  {len(problems)} problems  {spent:.0f} s", flush=True
                )
    lines = [
        f"- {seeds:,} seeds, each run twice: the second time under reversed wake-ups, with "
        "every message really encoded and decoded.",
        f"- {len(problems)} problems (an exception, two digests, WRONG, SPLIT or BLAME).",
    ]
    lines += [f"  - {problem}" for problem in problems[:20]]
    lines += ["", "| verdict | runs |", "| --- | --- |"]
    lines += [f"| {name} | {count:,} |" for name, count in verdicts.most_common()]
    page("kernel-faults", "Random faulty scenarios, twice", lines, time.perf_counter() - started)
    return 1 if problems else 0


# -- runs in which nobody cheats, and nothing breaks its promise -----------------------------------

HARMLESS = """\
[protocol]
use = "{use}"
variant = "{variant}"
opening = "{opening}"
program = "{program}"
[parties]
count = {n}
inputs = {{ random = "uniform", length = {length}, bits = 12 }}
"""
VARIANTS = {"spdz": ("plain", "sacrifice"), "bgw": ("plain", "compressed", "dn07")}
TWINS = [name for name, info in BEHAVIOURS.items() if info.twin]


def harmless_scenario(seed: int):
    """A protocol over programs, a network that keeps its promise, and maybe an adversary that does
    nothing: it listens, delays within the promise, or is the harmless twin of a behaviour."""
    for attempt in range(100):
        dice = Dice(f"harmless/{seed}/{attempt}")
        use = dice.choice(["spdz", "bgw"])
        n = dice.randint(2, 4) if use == "spdz" else dice.randint(3, 5)
        program = dice.choice(["sum", "mean", "variance", "polynomial"])
        text = HARMLESS.format(
            use=use,
            variant=dice.choice(VARIANTS[use]),
            opening=dice.choice(["all", "king"]),
            program=program,
            n=n,
            length=dice.randint(1, 3),
        )
        names = [f"P{i}" for i in range(1, n + 1)]
        changes = {"network": gentle(dice, link(dice))}
        if program == "polynomial":
            changes["protocol.with"] = {"coefficients": [1, 2, 3, 1]}
        if dice.maybe(0.7):
            changes["adversary"] = [nobody_cheats(dice, names, 1 if use == "bgw" else n - 1)]
        if dice.maybe(0.5):
            changes["fault"] = [fault_within_promise(dice, names)]
        try:
            return loads(text, overrides=changes)
        except ScenarioError:
            continue
    raise RuntimeError(f"seed {seed} makes no scenario")


def gentle(dice: Dice, keys: dict[str, object]) -> dict[str, object]:
    """The link without losses so frequent that repetitions alone take longer than Δ = 60 s."""
    if "gemodel" in keys:
        keys["gemodel"] = {"p": 0.01, "r": 0.5}
    return {
        key: dice.choice([0.01, 0.1]) if key in ("loss", "corrupt") else value
        for key, value in keys.items()
    }


def nobody_cheats(dice: Dice, names: list[str], most: int) -> dict[str, object]:
    """An adversary within the bound that changes nothing but time."""
    seats = sorted(dice.sample(names, dice.randint(1, most)))
    schedule = [name for name, info in BEHAVIOURS.items() if info.depth == "schedule"]
    match dice.choice(["listens", "schedules", "twin"]):
        case "listens":
            return {"corrupts": seats, "model": "passive"}
        case "schedules":
            name = dice.choice(schedule)
            return {"does": name, "with": {"by": dice.ms(1, 300)}, "required": False}
        case _:
            name = dice.choice(TWINS)
            takes, given = BEHAVIOURS[name].takes, BEHAVIOURS[name].twin
            own = {k: "0 s" if takes[k].type == "duration" else v for k, v in given.items()}
            seats = [] if BEHAVIOURS[name].depth == "schedule" else seats
            corrupts = {"corrupts": seats} if seats else {}
            return {**corrupts, "does": name, "with": own, "required": False}


def fault_within_promise(dice: Dice, names: list[str]) -> dict[str, object]:
    """A fault after which everything still comes in time, and nothing is forgotten."""
    kind = dice.choice(["restart", "pause", "partition", "degrade"])
    keys: dict[str, object] = {"kind": kind, "when": {"at": dice.ms(0, 400)}}
    keys["for"] = dice.ms(1, 800)
    if kind == "partition":
        side = dice.some(names)
        keys |= {"groups": [side, [name for name in names if name not in side]]}
        keys["shape"] = dice.choice(["groups", "one-way"])
    else:
        keys["who"] = dice.some(names)
    if kind == "restart":
        keys["memory"] = "durable"
    if kind == "degrade":
        keys["link"] = {"latency": dice.ms(50, 400)}
    return keys


def run_harmless(seed: int) -> tuple[int, str, str]:
    """(seed, what came of it, what went wrong or "")."""
    try:
        report = prepare(harmless_scenario(seed), seed).run(Options(meter=False))
        protocol, findings = report.plan.session.name, report.verdict.findings
        wrong = sorted(FAILURES.intersection(findings))
        # A twin might have deviated, and that is all that may stand against a guarantee here.
        wrong += [reason for reason in report.exceeded if "deviated" not in reason]
        wrong += [a.reason for a in report.case.aborts.values() if not may_be(a)]
        wrong += [r.behaviour for r in report.run.receipts if set(r.changed) - {"time"}]
        return seed, f"{protocol}: {report.verdict.name}", ", ".join(wrong)
    except Exception as error:  # counted and shown: the run must go on
        return seed, "exception", repr(error)


def may_be(abort: Aborted) -> bool:
    """Unlucky losses can make a message late, which accuses nobody."""
    return abort.stopped_by is not None or (abort.reason == "timeout" and not abort.accused)


def no_false_alarm(seeds: int, jobs: int) -> int:
    """Harmless runs and faults within the promise: no WRONG, SPLIT, BLAME or STALL."""
    started, verdicts, problems = time.perf_counter(), Counter(), []
    with ProcessPoolExecutor(jobs) as pool:
        for done, (seed, end, problem) in enumerate(
            pool.map(run_harmless, range(seeds), chunksize=50), 1
        ):
            verdicts[end] += 1
            if problem:
                problems.append(f"seed {seed}: {problem}")
            if done % 5000 == 0 or done == seeds:
                spent = time.perf_counter() - started
                print(
                    f"{done:>7,} of {seeds:,}  {len(problems)} problems  {spent:.0f} s", flush=True
                )
    lines = [
        f"- {seeds:,} runs of SPDZ and BGW, all variants, 2 to 5 parties: random programs, inputs "
        "and networks (jitter, losses, duplicates, corruption, reordering, short queues). In most "
        "an adversary within the bound that listens, delays, or is a behaviour's harmless twin; in "
        "half a fault within the promise (pause, durable restart, a partition that heals, a slower "
        "link).",
        f"- {len(problems)} problems (WRONG, SPLIT, BLAME, STALL, an abort for another reason than "
        "a late message, a twin that changed something, an exception, or a guarantee that was not "
        "in force).",
    ]
    lines += [f"  - {problem}" for problem in problems[:20]]
    lines += ["", "| protocol: verdict | runs |", "| --- | --- |"]
    lines += [f"| {name} | {count:,} |" for name, count in verdicts.most_common()]
    page("no-false-alarm", "No false alarm", lines, time.perf_counter() - started)
    return 1 if problems else 0


# -- pages -----------------------------------------------------------------------------------------


def page(name: str, title: str, lines: list[str], seconds: float) -> None:
    """Write one result with the machine, the commit and the time that it took."""
    command = " ".join(["python", *sys.argv])
    head = [
        f"# {title}",
        "",
        f"`{command}`, {date.today()}, commit {commit()}, {seconds:.0f} s on {machine()}.",
        "",
    ]
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.md"
    file.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    print(f"wrote {file.relative_to(ROOT)}")


def commit() -> str:
    described = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(described, capture_output=True, text=True, check=True).stdout.strip()


def machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":")[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    runs = parser.add_subparsers(dest="run", required=True)
    faults = runs.add_parser("kernel-faults", help=kernel_faults.__doc__)
    faults.add_argument("--seeds", type=int, default=10_000)
    alarms = runs.add_parser("no-false-alarm", help=no_false_alarm.__doc__)
    alarms.add_argument("--seeds", type=int, default=100_000)
    for each in (faults, alarms):
        each.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    carry_out = {"kernel-faults": kernel_faults, "no-false-alarm": no_false_alarm}[arguments.run]
    return carry_out(arguments.seeds, arguments.jobs)


if __name__ == "__main__":
    sys.exit(main())
