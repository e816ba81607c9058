"""What a scenario would do: who, over which links, against whom; and what an honest run costs.

Rounds and payload come from the declared formulas, messages and time from one dry run without
faults and adversary, on other inputs of the same shapes. The scenario itself is not run.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from turncoat.cli import amounts, describe
from turncoat.cli.faults import fault_text
from turncoat.cli.links import host_text, link_text
from turncoat.cli.page import Block, Grid, Headline, Line, Text
from turncoat.cli.render import bill, network_label, promise, protocol_label, shown
from turncoat.protocols.session import Session
from turncoat.scenarios.compose import Options, Prepared, prepare
from turncoat.scenarios.figures import changes, is_timed, region_of
from turncoat.scenarios.inputs import Numbers, draw
from turncoat.scenarios.loader import load
from turncoat.scenarios.report import Report
from turncoat.scenarios.resolved import resolved
from turncoat.scenarios.scenario import Scenario
from turncoat.scenarios.schema import Expect, RandomInput
from turncoat.scenarios.schema_network import Link
from turncoat.scenarios.schema_world import Adversary

FEW = 12  # parties that are listed one by one


def forecast(name: str, overrides: Mapping[str, object]) -> Iterator[Block]:
    """The page of one scenario. Raises ScenarioError if it is not valid."""
    scenario = load(name, overrides)
    prepared = prepare(scenario)
    yield Headline(f"{scenario.name}  {protocol_label(scenario)}", "scenario")
    if scenario.header.about:
        yield Line("shows", scenario.header.about)
    if scenario.header.cites:
        yield Line("cites", "; ".join(scenario.header.cites))
    yield Line("protocol", promise(prepared.plan.session.guarantee))
    yield Line("", prepared.plan.session.terms)
    yield from describe.details(prepared.plan.session)
    yield from _network(scenario)
    for fault in scenario.faults:
        yield Line("fault", fault_text(scenario, fault))
    for adversary in scenario.adversaries:
        yield Line("adversary", _adversary(scenario, adversary))
    yield from _expectations(scenario)
    yield Text()
    yield from _parties(prepared)
    yield Text()
    yield from _prediction(prepared)


# What it would do


def _network(scenario: Scenario) -> Iterator[Block]:
    line = host_text(scenario.default_host)
    yield Line("network", f"{network_label(scenario)}: {link_text(scenario.default_link)}; {line}")
    places: dict[str, list[str]] = {}
    for name in scenario.names:
        places.setdefault(region_of(scenario.network, name) or "", []).append(name)
    for region, names in places.items():
        if region:
            yield Line("", f"{amounts.names(names)} in {region}")
    for entry in scenario.network.link:
        yield Line("", _link(scenario, entry))


def _link(scenario: Scenario, entry: Link) -> str:
    senders, receivers = scenario.who(entry.from_), scenario.who(entry.to)
    arrow = "↔" if entry.both else "→"
    pair = next(((a, b) for a in senders for b in receivers if a != b), None)
    if pair is None:
        return f"{amounts.names(senders)} {arrow} {amounts.names(receivers)}: nobody"
    figures = scenario.link(*pair)
    if is_timed(entry):
        figures = attrs.evolve(figures, **changes(entry))
    ends = f"{amounts.names(senders)} {arrow} {amounts.names(receivers)}{_times(entry)}"
    return f"{ends}: {link_text(figures)}"


def _times(entry: Link) -> str:
    start = f" from {amounts.virtual(entry.start)}" if entry.start is not None else ""
    return start + (f" until {amounts.virtual(entry.end)}" if entry.end is not None else "")


def _adversary(scenario: Scenario, adversary: Adversary) -> str:
    seats = amounts.names(scenario.who(adversary.corrupts))
    if adversary.does is None:
        return f"{seats}, {adversary.model}: follows the protocol and listens"
    given = ", ".join(f"{key} = {value}" for key, value in adversary.with_.items())
    what = f"{adversary.does} with {given}" if given else adversary.does
    when = [
        f"{field.name} = {value if isinstance(value, int | str) else amounts.names(value)}"
        for field in attrs.fields(type(adversary.when))
        if (value := getattr(adversary.when, field.name)) is not None
    ]
    on = f", on messages with {', '.join(when)}" if when else ", on every message"
    return f"{seats}, {adversary.model}: {what}{on}"


def _expectations(scenario: Scenario) -> Iterator[Block]:
    table = resolved(scenario.tables, scenario.sources).get("expect", {})
    for number, (key, value) in enumerate(table.items()):
        yield Line("" if number else "expects", f"{key} {shown(value)}")


def _parties(prepared: Prepared) -> Iterator[Block]:
    scenario, layout = prepared.scenario, prepared.plan.session.layout
    rows = [
        (
            name,
            ", ".join(f"{x}{list(shape)}" for x, shape in layout.get(name, {}).items()) or "none",
            "yes" if name in scenario.corrupted else "no",
            host_text(scenario.host(name)),
        )
        for name in scenario.names[:FEW]
    ]
    yield Grid(("party", "inputs", "corrupted", "access line"), rows)
    if scenario.n > FEW:
        yield Text(f"  … and {scenario.n - FEW} more parties", "dim")


# What it would cost


def _prediction(prepared: Prepared) -> Iterator[Block]:
    """Figures for the run without faults and adversary."""
    found = prepared.plan.session.predict()
    if found is not None:
        figures = [
            amounts.count(found.rounds, "round"),
            f"{found.elements_total:,} field elements",
            f"{amounts.octets(found.payload_bytes)} payload",
        ]
        yield Line("predicted", f"{' · '.join(figures)} (declared formulas; exact for honest runs)")
    try:
        report = dry_run(prepared)
    except Exception as error:
        # The program is the user's: on these inputs it may do what it never does on the real ones.
        yield Line("dry run", f"failed: {type(error).__name__}: {error}", "doubtful")
        return
    totals = report.json()["totals"]
    time = f"{amounts.virtual(totals['virtual_ns'])} simulated"
    yield Line("dry run", f"{' · '.join(bill(totals))} · {time}")
    yield Line("", f"honest, without faults, on random inputs of these shapes; {_time(prepared)}")


def dry_run(prepared: Prepared) -> Report:
    """The scenario without faults and adversary, on random bits in the place of its inputs."""
    tables = attrs.evolve(prepared.scenario.tables, fault=(), adversary=(), expect=Expect())
    scenario = attrs.evolve(prepared.scenario, tables=tables)
    plan = attrs.evolve(
        prepared.plan,
        faults=(),
        attacks=(),
        corrupted=frozenset[int](),
        session=_rehearsal(prepared),
    )
    return attrs.evolve(prepared, scenario=scenario, plan=plan).run(Options(meter=False))


def _rehearsal(prepared: Prepared) -> Session:
    """The session on other inputs; on none, if it can do without."""
    session = prepared.plan.session
    without = getattr(session, "rehearsal", None)
    return session.with_inputs(_bits(prepared)) if without is None else without()


def _bits(prepared: Prepared) -> dict[str, dict[str, Any]]:
    """Random bits in the shapes of the inputs."""
    return {
        party: {name: _drawn(shape, prepared.seed, party, name) for name, shape in shapes.items()}
        for party, shapes in prepared.plan.session.layout.items()
    }


def _drawn(shape: tuple[int, ...], seed: int, party: str, name: str) -> list[object]:
    length = 1
    for side in shape:
        length *= side
    bits = draw(RandomInput(random="uniform", length=length, bits=1), seed, party, name)
    return Numbers(shape, bits.flat).nested()


def _time(prepared: Prepared) -> str:
    """Is the simulated time that of every run, or of one draw of the delays?"""
    topology = prepared.plan.topology
    links = [topology.default, *topology.links.values()]
    unlimited = not topology.queues and not any(link.rate for link in links)
    if unlimited and not topology.overrides and not any(link.varies for link in links):
        return "its time is exact"
    return f"its time is an estimate (delays of seed {prepared.seed})"
