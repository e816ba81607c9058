"""Scenarios of the catalogue with attacks made in Python."""

from typing import Any

import attrs

from turncoat.adversary.coalition import Attack
from turncoat.adversary.selector import Selector
from turncoat.scenarios.compose import Options, prepare
from turncoat.scenarios.loader import load
from turncoat.scenarios.report import Report

ALICE, BOB, CAROL = 1, 2, 3


def play(
    *attacks: Attack, scenario: str = "average-salary", options: Options | None = None, **plan: Any
) -> Report:
    """Run a scenario of three parties with these attacks as its adversary."""
    prepared = prepare(load(scenario, {"adversary": [], "expect": {}}))
    corrupted = frozenset(i for attack in attacks for i in attack.parties)
    staged = attrs.evolve(prepared.plan, attacks=attacks, corrupted=corrupted, **plan)
    return attrs.evolve(prepared, plan=staged).run(options)


def attack(behaviour: Any, *seats: int, timing: Any = None, **when: Any) -> Attack:
    """An attack from these seats (default: carol's)."""
    given = {} if timing is None else {"timing": timing}
    name = type(behaviour).__name__
    return Attack(name, behaviour, seats or (CAROL,), Selector(**when), **given)


def sent(report: Report, kind: str, sender: int) -> list[int]:
    """When a party sent messages of a kind [ns]."""
    return [row.time for row in report.ledger.rows if (row.kind, row.sender) == (kind, sender)]


def arrivals(report: Report, kind: str, receiver: int) -> list[int]:
    """When messages of a kind reached a party [ns]."""
    copies = {
        copy
        for row in report.run.journal.postings()
        for copy, j in enumerate(row.receivers, row.first)
        if (row.kind, j) == (kind, receiver)
    }
    return [a.time for a in report.run.journal.arrivals() if a.copy in copies]
