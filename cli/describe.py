"""What a name means: protocols and their steps, programs, attacks, faults and networks at length.

Everything is read from declarations, docstrings and the numbered comments of the code itself, so
that no second description can grow stale. Scenarios are in `forecast.py`.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import attrs

from turncoat.adversary.entries import BehaviourInfo, Parameter
from turncoat.adversary.registry import BEHAVIOURS, load_behaviour
from turncoat.cli import amounts
from turncoat.cli.links import host_text, link_text, region_lines
from turncoat.cli.page import Block, Grid, Headline, Line, Text
from turncoat.cli.render import promise
from turncoat.protocols import registry
from turncoat.protocols.algebra.field import parse_field
from turncoat.protocols.arithmetic.predict import predict
from turncoat.protocols.declare import Declaration, Guarantee
from turncoat.protocols.session import Request, Session, UnfitRequest
from turncoat.scenarios.fault_kinds import FAULT_KINDS, SHAPES
from turncoat.scenarios.kinds import key_of
from turncoat.scenarios.presets import PRESETS
from turncoat.scenarios.regions import REGIONS
from turncoat.scenarios.schema import Protocol
from turncoat.scenarios.schema_world import Fault, FaultWhen

_STEP = re.compile(r"\s*# (\d+\. .*)")
_MORE = re.compile(r"\s*# {2,}(.*)")


@attrs.frozen
class Sizes:
    """The parameters that a cost is evaluated at. t: None for the most that the protocol has."""

    n: int
    t: int | None = None
    m: int = 1
    k: int = 1


def default_field() -> Any:
    """The field that scenario files use unless they say otherwise."""
    return parse_field(attrs.fields(Protocol).field.default)


# Protocols and their steps


steps = registry.steps  # "bgw/multiply" → its declaration


def protocol(name: str, sizes: Sizes) -> Iterator[Block]:
    """A protocol: its guarantee, and the cost of its steps."""
    if name in registry.SESSIONS:
        yield from _other_protocol(name, sizes)
        return
    maker = registry.family(name)
    family = maker(sizes.n, sizes.t, default_field())
    yield Headline(name, "protocol")
    yield Line("is", registry.FAMILIES[name].summary)
    yield from _promised(family.guarantee)
    yield Text()
    own = {key: step for key, step in steps().items() if key.startswith(f"{name}/")}
    yield Grid((), [(key, step.summary) for key, step in own.items()])
    yield Text()
    yield _costs(own, attrs.evolve(sizes, t=family.t), family.field.element_bytes)
    cites = dict.fromkeys(cite for step in own.values() for cite in step.cites)
    yield Text()
    yield Line("cites", "; ".join(cites))
    yield Line("see also", f"turncoat explain {next(iter(own))} --n 5 --m 1000")


def _promised(guarantee: Guarantee) -> Iterator[Block]:
    yield Line("guarantee", promise(guarantee))
    yield Line("reveals", guarantee.reveals)
    gone = f", but for {guarantee.absent} of them" if guarantee.absent else ""
    if guarantee.network == "asynchronous":
        yield Line("needs", f"{guarantee.termination}{gone} to answer, or it waits for ever")
    else:
        yield Line("needs", f"{guarantee.termination}{gone} to answer within Δ, or it aborts")


def _other_protocol(name: str, sizes: Sizes) -> Iterator[Block]:
    """A protocol that is no family, with its default parameters at these sizes, per variant."""
    entry = registry.SESSIONS[name]
    yield Headline(name, "protocol")
    yield Line("is", entry.summary)
    variants = [variant for variant in entry.roles if variant is not None]
    for variant in (None, *variants):
        try:
            session = registry.session(_request(name, variant, sizes))
        except UnfitRequest as unfit:
            yield Line("at n", f"= {sizes.n}: {unfit}", "doubtful")
            yield Line("see", f"turncoat explain {name} --n 1000 --m 100000")
            continue
        yield Text()
        yield Line("variant", variant or "the default")
        roles = [
            f"{len(who):,} {role}" if len(who) > 1 else role for role, who in session.roles.items()
        ]
        yield Line("seats", ", ".join(roles))
        yield Line("terms", session.terms)
        yield from _promised(session.guarantee)
        yield from details(session)


def _request(name: str, variant: str | None, sizes: Sizes) -> Request:
    """The protocol at these sizes, on zeros."""
    names = tuple(f"P{i}" for i in range(1, sizes.n + 1))
    zeros, shapes = {"x": [0] * sizes.m}, {"x": (sizes.m,)}
    return Request(
        use=name,
        names=names,
        inputs=dict.fromkeys(names, zeros),
        layout=dict.fromkeys(names, shapes),
        params={"k": sizes.k} if sizes.k > 1 and name == "secagg+" else {},
        options={"variant": variant, "t": sizes.t},
    )


def details(session: Session) -> Iterator[Block]:
    """What a session itself has to explain, if it has."""
    lines: Callable[[], Iterator[tuple[str, str]]] | None = getattr(session, "details", None)
    for label, text in lines() if lines else ():
        yield Line(label, text)


def _costs(own: Mapping[str, Declaration], sizes: Sizes, width: int) -> Grid:
    at = f"n={sizes.n} t={sizes.t} m={sizes.m} k={sizes.k}"
    head = ("step", "rounds", "elements of all parties", f"at {at}", "payload")
    rows = [
        (name, step.cost.rounds, step.cost.elements_total, f"{elements:,}", payload)
        for name, step in own.items()
        for elements, payload in [_figures(step, sizes, width)]
    ]
    return Grid(head, rows, frozenset({3, 4}))


def _figures(step: Declaration, sizes: Sizes, width: int) -> tuple[int, str]:
    found = step.cost.evaluate(n=sizes.n, t=sizes.t or 0, m=sizes.m, k=sizes.k)
    return int(found.elements_total), amounts.octets(found.payload_bytes(width))


def step(declaration: Declaration, sizes: Sizes) -> Iterator[Block]:
    """One step of a family: what it yields, its cost in figures, and how it goes."""
    name, field = declaration.name, default_field()
    of, _, _ = name.partition("/")
    family = registry.family(of)(sizes.n, sizes.t, field) if of in registry.FAMILIES else None
    t = family.t if family else sizes.n - 1 if sizes.t is None else sizes.t
    sizes, cost = attrs.evolve(sizes, t=t), declaration.cost
    found = cost.evaluate(n=sizes.n, t=t, m=sizes.m, k=sizes.k)
    elements, payload = _figures(declaration, sizes, field.element_bytes)
    yield Headline(name, "step of a protocol")
    yield from _told(declaration.function)
    yield Text()
    yield Line("cost", f"rounds {cost.rounds}, field elements {cost.elements_total} by all parties")
    if cost.octets_total != "0":
        yield Line("", f"and {cost.octets_total} bytes of keys")
    for role, formula in cost.per_role.items():
        yield Line("", f"of these, {formula} by each {role} ({found.per_role[role]:,})")
    total = f"{amounts.count(int(found.rounds), 'round')} · {elements:,} elements · {payload}"
    second = f", k = {sizes.k}" if "k" in cost.variables else ""
    yield Line("in figures", f"n = {sizes.n}, t = {sizes.t}, m = {sizes.m}{second}: {total}")
    yield Line("", f"payload in the field {field.name}; every message has 32 B of header besides")
    if family:
        yield Line("guarantee", promise(family.guarantee))
    yield Line("cites", "; ".join(declaration.cites))
    yield from _numbered(declaration.function)


def _numbered(function: Callable[..., Any]) -> Iterator[Block]:
    """The steps as the paper numbers them: the comments of the code itself."""
    found: list[str] = []
    for line in inspect.getsource(function).splitlines():
        if match := _STEP.fullmatch(line):
            found.append(match[1])
        elif found and (match := _MORE.fullmatch(line)):
            found[-1] += f" {match[1]}"
    for number, text in enumerate(found):
        yield Line("" if number else "steps", text)


def _told(thing: Any) -> Iterator[Block]:
    """A docstring, paragraph by paragraph."""
    paragraphs = (inspect.getdoc(thing) or "It has no docstring.").split("\n\n")
    for number, paragraph in enumerate(paragraphs):
        yield Line("" if number else "is", " ".join(paragraph.split()))


# Programs, attacks, faults, networks


def program(name: str, sizes: Sizes) -> Iterator[Block]:
    """A program, the user's own too, and what it would cost over each family."""
    if name in registry.AGGREGATES:
        yield from _aggregate(name)
        return
    function = registry.program(name, Path.cwd())
    yield Headline(name, "program")
    yield from _told(function)
    for family in registry.FAMILIES:
        for number, (way, options) in enumerate(_ways(family)):
            cost = _program_cost(family + way, family, options, function, sizes)
            yield cost if number == 0 else attrs.evolve(cost, label="")
            if cost.mark == "doubtful":  # nor is it known for the other ways
                break
    yield from _example(
        "[protocol]", f'use = "{next(iter(registry.FAMILIES))}"', f'program = "{name}"'
    )


def _aggregate(name: str) -> Iterator[Block]:
    """A program of secure aggregation; its cost is that of a sum."""
    yield Headline(name, "program")
    yield from _told(registry.AGGREGATES[name].load())
    protocols = " or ".join(f"turncoat explain {use}" for use in registry.SESSIONS)
    yield Line("cost", f"that of the protocol: {protocols}")
    yield from _example(
        "[protocol]",
        'use = "bonawitz"',
        f'program = "{name}"',
        "fixed_point = { fraction_bits = 16 }",
        "with = { clip = 1.0 }",
    )


def _ways(family: str) -> Iterator[tuple[str, dict[str, str]]]:
    """A family as it is by default, then each of its other variants and openings."""
    maker = registry.family(family)
    yield "", {}
    for key, names in (("variant", maker.variants), ("opening", maker.openings)):
        yield from ((f', {key} = "{name}"', {key: name}) for name in names[1:])


def _program_cost(
    label: str, family: str, options: Mapping[str, Any], function: Any, sizes: Sizes
) -> Line:
    maker = registry.family(family)
    if "sigma" in maker.options:
        options = {**options, "sigma": 0}  # what an unsound variant costs may be asked, too
    made = maker(sizes.n, sizes.t, default_field(), **options)
    layout = {f"P{i}": {"x": (sizes.m,)} for i in range(1, sizes.n + 1)}
    what = f"{sizes.n} parties, {amounts.count(sizes.m, 'entry')} each, over {label}"
    try:
        found = predict(made, function, layout)
    except Exception as error:
        # A user's program may need other inputs than these, in ways nobody can foresee.
        return Line("cost", f"unknown for {what}: {error}", "doubtful")
    rounds, elements = amounts.count(found.rounds, "round"), f"{found.elements_total:,} elements"
    return Line("cost", f"{what}: {rounds} · {elements} · {amounts.octets(found.payload_bytes)}")


DEPTHS = {
    "wire": "on the messages of corrupted parties that `when` selects",
    "seat": "in the seat of a corrupted party, on what it knows and runs",
    "schedule": "on the order in which the network delivers; it corrupts nobody",
}


def attack(name: str, sizes: Sizes) -> Iterator[Block]:
    """A behaviour: what it does at which depth, its parameters, its twin and an example."""
    info = BEHAVIOURS[name]
    yield Headline(name, "attack")
    yield Line("does", info.summary)
    yield from _told(load_behaviour(name))
    about = f"; by default {' and '.join(info.kinds)}" if info.kinds else ""
    yield Line("acts", DEPTHS[info.depth] + about)
    yield Line("intends", f"to change {info.intends}; a run in which it did not is inconclusive")
    for number, (key, parameter) in enumerate(info.takes.items()):
        yield Line("" if number else "with", f"{key} ({_kind(parameter)}): {parameter.help}")
    twin = ", ".join(f"{k} = {_toml(info.takes[k], v)}" for k, v in info.twin.items())
    yield Line("twin", f"{{ {twin} }} does the same and changes nothing: the control of a test")
    yield Line("cites", "; ".join(info.cites))
    yield from _example(*_entry(info))
    yield Text(f"    in {info.example.scenario}, for example", "dim")


def _kind(parameter: Parameter) -> str:
    if parameter.choices:
        return f"one of {', '.join(parameter.choices)}; default {parameter.default}"
    if parameter.default is None:
        return parameter.type
    return f"{parameter.type}, default {_toml(parameter, parameter.default)}"


def _toml(parameter: Parameter, value: Any) -> str:
    """A value of a parameter as a scenario file has it."""
    if parameter.type == "duration" and isinstance(value, int):
        return f'"{amounts.duration(value)}"'
    return _bare(value)


def _bare(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_bare, cast('Sequence[Any]', value)))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _entry(info: BehaviourInfo) -> Iterator[str]:
    """The example's [[adversary]] entry."""
    yield "[[adversary]]"
    if info.depth != "schedule":
        yield f"corrupts = {_bare(list(info.example.corrupts))}"
    yield f'does = "{info.name}"'
    when = ", ".join(f"{key} = {_bare(value)}" for key, value in info.example.when.items())
    if when:
        yield f"when = {{ {when} }}   # phase, sid, kind, to, nth, at"
    given = info.example.with_ or {
        key: parameter.default
        for key, parameter in info.parameters.items()
        if parameter.default is not None
    }
    if given:
        told = ", ".join(f"{k} = {_toml(info.takes[k], v)}" for k, v in given.items())
        yield f"with = {{ {told} }}"


def fault(name: str, sizes: Sizes) -> Iterator[Block]:
    """A kind of fault: what sets it off, its keys and an example."""
    kind = FAULT_KINDS[name]
    yield Headline(name, "fault")
    yield Line("is", kind.summary)
    for number, trigger in enumerate(attrs.fields(FaultWhen)):
        text = f"{trigger.name}: {trigger.metadata['help']}"
        yield Line("" if number else "when", text)
    told = {key_of(field): field.metadata["help"] for field in attrs.fields(Fault)}
    for label, keys in (("needs", kind.needs), ("may have", kind.may)):
        for number, key in enumerate(keys):
            yield Line("" if number else label, f"{key}: {told[key]}")
    for number, (shape, entry) in enumerate(SHAPES.items() if "shape" in kind.may else ()):
        yield Line("" if number else "shapes", f"{shape}: {entry.summary}")
    yield from _example("[[fault]]", f'kind = "{name}"', *kind.example)


def network(name: str, sizes: Sizes) -> Iterator[Block]:
    """A network preset, or a region, in figures."""
    yield Headline(name, "network")
    if name in REGIONS:
        yield Line(
            "is",
            "a region: published latencies to the others, constant unless [network] gives a jitter",
        )
        for label, text in region_lines(name):
            yield Line(label, text)
        yield from _example("[network]", f'regions = {{ alice = "{name}", "phone-*" = "tokyo" }}')
        return
    preset = PRESETS[name]
    yield Line("is", preset.source)
    yield Line("links", link_text(preset.link))
    yield Line("bandwidth", host_text(preset.host))
    yield from _example("[network]", f'preset = "{name}"', 'latency = "80 ms"   # overrides it')


def _example(*lines: str) -> Iterator[Block]:
    yield Text()
    for line in lines:
        yield Text(f"    {line}", "dim")


TELLERS: Mapping[str, Callable[[str, Sizes], Iterator[Block]]] = {
    "protocols": protocol,
    "programs": program,
    "attacks": attack,
    "faults": fault,
    "networks": network,
}
