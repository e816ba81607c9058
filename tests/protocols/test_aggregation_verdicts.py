"""Verdicts where one seat's output is judged: the server's, or nobody's if the adversary has it."""

import pytest

from turncoat.actors.outcome import Aborted, Crashed, Excluded, Output, Stalled
from turncoat.protocols.session import Right
from turncoat.scenarios.verdict import Case, judge

SERVER, PKI = 4, 5
SUM = Output("sum")
REFUSED = Aborted("unknown-clients", accused=frozenset({SERVER}))
NOTICED = Aborted("bad-signature")


def verdict(clients, server, corrupted=()):
    outcomes = {**dict(enumerate(clients, 1)), SERVER: server, PKI: Output(None)}
    case = Case(
        outcomes=outcomes,
        corrupted=frozenset(corrupted),
        faulty=frozenset(i for i, o in outcomes.items() if isinstance(o, Crashed)),
        right=Right("sum"),
        answering=frozenset({SERVER}),
        trusted=frozenset({PKI}),
    )
    return judge(case).name


DONE = Output(None)


@pytest.mark.parametrize(
    ("clients", "server", "corrupted", "expected"),
    [
        ([DONE, DONE, DONE], SUM, (), "OK"),
        ([DONE, Crashed(1), Excluded(SERVER, 2)], SUM, (), "OK"),
        ([DONE, DONE, Aborted("decryption-failed")], SUM, (), "OK"),  # a dropout, no more
        ([DONE, DONE, DONE], Output("another"), (), "WRONG"),
        ([DONE, DONE, DONE], Aborted("too-few-survivors"), (), "ABORT"),
        ([DONE, DONE, Stalled(())], SUM, (), "STALL"),
        # The adversary has the server: how the clients end is what counts.
        ([DONE, DONE, DONE], Output("a lie"), (SERVER,), "OK"),
        ([DONE, NOTICED, DONE], SUM, (SERVER,), "ABORT"),
        ([REFUSED, REFUSED, REFUSED], SUM, (SERVER,), "ABORT-ID"),
        ([REFUSED, REFUSED, DONE], SUM, (SERVER,), "ABORT"),
        ([REFUSED, REFUSED, REFUSED], SUM, (), "BLAME"),
        ([Crashed(1), Crashed(2), Crashed(3)], SUM, (SERVER,), "INCONCLUSIVE"),
    ],
)
def test_the_servers_output_is_judged_and_without_it_how_clients_end(
    clients, server, corrupted, expected
):
    assert verdict(clients, server, corrupted) == expected
