"""Accusations of a saved run, checked again: does the evidence prove them?

Takes nobody's word: an exhibit counts if the journal has a message of that name and content that
reached the accuser before it stopped; a claim holds if the content shows it. Channels are
authenticated, so whatever reached the accuser under a name is its sender's. What the protocol fixes
(a shape, a length that was expected) is public, and taken from the record.
"""

from collections.abc import Iterator

import attrs

from turncoat.actors.errors import MalformedMessage
from turncoat.actors.evidence import CONFLICTING, MALFORMED, Exhibit, Proof
from turncoat.actors.wire import Encoded, Structures, fingerprint, open_body
from turncoat.protocols.claims import holds
from turncoat.protocols.registry import session
from turncoat.scenarios.loader import load
from turncoat.scenarios.plan import request
from turncoat.scenarios.run_folder import Document, Message, RunFolder


@attrs.frozen
class Finding:
    """One accusation. messages: those of the journal that it rests on. proven: do they prove it?
    why: what they show, or what is lacking."""

    accuser: str
    accused: str
    claim: str
    messages: tuple[Message, ...]
    proven: bool
    why: str


def findings(run: RunFolder) -> Iterator[Finding]:
    """Every accusation of every honest party, checked again; what a corrupted one says of others
    counts for nothing. Raises ValueError for evidence that cannot be read, ScenarioError for a
    scenario that cannot."""
    structures = _structures(run)
    honest = {name: p for name, p in run.document["parties"].items() if not p["corrupted"]}
    for accuser, party in honest.items():
        proofs = {each["accused"]: each for each in party.get("evidence", ())}
        for accused in party["accused"]:
            if accused in proofs:
                try:
                    proof = _read(run, proofs[accused])
                except (KeyError, TypeError, ValueError) as error:
                    place = f"{run.folder / 'run.json'}: the evidence of {accuser}"
                    raise ValueError(f"{place} cannot be read: {error!r}") from None
                yield _checked(run, accuser, accused, proof, structures)
            else:
                yield Finding(accuser, accused, "", (), False, "no evidence was given")


def _structures(run: RunFolder) -> Structures:
    """What the protocol's elements are; with the session, every class of its messages is known. The
    program says nothing of that, and may be a module that is not at hand."""
    scenario = load(str(run.folder / "scenario.toml"))
    asked = request(scenario, run.document["seed"])
    if asked.program is not None:
        asked = attrs.evolve(asked, program="sum", params={})
    return session(asked).structures


def _read(run: RunFolder, document: Document) -> Proof:
    exhibits = tuple(
        Exhibit(
            sid=message["sid"],
            kind=message["kind"],
            sender=run.index(message["from"]),
            receiver=run.index(message["to"]),
            fingerprint=message["fingerprint"],
            octets=bytes.fromhex(message["octets"]),
        )
        for message in document["messages"]
    )
    return Proof(
        run.index(document["accused"]), document["claim"], exhibits, dict(document["facts"])
    )


def _checked(
    run: RunFolder, accuser: str, accused: str, proof: Proof, structures: Structures
) -> Finding:
    found: list[Message] = []
    why = ""
    for exhibit in proof.exhibits:
        message = _in_the_journal(run, exhibit)
        if message is not None:
            found.append(message)
        why = why or _refused(run, exhibit, message, accuser, accused)
        if proof.claim != CONFLICTING and _mark(exhibit, structures) != exhibit.fingerprint:
            why = why or "its content is not what was sent"
    shown = "" if why else _shown(proof, structures)
    return Finding(
        accuser,
        accused,
        proof.claim,
        tuple(found),
        bool(shown),
        why or shown or f"they do not show {proof.claim or 'anything'}",
    )


def _in_the_journal(run: RunFolder, exhibit: Exhibit) -> Message | None:
    """The message that an exhibit says it is; the first to arrive, should there be several."""
    name = (exhibit.sid, exhibit.kind, exhibit.sender, exhibit.receiver, exhibit.fingerprint)
    same = [m for m in run.messages if _name(m) == name]
    return min(same, key=lambda m: (m.arrived is None, m.arrived or 0, m.copy), default=None)


def _name(message: Message) -> tuple[str, str, int, int, int]:
    return message.sid, message.kind, message.sender, message.receiver, message.fingerprint


def _refused(
    run: RunFolder, exhibit: Exhibit, message: Message | None, accuser: str, accused: str
) -> str:
    """Why an exhibit is none, "" if it is one."""
    finished: int = run.document["parties"][accuser]["finished_ns"]
    if message is None:
        return f"the journal has no such {exhibit.kind} of {exhibit.sid or 'main'}"
    if run.name(exhibit.sender) != accused:
        return f"it was not {accused} who sent it"
    if run.name(exhibit.receiver) != accuser or message.arrived is None:
        return f"it never reached {accuser}"
    if message.arrived > finished:
        return f"it reached {accuser} after it had stopped"
    return ""


def _mark(exhibit: Exhibit, structures: Structures) -> int:
    return fingerprint(Encoded(exhibit.kind, exhibit.octets), structures)


def _shown(proof: Proof, structures: Structures) -> str:
    """What the messages show, "" if not what is claimed."""
    if proof.claim == CONFLICTING:
        return _conflict(proof)
    if proof.claim == MALFORMED:
        return _malformed(proof, structures)
    return proof.claim.replace("-", " ") if _holds(proof, structures) else ""


def _conflict(proof: Proof) -> str:
    names = {(e.sid, e.kind, e.sender, e.receiver) for e in proof.exhibits}
    marks = {e.fingerprint for e in proof.exhibits}
    conflict = len(names) == 1 and len(marks) == 2
    return "two different messages under one name" if conflict else ""


def _holds(proof: Proof, structures: Structures) -> bool:
    try:
        bodies = [
            open_body(Encoded(exhibit.kind, exhibit.octets), None, structures)
            for exhibit in proof.exhibits
        ]
    except MalformedMessage:
        return False
    return holds(proof, bodies)


def _malformed(proof: Proof, structures: Structures) -> str:
    shape = tuple(proof.facts["shape"]) if "shape" in proof.facts else None
    for exhibit in proof.exhibits:
        try:
            open_body(Encoded(exhibit.kind, exhibit.octets), shape, structures)
        except MalformedMessage as error:
            return str(error)
    return ""
