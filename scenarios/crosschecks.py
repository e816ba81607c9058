"""Do the parts of a scenario fit together: who is named exists, and counts and triggers add up.

Runs on tables whose shape is right, yields a refusal with its key path for every mistake, and never
stops at the first. Knows no protocol, no program and no behaviour: what only they can judge is
judged when they are loaded. Networks and faults are in `checks_network.py`, `checks_faults.py`.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from turncoat.protocols import registry
from turncoat.scenarios.checks_faults import fault_checks
from turncoat.scenarios.checks_network import network_checks
from turncoat.scenarios.decoded import quoted
from turncoat.scenarios.problems import Path, Refusal, did_you_mean
from turncoat.scenarios.schema import Adversary, Parties, Protocol, Tables
from turncoat.scenarios.selection import (
    auxiliary_names,
    is_glob,
    is_name,
    matching,
    nobody,
    party_names,
    selected,
    unknown,
)


def crosschecks(tables: Tables) -> list[Refusal]:
    """Everything that does not fit. An empty list: the tables make a scenario."""
    refusals = list(_parties(tables.parties))
    if refusals:  # without names, nothing that is named can be checked
        return refusals
    computing = party_names(tables.parties)
    refusals = list(_roles(tables, computing))
    if refusals:
        return refusals
    names = computing + auxiliary_names(tables.protocol, tables.parties)
    return list(
        chain(
            _thresholds(tables.protocol, len(computing)),
            _inputs(tables.parties, computing),
            network_checks(tables, names),
            fault_checks(tables.fault, names, len(computing)),
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


def _roles(tables: Tables, computing: Sequence[str]) -> Iterator[Refusal]:
    """Names of auxiliary roles: of roles that there are, and not anybody else's."""
    roles = registry.roles(tables.protocol.use, tables.protocol.variant)
    for role, name in tables.parties.roles.items():
        here: Path = ("parties", "roles", role)
        if role not in roles:
            message = f"{tables.protocol.use} has no role {quoted(role)}"
            yield Refusal(message, did_you_mean(role, roles), here, "key")
        elif not is_name(name):
            remedy = "use letters, digits, '-', '_' and '.'"
            yield Refusal(f"{quoted(name)} cannot name a party", remedy, here)
    called = [*computing, *auxiliary_names(tables.protocol, tables.parties)]
    for k, name in enumerate(called):
        if k >= len(computing) and name in called[:k]:
            message = f"two seats are called {name!r}"
            remedy = f'such as [parties.roles] {roles[k - len(computing)]} = "…"'
            yield Refusal(message, remedy, ("parties",))


def _thresholds(protocol: Protocol, n: int) -> Iterator[Refusal]:
    if protocol.t is not None and protocol.t >= n:
        message = f"t = {protocol.t} corruptions leave nobody honest among {_parties_in_words(n)}"
        yield Refusal(message, f"at most {n - 1}", ("protocol", "t"))


def _inputs(parties: Parties, names: Sequence[str]) -> Iterator[Refusal]:
    claimed: dict[str, str] = {}  # party → the glob that gives its inputs
    for pattern in parties.inputs:
        path = ("parties", "inputs", pattern)
        yield from nobody(pattern, names, path, "key")
        if not is_glob(pattern):
            continue
        for name in matching(pattern, names):
            if name in claimed and name not in parties.inputs:
                message = f"{claimed[name]!r} and {pattern!r} both give inputs to {name!r}"
                yield Refusal(message, "name that party by itself", path, "key")
                break
            claimed[name] = pattern


# Adversary, expectations


def _adversaries(adversaries: Sequence[Adversary], names: Sequence[str]) -> Iterator[Refusal]:
    for k, adversary in enumerate(adversaries):
        here: Path = ("adversary", k)
        yield from unknown(adversary.corrupts, names, (*here, "corrupts"))
        yield from unknown(adversary.when.to or (), names, (*here, "when", "to"))
        yield from _timing(adversary, names, here)
        if not adversary.corrupts and adversary.does is None:
            remedy = 'such as corrupts = ["carol"]'
            yield Refusal("nobody is corrupted, and nothing is done", remedy, here)
        if adversary.model == "passive" and adversary.does is not None:
            message = (
                f"a passive adversary follows the protocol, so it cannot do {adversary.does!r}"
            )
            yield Refusal(message, 'leave it out, or write model = "active"', (*here, "does"))
    if adversaries and set(corrupted(adversaries, names)) == set(names):
        last: Path = ("adversary", len(adversaries) - 1, "corrupts")
        yield Refusal("nobody is left honest, so there is nothing to judge", "", last)


def _timing(adversary: Adversary, names: Sequence[str], here: Path) -> Iterator[Refusal]:
    """The keys of a timing stand with it, and with no other."""
    if adversary.after is not None:
        yield from unknown(adversary.after.from_ or (), names, (*here, "after", "from"))
    owner = {"after": "adaptive", "erasure": "adaptive", "epoch": "mobile"}
    for key, timing in owner.items():
        given = bool(getattr(adversary, key))
        if given and adversary.timing != timing:
            remedy = f'write timing = "{timing}", or leave it out'
            yield Refusal(f"{key} is a key of {timing} corruption", remedy, (*here, key), "key")
        if not given and adversary.timing == timing and key != "erasure":
            example = 'after = { kind = "InputShare" }' if key == "after" else 'epoch = "1 s"'
            yield Refusal(f"{key} is not given", f"such as {example}", (*here, "timing"))


def corrupted(adversaries: Sequence[Adversary], names: Sequence[str]) -> tuple[str, ...]:
    """All seats of the adversary, in the parties' order."""
    return selected((who for adversary in adversaries for who in adversary.corrupts), names)


def _expect(tables: Tables, names: Sequence[str]) -> Iterator[Refusal]:
    expect = tables.expect
    for key in ("detected_by", "accused", "stalled_on"):
        yield from unknown(getattr(expect, key) or (), names, ("expect", key))
    liars = corrupted(tables.adversary, names)
    for k, pattern in enumerate(expect.detected_by or ()):
        if pattern in liars:
            message = f"{pattern!r} is corrupted, and only honest parties detect"
            yield Refusal(message, "name honest parties", ("expect", "detected_by", k))
    yield from _privacy(tables)


def _privacy(tables: Tables) -> Iterator[Refusal]:
    """A question about what corrupted seats learn needs some, and a way to answer it."""
    expect, asked = tables.expect, ("expect", "privacy")
    if expect.privacy is not None and not any(a.corrupts for a in tables.adversary):
        remedy = 'such as [[adversary]] corrupts = ["carol"], model = "passive"'
        yield Refusal("nobody is corrupted who could learn anything", remedy, asked)
    if expect.privacy is not None and any(a.timing != "static" for a in tables.adversary):
        message = "privacy is checked for seats that are corrupted from the start"
        yield Refusal(message, 'write timing = "static"', asked)
    if expect.reveals is not None and expect.privacy in (None, "extraction"):
        remedy = 'write privacy = "exact" or "statistical", or leave it out'
        yield Refusal("nothing here asks what is revealed", remedy, ("expect", "reveals"), "key")
    leaks = "LEAK" in (expect.verdict or ())
    if leaks and expect.privacy is None:
        remedy = 'such as privacy = "exact"'
        yield Refusal("LEAK is found by a privacy check only", remedy, ("expect", "verdict"))


def _parties_in_words(n: int) -> str:
    return "one party" if n == 1 else f"{n} parties"
