"""`turncoat why`: how a saved run ended, on which messages, and whether its accusations are proven.

The checks are in `turncoat.scenarios.blame`; this is their page and the exit code.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from turncoat.cli.page import Block
    from turncoat.scenarios.blame import Finding
    from turncoat.scenarios.run_folder import Message, RunFolder

EPILOG = """\b
Examples:
  turncoat run average-salary --out runs/salary
  turncoat why runs/salary             who ended how, on which message
  turncoat why runs/salary --blame     is every accusation proven by messages?

Exit codes: 0 every accusation is proven (also if there is none), 1 one is not, 2 no saved run.
"""


@click.command(epilog=EPILOG)
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--blame", is_flag=True, help="Check the evidence of every accusation again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def why(run: Path, blame: bool, as_json: bool) -> int:
    """Explain how a saved RUN ended: what was done to it, who stopped first and on which message.
    With --blame, check from its files that the messages prove each accusation."""
    from turncoat.cli.page import show
    from turncoat.scenarios.blame import findings
    from turncoat.scenarios.problems import ScenarioError
    from turncoat.scenarios.run_folder import read_run

    try:
        saved = read_run(run)
        found = list(findings(saved)) if blame else []
    except ScenarioError as error:
        click.echo(str(error), err=True)
        return 2
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        import json

        click.echo(json.dumps(_document(saved, found, blame), indent=2, ensure_ascii=False))
    else:
        show(_blame_page(saved, found) if blame else _page(saved))
    return int(not all(finding.proven for finding in found))


def _document(run: "RunFolder", found: "list[Finding]", blame: bool) -> dict[str, Any]:
    import attrs

    ends = [{"party": name, "end": end, "message": on} for name, end, on in _ends(run)]
    document: dict[str, Any] = {"scenario": run.document["scenario"], "ends": ends}
    if blame:
        document["accusations"] = [attrs.asdict(finding) for finding in found]
    return document


def _page(run: "RunFolder") -> "Iterator[Block]":
    """What was done to the run, then every party's end, the earliest first."""
    from turncoat.cli import ends
    from turncoat.cli.page import Headline, Line, Text

    document = run.document
    yield Headline(f"{document['scenario']}  seed {document['seed']}", document["verdict"])
    yield Text()
    for receipt in document["receipts"]:
        yield Line("adversary", _deed(run, receipt))
    for fault in document["faults"]:
        if fault["fired"] is not None:
            yield Line("fault", f"{fault['kind']} {fault['party'] or ''}".strip())
    for name, how, on in _ends(run):
        yield Line(name, how)
        if on:
            yield Line("", on)
    for sentence in ends.waits(document["waiting"]):
        yield Line("waiting", sentence)
    for wait in document["waiting"]:
        for sender in wait["missing"]:
            yield Line("", _fate(run, wait, sender))


def _deed(run: "RunFolder", receipt: dict[str, Any]) -> str:
    """What a behaviour did, and the first message that was not what an honest party sends."""
    who = receipt["party"] or "the network"
    if not receipt["changed"]:
        return f"{who}: {receipt['behaviour']}, which changed nothing"
    text = f"{who}: {receipt['behaviour']} changed {', '.join(receipt['changed'])}"
    touched = (m for m in run.messages if m.tampered and run.name(m.sender) == receipt["party"])
    first = next(touched, None)
    return text if first is None else f"{text}, first in {run.said(first)}"


def _ends(run: "RunFolder") -> Iterator[tuple[str, str, str]]:
    """(party, how it ended, on which message), by the time of the end."""
    from turncoat.cli import amounts, ends

    parties = run.document["parties"]
    for name in sorted(parties, key=lambda name: (parties[name]["finished_ns"], name)):
        party = parties[name]
        how = ends.named(ends.ended(party), run.names)
        if party["outcome"] == "output" and party["output"] is None:
            how = "did its part"
        if party["corrupted"]:
            how = f"(corrupted) {how}"
        last = _last(run, name)
        if last is None:
            yield name, how, ""
            continue
        link = "on" if party["outcome"] == "aborted" else "after"
        yield name, how, f"{link} {run.said(last)}, at {amounts.virtual(last.arrived or 0)}"


def _last(run: "RunFolder", name: str) -> "Message | None":
    """What a party was told last before it ended; if it accuses, what it accuses on."""
    party = run.document["parties"][name]
    own = [
        m
        for m in run.messages
        if run.name(m.receiver) == name
        and m.arrived is not None
        and m.arrived <= party["finished_ns"]
    ]
    marks = [m["fingerprint"] for e in party.get("evidence", ()) for m in e["messages"]]
    if marks:
        own = [m for m in own if m.fingerprint == marks[-1]] or own
    return max(own, key=lambda m: (m.arrived, m.copy), default=None)


def _fate(run: "RunFolder", wait: dict[str, Any], sender: str) -> str:
    """What became of a message that somebody still waits for."""
    where = f" of {wait['sid']}" if wait["sid"] else ""
    what = f"{wait['kind']}{where} from {sender} to {wait['party']}"
    for message in run.messages:
        name = (message.sid, message.kind, run.name(message.sender), run.name(message.receiver))
        if name == (wait["sid"], wait["kind"], sender, wait["party"]):
            return f"{what} was sent (message {message.copy}): {message.fate}"
    return f"{what} was never sent"


def _blame_page(run: "RunFolder", found: "list[Finding]") -> "Iterator[Block]":
    """Every accusation, the messages it rests on, and what they show."""
    from turncoat.cli.page import Headline, Line, Text

    proven = all(finding.proven for finding in found)
    end = "nobody is accused" if not found else "all proven" if proven else "not proven"
    yield Headline(f"{run.document['scenario']}  accusations", end, "good" if proven else "bad")
    for finding in found:
        yield Text()
        yield Line(finding.accuser, f"accuses {finding.accused} of {finding.claim or '?'}")
        for message in finding.messages:
            yield Line("", f"{run.said(message)}, fingerprint {message.fingerprint:016x}")
        verdict = "proven" if finding.proven else "not proven"
        yield Line(verdict, finding.why, "good" if finding.proven else "bad")
