"""One run as a page: the answer, the verdict, what was expected, what it cost and why.

Made from the document of `run --json` and a few facts that are not in it (`Subject`). Knows no
terminal and reads nothing else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import attrs

from turncoat.cli import amounts, ends
from turncoat.cli.page import LABEL, NARROW, Block, Grid, Headline, Line, Mark, Text

if TYPE_CHECKING:
    from turncoat.protocols.declare import Guarantee
    from turncoat.scenarios.report import Report
    from turncoat.scenarios.scenario import Scenario

Document = Mapping[str, Any]

FEW = 12  # parties that the table shows unless all are asked for
FAILURES = ("WRONG", "SPLIT", "BLAME", "LEAK", "STALL")


@attrs.frozen
class Subject:
    """What was run. protocol: "bgw/mean"; network: "wan"; guarantee: its sentence; right: the
    right output as JSON has it, None if there is none."""

    protocol: str
    network: str
    guarantee: str
    right: Any = None

    @classmethod
    def of(cls, report: "Report") -> "Subject":
        from turncoat.scenarios.report import jsonable

        right = report.case.right
        return cls(
            protocol=protocol_label(report.scenario),
            network=network_label(report.scenario),
            guarantee=promise(report.plan.session.guarantee),
            right=None if right is None else jsonable(right.value),
        )


def protocol_label(scenario: "Scenario") -> str:
    """bgw/mean."""
    return "/".join(filter(None, [scenario.protocol.use, scenario.protocol.program]))


def network_label(scenario: "Scenario") -> str:
    """The preset, or what stands in the place of its latency."""
    network = scenario.network
    if network.regions:
        return amounts.count(len({*network.regions.values()}), "region")
    if network.empirical is not None:
        return "measured links"
    latency = network.latency
    return network.preset if latency is None else f"{amounts.duration(latency)} links"


def promise(guarantee: "Guarantee") -> str:
    """A guarantee in one line."""
    return (
        f"{guarantee.adversary}, {guarantee.threshold}, {guarantee.network}, "
        f"{guarantee.abort} abort, soundness error {guarantee.soundness}"
        f"{guarantee.assumes and f'; {guarantee.assumes}'}"
    )


def headline(document: Document, subject: Subject) -> Headline:
    """Which run it was, and its verdict."""
    roles = [party["role"] for party in document["parties"].values()]
    parties = " + ".join(amounts.count(roles.count(role), role) for role in dict.fromkeys(roles))
    left = [document["scenario"], subject.protocol, parties, subject.network]
    verdict, mark = _judgement(document)
    return Headline("  ".join([*left, f"seed {document['seed']}"]), verdict, mark)


def page(document: Document, subject: Subject, *, full: bool = False) -> Iterator[Block]:
    """The whole report of one run. full: every party, and the digest at length."""
    yield headline(document, subject)
    yield from _results(document, subject)
    yield from _expectations(document["expectations"])
    yield from _costs(document)
    yield Text()
    yield from _parties(document, full=full)
    yield Text()
    yield from _interference(document)
    yield from _guarantee(document, subject)
    yield from _privacy(document)
    digest: str = document["digest"]
    yield Line("digest", digest if full else f"{digest[:16]}…", "dim")
    yield Line("replay", document["replay"], "dim")


def _judgement(document: Document) -> tuple[str, Mark]:
    verdict: str = document["verdict"]
    if not document["held"]:
        return f"{verdict}: not as expected", "bad"
    if verdict == "OK":
        return verdict, "good"
    asked = any(
        e["key"] == "verdict" and e["expected"] != "no failure" for e in document["expectations"]
    )
    return (f"{verdict}, as expected", "good") if asked else (verdict, "doubtful")


# What came of it


def _results(document: Document, subject: Subject) -> Iterator[Line]:
    names = list(document["parties"])
    yield from _outputs(document)
    if "WRONG" in document["findings"]:
        yield Line("", f"the right output is {amounts.output(subject.right)}", "bad")
    for number, (end, who) in enumerate(ends.by_end(document["parties"]).items()):
        yield Line("" if number else "ended", f"{amounts.names(who)} {ends.named(end, names)}")
    for number, wait in enumerate(ends.waits(document["waiting"])):
        yield Line("" if number else "waiting", wait, "bad")
    for reason in document["reasons"]:
        yield Line("doubt", ends.named(reason, names), "doubtful")
    if len(document["findings"]) > 1:
        yield Line("findings", ", ".join(document["findings"]))


def _outputs(document: Document) -> Iterator[Line]:
    """The honest parties' outputs, equal ones together."""
    seats: Mapping[str, Document] = document["parties"]
    parties = {name: seat for name, seat in seats.items() if _answers(seat)}
    honest = {name: party for name, party in parties.items() if not party["corrupted"]}
    groups: dict[str, list[str]] = {}
    for name, party in honest.items():
        if party["outcome"] == "output" and party["output"] is not None:
            groups.setdefault(amounts.output(party["output"]), []).append(name)
    if not groups:
        yield Line("output", "none: no honest party accepted one")
    for number, (value, who) in enumerate(groups.items()):
        yield Line("" if number else "output", f"{value}   {_agreement(who, honest, parties)}")


def _answers(seat: Document) -> bool:
    """Does a seat have an output of its own? Who deals or vouches has none."""
    return seat["role"] == "party" or seat["output"] is not None


def _agreement(who: Sequence[str], honest: Mapping[str, Any], parties: Mapping[str, Any]) -> str:
    if len(who) < len(honest) or len(parties) == 1:
        return f"at {amounts.names(who)}"
    return "all parties agree" if len(honest) == len(parties) else "all honest parties agree"


def _expectations(expectations: Sequence[Document]) -> Iterator[Line]:
    held = [f"{e['key']} {shown(e['expected'])} ✓" for e in expectations if e["held"]]
    lines: list[tuple[str, Mark]] = [(text, "plain") for text in _filled(held)]
    for e in expectations:
        if not e["held"]:
            text = f"✗ {e['key']}: expected {shown(e['expected'])}, found {shown(e['found'])}"
            lines.append((text, "bad"))
    for number, (text, mark) in enumerate(lines):
        yield Line("" if number else "expected", text, mark)


def _filled(parts: Sequence[str], separator: str = " · ") -> list[str]:
    """The parts in lines that a terminal need not break again."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(separator) + len(part) <= NARROW - LABEL - 4:
            lines[-1] += separator + part
        else:
            lines.append(part)
    return lines


def shown(value: Any) -> str:
    """An expected or found value of [expect] in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, cast("list[Any]", value))) or "nobody"
    if isinstance(value, str) and (time := re.fullmatch(r"(\d+) ns", value)):
        return amounts.virtual(int(time[1]))
    return "nothing" if value is None else amounts.output(value)


# What it cost


def _costs(document: Document) -> Iterator[Line]:
    totals: Document = document["totals"]
    times = [f"{amounts.virtual(totals['virtual_ns'])} simulated"]
    if "measured" in document:
        times.append(f"{amounts.seconds(document['measured']['wall_s'])} real")
    yield Line("cost", " · ".join([*bill(totals), *times]))
    if len(document["phases"]) > 1:
        for phase, traffic in document["phases"].items():
            yield Line("", f"{phase}: {' · '.join(bill(traffic))}", "dim")


def bill(traffic: Document) -> list[str]:
    """Rounds, messages and bytes of a whole run or of one phase."""
    payload, framing = traffic["payload_bytes"], traffic["framing_bytes"]
    parts = [
        amounts.count(traffic["rounds"], "round"),
        amounts.count(traffic["messages"], "message"),
        f"{amounts.octets(payload)} payload + {amounts.octets(framing)} framing",
    ]
    if traffic["resent_bytes"]:
        parts.append(f"{amounts.octets(traffic['resent_bytes'])} resent")
    return parts


HEAD = ("party", "role", "corrupted", "outcome", "sent", "received", "finished", "CPU")


def _parties(document: Document, *, full: bool) -> Iterator[Block]:
    parties: Mapping[str, Document] = document["parties"]
    shown = list(parties) if full or len(parties) <= FEW else _noteworthy(parties)
    cpu: Mapping[str, float] = document.get("measured", {}).get("cpu_s", {})
    rows = [_party_row(name, parties[name], cpu.get(name)) for name in shown]
    marks: list[Mark] = ["doubtful" if parties[name]["corrupted"] else "plain" for name in shown]
    yield Grid(HEAD, rows, frozenset({4, 5, 6, 7}), marks)
    if len(shown) < len(parties):
        yield Text(f"  … and {len(parties) - len(shown)} more parties (-v shows all)", "dim")


def _noteworthy(parties: Mapping[str, Document]) -> list[str]:
    """Corrupted parties and those without an output first; a few others to compare with."""
    odd = [n for n, p in parties.items() if p["corrupted"] or p["outcome"] != "output"]
    chosen = {*odd[:FEW], *[n for n in parties if n not in odd][: max(FEW - len(odd), 0)]}
    return [name for name in parties if name in chosen]


def _party_row(name: str, party: Document, cpu: float | None) -> tuple[str, ...]:
    return (
        name,
        party["role"],
        "yes" if party["corrupted"] else "no",
        party["outcome"],
        _traffic(party["sent"]),
        _traffic(party["received"]),
        amounts.virtual(party["finished_ns"]),
        "" if cpu is None else amounts.seconds(cpu),
    )


def _traffic(traffic: Document) -> str:
    total = traffic["payload_bytes"] + traffic["framing_bytes"]
    return f"{traffic['messages']:,} msg, {amounts.octets(total)}"


# What was done to it, and what was promised


def _interference(document: Document) -> Iterator[Line]:
    for receipt in document["receipts"]:
        yield Line("adversary", _receipt(receipt), "plain" if receipt["acted"] else "doubtful")
    if document["detected_by"]:
        stopped: Sequence[str] = document["stopped_by_peer"]
        by_peer = f"; stopped by them: {amounts.names(stopped)}" if stopped else ""
        yield Line("detected", f"by {amounts.names(document['detected_by'])}{by_peer}")
    for fault in document["faults"]:
        yield Line("fault", _fault(fault), "plain" if fault["fired"] is not None else "doubtful")


def _receipt(receipt: Document) -> str:
    what = f"{receipt['party'] or 'the network'}: {receipt['behaviour']}"
    if receipt["fired"] == 0:
        advice = f" ({receipt['advice']})" if receipt["advice"] else ""
        return f"{what} never fired: no message matched{advice}"
    changed = ", ".join(receipt["changed"]) or "nothing"
    counts = f"fired {receipt['fired']}×, {receipt['on_wire']} on the wire, changed {changed}"
    failed = "" if receipt["acted"] else f", though it intends to change {receipt['intends']}"
    return f"{what} {counts}{failed}"


def _fault(fault: Document) -> str:
    sides = " | ".join(amounts.names(side) for side in fault.get("groups", ()))
    struck: str = fault["party"] or sides
    what = f"{struck}: {fault['kind']}" if struck else fault["kind"]
    name = "" if fault["name"].startswith(fault["kind"]) else f" ({fault['name']})"
    if fault["fired"] is None:
        return f"{what}{name} never struck"
    strokes = f", {fault['strokes']} times" if fault.get("strokes", 1) > 1 else ""
    hits = f", {amounts.count(fault['hits'], 'message')} hit" if fault.get("hits") else ""
    return f"{what}{name} at {amounts.virtual(fault['fired'])}{strokes}{hits}"


def _privacy(document: Document) -> Iterator[Line]:
    """What the check said, what it looked at and could have seen, and the evidence of a leak."""
    found: Document | str = document["privacy"]
    if isinstance(found, str):
        yield Line("privacy", found)
        return
    mark: Mark = "bad" if found["result"] == "LEAK" else "plain"
    seats = amounts.names(found["corrupted"])
    yield Line("privacy", f"{found['result']} ({found['kind']}), to {seats}", mark)
    if found["reveals"] is not None:
        may = ", ".join(found["reveals"]) or "nothing"
        yield Line("", f"may be revealed: {may}", "dim")
    yield Line("", found["checked"], "dim")
    yield Line("", found["power"], "dim")
    for line in evidence(found["evidence"] or {}, list(document["parties"])):
        yield Line("", line)


SHOWN = 6  # numbers of a view, and findings of a table


def evidence(found: Document, names: Sequence[str]) -> Iterator[str]:
    """The evidence of a leak in lines, with the parties' names."""
    if "inputs" in found:
        one, two = (_brought(inputs) for inputs in found["inputs"])
        yield f"inputs: {one}  against  {two}"
    if "odds" in found:
        one, two = found["odds"]
        yield f"this view has chance {one} under the one and {two} under the other:"
    lines: list[str] = list(found.get("events", ()))
    lines += [f"{label} = {number}" for label, number in found.get("view", {}).items()]
    lines += [f"{f['feature']}: gap {f['gap']:.2f}" for f in found.get("features", ())]
    for line in lines[:SHOWN]:
        yield ends.named(line, names)
    if len(lines) > SHOWN:
        yield f"… and {len(lines) - SHOWN} more"
    if "extractor" in found:
        times = f"{found['successes']} of {found['trials']} runs"
        yield f"{found['extractor']} found an honest input in {times}"


def _brought(inputs: Document) -> str:
    return "; ".join(f"{name} {', '.join(map(str, row))}" for name, row in inputs.items())


def _guarantee(document: Document, subject: Subject) -> Iterator[Line]:
    if document["guarantee_in_force"]:
        yield Line("guarantee", f"in force: {subject.guarantee}")
        return
    names = list(document["parties"])
    reasons = "; ".join(ends.named(reason, names) for reason in document["exceeded"])
    yield Line("guarantee", f"not in force: {reasons}", "doubtful")
    yield Line("", f"it promises: {subject.guarantee}", "dim")
