"""Do the parts of a scenario fit together: who is named exists, and counts and triggers add up.

Runs on tables whose shape is right, yields a refusal with its key path for every mistake, and never
stops at the first. Knows no protocol, no program and no behaviour: what only they can judge is
judged when they are loaded.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.presets import LinkFigures, default_link, link_figures
from turncoat.scenarios.problems import End, Path, Refusal, did_you_mean, listed
from turncoat.scenarios.schema import Adversary, Fault, Network, Parties, Protocol, Tables
from turncoat.scenarios.selection import is_glob, is_name, matching, party_names, selected


def crosschecks(tables: Tables) -> list[Refusal]:
    """Everything that does not fit. An empty list: the tables make a scenario."""
    refusals = list(_parties(tables.parties))
    if refusals:  # without names, nothing that is named can be checked
        return refusals
    names = party_names(tables.parties)
    return list(
        chain(
            _thresholds(tables.protocol, len(names)),
            _inputs(tables.parties, names),
            _network(tables.network, names),
            chain.from_iterable(_fault(k, fault, names) for k, fault in enumerate(tables.fault)),
            _adversaries(tables.adversary, names),
            _expect(tables, names),
        )
    )


# Parties


def _parties(parties: Parties) -> Iterator[Refusal]:
    here: Path = ("parties",)
    if parties.names is None and parties.count is None:
        yield Refusal(
            "neither names nor count is given", 'such as names = ["alice", "bob"]', here, "key"
        )
        return
    if parties.names is not None:
        for key in ("count", "name"):
            if getattr(parties, key) is not None:
                remedy = "keep names, or count with a name pattern"
                yield Refusal(f"{key} cannot stand beside names", remedy, (*here, key), "key")
    try:
        names = party_names(parties)
    except Refusal as refusal:
        yield refusal.under(here)
        return
    for index, complaint in _unfit_names(names):
        if parties.names is None:
            yield complaint.under((*here, "name"))
            return
        yield complaint.under((*here, "names", index))
    if not names:
        yield Refusal("nobody takes part", 'such as ["alice", "bob", "carol"]', (*here, "names"))


def _unfit_names(names: Sequence[str]) -> Iterator[tuple[int, Refusal]]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if not is_name(name):
            remedy = "use letters, digits, '-', '_' and '.'"
            yield index, Refusal(f"{quoted(name)} cannot name a party", remedy)
        if name in seen:
            yield index, Refusal(f"two parties are called {name!r}", "give each its own name")
        seen.add(name)


def _thresholds(protocol: Protocol, n: int) -> Iterator[Refusal]:
    if protocol.t is not None and protocol.t >= n:
        message = f"t = {protocol.t} corruptions leave nobody honest among {_parties_in_words(n)}"
        yield Refusal(message, f"at most {n - 1}", ("protocol", "t"))


def _inputs(parties: Parties, names: Sequence[str]) -> Iterator[Refusal]:
    claimed: dict[str, str] = {}  # party → the glob that gives its inputs
    for pattern in parties.inputs:
        path = ("parties", "inputs", pattern)
        yield from _nobody(pattern, names, path, "key")
        if not is_glob(pattern):
            continue
        for name in matching(pattern, names):
            if name in claimed and name not in parties.inputs:
                message = f"{claimed[name]!r} and {pattern!r} both give inputs to {name!r}"
                yield Refusal(message, "name that party by itself", path, "key")
                break
            claimed[name] = pattern


# Network


def _network(network: Network, names: Sequence[str]) -> Iterator[Refusal]:
    here: Path = ("network",)
    yield from _spread(default_link(network), (*here, "jitter"))
    for k, entry in enumerate(network.link):
        path = (*here, "link", k)
        yield from _unknown(entry.from_, names, (*path, "from"))
        yield from _unknown(entry.to, names, (*path, "to"))
        ends = selected(entry.from_, names), selected(entry.to, names)
        if len(ends[0]) == 1 and ends[0] == ends[1]:
            message = f"{ends[0][0]!r} needs no link to itself"
            yield Refusal(message, "name another receiver", (*path, "to"))
        elif entry.jitter and ends[0] and ends[1]:
            pair = next((i, j) for i in ends[0] for j in ends[1] if i != j)
            yield from _spread(link_figures(network, *pair), (*path, "jitter"))
    for k, host in enumerate(network.host):
        yield from _unknown(host.who, names, (*here, "host", k, "who"))


def _spread(figures: LinkFigures, path: Path) -> Iterator[Refusal]:
    if figures.distribution == "constant" and figures.jitter:
        remedy = 'leave it out, or write distribution = "uniform"'
        yield Refusal("a constant latency has no jitter", remedy, path, "key")


# Faults, adversary, expectations


def _fault(index: int, fault: Fault, names: Sequence[str]) -> Iterator[Refusal]:
    here: Path = ("fault", index)
    yield from _unknown(fault.who, names, (*here, "who"))
    when = fault.when
    given = [key for key in ("at", "after_sends", "after") if getattr(when, key) is not None]
    if len(given) != 1:
        count = f"{len(given)} triggers ({', '.join(given)})" if given else "no trigger"
        yield Refusal(f"{count}", "give exactly one of at, after_sends, after", (*here, "when"))


def _adversaries(adversaries: Sequence[Adversary], names: Sequence[str]) -> Iterator[Refusal]:
    for k, adversary in enumerate(adversaries):
        here: Path = ("adversary", k)
        yield from _unknown(adversary.corrupts, names, (*here, "corrupts"))
        yield from _unknown(adversary.when.to or (), names, (*here, "when", "to"))
        if adversary.model == "passive" and adversary.does is not None:
            message = (
                f"a passive adversary follows the protocol, so it cannot do {adversary.does!r}"
            )
            yield Refusal(message, 'leave it out, or write model = "active"', (*here, "does"))
    if adversaries and set(corrupted(adversaries, names)) == set(names):
        last: Path = ("adversary", len(adversaries) - 1, "corrupts")
        yield Refusal("nobody is left honest, so there is nothing to judge", "", last)


def corrupted(adversaries: Sequence[Adversary], names: Sequence[str]) -> tuple[str, ...]:
    """All seats of the adversary, in the parties' order."""
    return selected((who for adversary in adversaries for who in adversary.corrupts), names)


def _expect(tables: Tables, names: Sequence[str]) -> Iterator[Refusal]:
    expect = tables.expect
    for key in ("detected_by", "accused", "stalled_on"):
        yield from _unknown(getattr(expect, key) or (), names, ("expect", key))
    liars = corrupted(tables.adversary, names)
    for k, pattern in enumerate(expect.detected_by or ()):
        if pattern in liars:
            message = f"{pattern!r} is corrupted, and only honest parties detect"
            yield Refusal(message, "name honest parties", ("expect", "detected_by", k))


def _unknown(patterns: Sequence[str], names: Sequence[str], path: Path) -> Iterator[Refusal]:
    """Names and globs that mean nobody, and names given twice."""
    for k, pattern in enumerate(patterns):
        yield from _nobody(pattern, names, (*path, k))
        if pattern in patterns[:k]:
            yield Refusal(f"{pattern!r} is named twice", "name it once", (*path, k))


def _nobody(
    pattern: str, names: Sequence[str], path: Path, end: End = "value"
) -> Iterator[Refusal]:
    if matching(pattern, names):
        return
    if is_glob(pattern):
        remedy = f"the parties are {listed(names)}"
        yield Refusal(f"{quoted(pattern)} matches no party", remedy, path, end)
    else:
        remedy = did_you_mean(pattern, names)
        yield Refusal(f"no party is called {quoted(pattern)}", remedy, path, end)


def _parties_in_words(n: int) -> str:
    return "one party" if n == 1 else f"{n} parties"
