"""`turncoat privacy FILE|NAME`: a scenario's own protocol, program, network and corrupted seats.

Where the file corrupts nobody, every set of t seats listens in turn. The check is the one asked for
on the command line, else the one of `[expect] privacy`.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, cast

import attrs
import click

from turncoat.adversary.privacy.exact import Progress
from turncoat.adversary.privacy.lanes import NotEnumerable
from turncoat.cli import amounts
from turncoat.cli.page import Block, Headline, Line, Mark
from turncoat.cli.render import evidence
from turncoat.scenarios.compose import prepare
from turncoat.scenarios.corruptions import LISTENS, corrupted
from turncoat.scenarios.loader import catalogue, load
from turncoat.scenarios.privacy import Privacy
from turncoat.scenarios.privacy_questions import answer
from turncoat.scenarios.problems import ScenarioError
from turncoat.scenarios.scenario import Scenario
from turncoat.scenarios.schema import Expect, PrivacyKind


def is_scenario(name: str) -> bool:
    """A file, or a name of the catalogue."""
    return name.endswith(".toml") or name in catalogue()


def variants(
    name: str, kind: str | None, overrides: Mapping[str, object]
) -> tuple[bool, list[Scenario]]:
    """(is a leak expected, the scenario once for each corrupted set, with the check as its only
    expectation). Raises a usage error for a mistake in the file, and for one that names no check.
    """
    try:
        scenario = load(name, overrides)
        asked = cast("PrivacyKind | None", kind) or scenario.expect.privacy
        if asked is None:
            raise click.UsageError(
                f"{scenario.name} asks for no check: say --exact, --statistical or --extraction"
            )
        expect = Expect(privacy=asked, reveals=scenario.expect.reveals)
        leak_expected = "LEAK" in (scenario.expect.verdict or ())
        return leak_expected, [
            attrs.evolve(each, tables=attrs.evolve(each.tables, expect=expect))
            for each in _listening(scenario)
        ]
    except ScenarioError as error:
        raise click.ClickException(str(error)) from None


def _listening(scenario: Scenario) -> Iterator[Scenario]:
    if scenario.corrupted:
        yield scenario
        return
    bare = attrs.evolve(scenario, tables=attrs.evolve(scenario.tables, expect=Expect()))
    session = prepare(bare).plan.session
    for seats in combinations(scenario.computing, session.t):
        yield corrupted(bare, seats, LISTENS)


def check_scenario(
    scenario: Scenario, workers: int, progress: Progress | None
) -> tuple[Privacy, float]:
    """(what was found, real seconds). Raises a usage error for what cannot be checked."""
    began = time.monotonic()
    try:
        prepared = prepare(scenario)
        kind = scenario.expect.privacy
        if kind is None:
            raise ValueError(f"{scenario.name} names no check")
        question = prepared.question(kind)
        found = answer(question, workers=workers, progress=progress)
    except (ScenarioError, NotEnumerable) as error:
        raise click.ClickException(str(error)) from None
    return found, time.monotonic() - began


def code_of(found: Privacy, *, leak_expected: bool) -> int:
    """As of a named check: 0 as expected, 1 a leak that should not be, 3 nothing can be said."""
    if leak_expected:
        return 0 if found.verdict == "LEAK" else 3
    return {"LEAK": 1, "INCONCLUSIVE": 3}.get(found.verdict, 0)


def page(scenario: Scenario, found: Privacy, seconds: float, code: int) -> Iterator[Block]:
    """One result."""
    document = found.json()
    mark: Mark = {0: "good", 3: "doubtful"}.get(code, "bad")  # pyright: ignore[reportAssignmentType]
    expected = ", as expected" if found.verdict == "LEAK" and code == 0 else ""
    yield Headline(f"{scenario.name}: {found.kind}", f"{found.verdict}{expected}", mark)
    yield Line("corrupted", amounts.names(document["corrupted"]))
    yield from details(document, scenario.names)
    yield Line("took", amounts.seconds(seconds))


def details(document: Mapping[str, Any], names: Sequence[str]) -> Iterator[Line]:
    """What was looked at, what could have been seen, and what was."""
    if document["reveals"] is not None:
        yield Line("reveals", ", ".join(document["reveals"]) or "nothing")
    yield Line("checked", document["checked"])
    yield Line("power", document["power"])
    for number, line in enumerate(evidence(document["evidence"] or {}, names)):
        yield Line("" if number else "evidence", line)
