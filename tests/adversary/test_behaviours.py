"""Every registered behaviour acts as it declares, and its harmless twin changes nothing.

One test over the registry: a new behaviour is tested by being registered.
"""

import pytest

from turncoat.adversary.registry import BEHAVIOURS, info, make
from turncoat.scenarios.compose import simulate
from turncoat.scenarios.loader import load


def attacked(name, **parameters):
    """The average salary, with carol doing `name` to what she opens."""
    entry = {
        "corrupts": ["carol"],
        "does": name,
        "when": {"kind": "PartialOpening"},
        "with": parameters,
    }
    return simulate(load("average-salary", {"adversary": [entry], "expect": {}}))


def twin_of(name):
    """The parameters of the harmless twin."""
    parameters = BEHAVIOURS[name].parameters
    return {
        key: "0 s" if parameter.type == "duration" else parameter.harmless
        for key, parameter in parameters.items()
        if parameter.harmless is not None
    }


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_behaviour_changes_what_it_intends_to_change(name):
    (receipt,) = attacked(name).run.receipts
    assert receipt.fired
    assert receipt.on_wire
    assert receipt.changed == [BEHAVIOURS[name].intends]
    assert receipt.acted


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_the_harmless_twin_fires_and_changes_nothing(name):
    assert twin_of(name), "a behaviour without a twin has no control"
    report = attacked(name, **twin_of(name))
    (receipt,) = report.run.receipts
    assert receipt.fired
    assert not receipt.changed
    assert receipt.acted
    assert report.verdict.name == "OK"


def test_the_twin_meets_the_same_network_as_nobody():
    """Rules that change nothing leave every time and every byte as they are."""
    twin, honest = attacked("add-error", **twin_of("add-error")), simulate(load("average-salary"))
    assert twin.ledger.sent == honest.ledger.sent
    assert twin.run.virtual_ns == honest.run.virtual_ns


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_behaviour_is_described(name):
    described = info(name)
    assert described.summary
    assert described.cites
    assert described.target.startswith("turncoat.adversary.behaviours.")
    assert make(name).intends == described.intends


def test_an_unknown_behaviour_is_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match="did you mean 'add-error'"):
        info("add-eror")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match="offset"):
        make("add-error", offst=1)


def test_withholding_the_first_copies_lets_the_rest_pass():
    """Of carol's three copies (two receivers and her own) one is withheld."""
    report = attacked("withhold", count=1)
    (receipt,) = report.run.receipts
    assert receipt.changed == ["presence"]
    assert report.verdict.name == "STALL"
    assert report.ledger.sent_by(3).messages == 3  # two input shares, one opening


def test_a_delay_of_two_seconds_is_a_delay_of_two_seconds():
    late, on_time = attacked("delay", by="2 s"), simulate(load("average-salary"))
    assert late.verdict.name == "OK"
    assert 0 < late.run.virtual_ns - on_time.run.virtual_ns - 1_900_000_000 < 200_000_000
