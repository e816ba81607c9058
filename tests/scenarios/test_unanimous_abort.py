"""Who promises unanimous abort is judged by it: an output beside an abort is a SPLIT."""

import attrs
import pytest

from turncoat.scenarios.compose import prepare
from turncoat.scenarios.loader import load

LAST_ECHO = {"kind": "Echo", "sid": "*/check/sigma/open", "to": ["alice"]}


class Promising:
    """A session with another kind of abort in its guarantee, and otherwise the same."""

    def __init__(self, session, abort):
        self._session = session
        self.guarantee = attrs.evolve(session.guarantee, abort=abort)

    def __getattr__(self, name):
        return getattr(self._session, name)


@pytest.mark.parametrize(("abort", "verdict"), [("selective", "ABORT"), ("unanimous", "SPLIT")])
def test_an_output_beside_an_abort_splits_only_who_promised_more(abort, verdict):
    """Carol keeps the very last message of SPDZ from alice: she stops, bob has his output."""
    entry = {"corrupts": ["carol"], "does": "withhold", "when": LAST_ECHO}
    changes = {"protocol.use": "spdz", "adversary": [entry], "expect": {}}
    prepared = prepare(load("lie-in-a-product", changes))
    plan = attrs.evolve(prepared.plan, session=Promising(prepared.plan.session, abort))
    report = attrs.evolve(prepared, plan=plan).run()
    ends = {name: type(outcome).__name__ for name, outcome in report.outcome.items()}
    assert (ends["alice"], ends["bob"]) == ("Aborted", "Output")
    assert report.verdict.name == verdict
