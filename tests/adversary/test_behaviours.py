"""Every registered behaviour acts as it declares, and its harmless twin changes nothing.

One test over the registry: a new behaviour is tested by being registered, at work where its example
says.
"""

import pytest

from turncoat.adversary.registry import BEHAVIOURS, info, make
from turncoat.protocols.registry import FAMILIES
from turncoat.scenarios.compose import Options, simulate
from turncoat.scenarios.loader import catalogue, load
from turncoat.scenarios.parameters import PARAMETERS, Scene


def in_the_tree(name):
    """Is the protocol there that a behaviour's example runs on?"""
    example = BEHAVIOURS[name].example
    use = example.changes.get("protocol.use", "bgw")
    return example.scenario in catalogue() and use in FAMILIES


AT_WORK = [name for name in BEHAVIOURS if in_the_tree(name)]


def entry_of(name, **parameters):
    """The [[adversary]] entry of a behaviour's example."""
    example = BEHAVIOURS[name].example
    return {
        "corrupts": list(example.corrupts),
        "does": name,
        "when": dict(example.when),
        "with": {**example.with_, **parameters},
    }


def at_work(name, entry, options=None):
    """The run of a behaviour's example, with that adversary."""
    example = BEHAVIOURS[name].example
    changes = {**example.changes, "adversary": [entry], "expect": {}}
    return simulate(load(example.scenario, changes), options=options)


def attacked(name, options=None, **parameters):
    return at_work(name, entry_of(name, **parameters), options)


def twin_of(name):
    """The parameters of the harmless twin, as in a file."""
    known = BEHAVIOURS[name]
    return {
        key: "0 s" if known.takes[key].type == "duration" else value
        for key, value in known.twin.items()
    }


def made(name, **changed):
    """A behaviour with the parameters of its example, and others."""
    example = BEHAVIOURS[name].example
    names = load(example.scenario).names if in_the_tree(name) else ()
    given = {**example.with_, **changed}
    read = {k: PARAMETERS[BEHAVIOURS[name].takes[k].type] for k in given}
    return make(name, **{k: v if v == 0 else read[k](v, Scene(names)) for k, v in given.items()})


def without_receipts(run):
    """The digest of a run but for its receipts."""
    run.journal.marks[:] = [mark for mark in run.journal.marks if not mark.startswith("Receipt")]
    return run.journal.digest("full")


@pytest.mark.parametrize("name", AT_WORK)
def test_a_behaviour_changes_what_it_intends_to_change(name):
    (receipt,) = attacked(name).run.receipts
    assert receipt.fired
    assert receipt.on_wire
    assert BEHAVIOURS[name].intends in receipt.changed
    assert receipt.changed == [BEHAVIOURS[name].intends] or BEHAVIOURS[name].depth == "seat"
    assert receipt.acted


@pytest.mark.parametrize("name", AT_WORK)
def test_the_harmless_twin_fires_and_changes_nothing(name):
    """Down to the digest, receipts apart: every time, every byte, every outcome is that of the same
    run with a seat that only listens."""
    twin = attacked(name, **twin_of(name))
    listening = at_work(name, {"corrupts": entry_of(name)["corrupts"], "model": "passive"})
    (receipt,) = twin.run.receipts
    assert receipt.fired
    assert receipt.intends == "none"
    assert not receipt.changed
    assert receipt.acted
    assert twin.verdict.name == "OK"
    assert without_receipts(twin.run) == without_receipts(listening.run)


@pytest.mark.parametrize("name", AT_WORK)
def test_a_behaviour_gives_the_same_transcript_again(name):
    """Also if parties wake up in another order, and if every message is really encoded."""
    other = Options(shuffle=lambda woken: woken.reverse(), encode=True)
    assert attacked(name).digest == attacked(name, options=other).digest


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_behaviour_is_described(name):
    described = info(name)
    behaviour = made(name)
    assert described.summary
    assert described.cites
    assert described.target.startswith("turncoat.adversary.behaviours.")
    assert type(behaviour).__doc__
    assert behaviour.intends == described.intends
    assert made(name, **described.twin).intends == "none"


def test_an_unknown_behaviour_is_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match="did you mean 'add-error'"):
        info("add-eror")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match="offset"):
        make("add-error", offst=1)


def test_a_value_that_is_no_choice_is_refused():
    with pytest.raises(ValueError, match="malformed has no style 'kut'"):
        make("malformed", style="kut")


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
