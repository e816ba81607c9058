"""What `explain` says of an aggregation, in lines: rounds as both camps count them, bytes of one
client and of the server, and how SecAgg+'s degree follows from its levels.

Everything follows from parameters; nothing is run.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from turncoat.protocols.aggregation.deadlines import rounds
from turncoat.protocols.aggregation.sizes import sizes

if TYPE_CHECKING:
    from turncoat.actors.wire import Size
    from turncoat.protocols.aggregation.session import AggregationSession

Lines = Iterator[tuple[str, str]]

_BY_CLIENT = ("AdvertisedKeys", "EncryptedShares", "MaskedInput", "UnmaskingShares")
_BY_SERVER = ("KeyList", "RelayedShares", "SurvivorList")
_SIGNING = (("ConsistencySignature",), ("SignatureList",))
_SOURCES = {
    "bonawitz": "BIKMMPRSS17 (eprint 2017/281), figure 4",
    "secagg+": "BBGLR20 (eprint 2020/704), algorithm 2, on BIKMMPRSS17",
}


def explanation(session: "AggregationSession") -> Lines:
    """(label, text), in order; a label of "" continues the one above."""
    p = session.aggregation.parameters
    yield "threshold", f"{p.threshold} shares open a secret; {p.quorum} of {p.n} clients must stay"
    if p.degree is not None:
        yield "graph", f"k = {p.degree} neighbours of each client, drawn by the beacon's coins"
    if session.choice is not None:
        levels = session.choice.levels
        given = f"γ = {levels.gamma}, δ = {levels.delta}, σ = {levels.sigma}, η = {levels.eta}"
        yield "levels", f"{given}; the degree and the threshold must satisfy:"
        yield from (("", line) for line in session.choice.lines())
    yield "sums", f"{session.program.terms}; modulo R = 2^{p.modulus_bits}"
    yield from _rounds(session)
    yield from _bytes(session)
    yield from _waits(session)
    yield "source", _SOURCES.get(session.name, "")


def _rounds(session: "AggregationSession") -> Lines:
    active = session.aggregation.parameters.model == "active"
    depth, trips = (9, 5) if active else (7, 4)
    setup = sum(role in session.roles for role in ("pki", "beacon"))
    more = f", and {2 * setup} of setup" if setup else ""
    yield "rounds", f"{depth} as causal depth{more}; papers count {trips} round trips"


def _bytes(session: "AggregationSession") -> Lines:
    """Payload and framing of one client and of the server, setup apart, if nobody drops out."""
    p, pki = session.aggregation.parameters, session.aggregation.pki
    found = sizes(p, pki=pki)
    signing = _SIGNING if p.model == "active" else ((), ())
    sent = _sum(found, (*_BY_CLIENT, *signing[0]))
    received = _sum(found, (*_BY_SERVER, *signing[1]))
    yield "a client", f"sends {_said(*sent)}, receives {_said(*received)}"
    into, out = ([p.n * part for part in side] for side in (sent, received))
    yield "the server", f"sends {_said(*out)}, receives {_said(*into)}"


def _sum(found: "Mapping[str, Size]", kinds: tuple[str, ...]) -> tuple[int, int]:
    """(payload, framing) of one message of each kind."""
    chosen = [found[kind] for kind in kinds]
    return sum(size.payload for size in chosen), sum(size.framing for size in chosen)


def _said(payload: int, framing: int) -> str:
    return f"{payload:,} B payload + {framing:,} B framing"


def _waits(session: "AggregationSession") -> Lines:
    """How long the server waits in each round."""
    patience = session.aggregation.patience
    kinds = rounds(session.aggregation.parameters, pki=session.aggregation.pki)
    spans = [(kind, patience.deadline(0, kind)) for kind in kinds]
    if patience.first is not None:
        yield "waits", f"in each round for the first {patience.first} clients"
    label = "or" if patience.first is not None else "waits"
    known = [f"{kind} {span / 1e9:g} s" for kind, span in spans if span is not None]
    yield label, f"at most: {', '.join(known)}" if known else "for everybody, any time"
