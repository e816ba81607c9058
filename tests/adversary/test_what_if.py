"""docs/what-if-carol-lies.md is what happens; and the toss that it breaks, further than that."""

import re
from functools import reduce
from pathlib import Path

import pytest

from turncoat.actors.link import MILLISECOND, SECOND, Link
from turncoat.actors.outcome import Aborted, Output
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import World
from turncoat.adversary.behaviours.schedule import AnyOrder, Pct, Stall, StarveLink
from turncoat.adversary.coalition import Attack, assemble
from turncoat.adversary.zoo.coin_toss_at_timeout import coin_toss_at_timeout
from turncoat.cli.main import invoke
from turncoat.protocols.primitives.coin_toss import Decommit, coin_toss, xor
from turncoat.protocols.primitives.symmetric import AesCtrTape

PAGE = Path(__file__).parents[2] / "docs" / "what-if-carol-lies.md"
TEXT = PAGE.read_text(encoding="utf-8")
PATIENCE = 500 * MILLISECOND


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def carol(tmp_path, monkeypatch):
    """A folder with the page's scenario in it, to stand in."""
    (scenario,) = blocks("toml")
    assert len(scenario.splitlines()) == 10
    (tmp_path / "carol.toml").write_text(scenario)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("carol")
def test_a_malicious_party_in_ten_lines(capsys):
    shown, _ = blocks("text")
    assert invoke(["run", "carol.toml", "--seed", "7"]) == 0
    found = capsys.readouterr().out.splitlines()
    assert [line for line in shown.splitlines() if line not in found] == []


@pytest.mark.usefixtures("carol")
def test_who_can_be_named_is_named_with_proof(capsys):
    _, shown = blocks("text")
    lie = 'adversary=[{corrupts=["carol"], does="wrong-mac-share"}]'
    run = ["run", "carol.toml", "--seed", "7", "--set", lie, "--out", "runs/mac", "-q"]
    assert invoke(run) == 0
    assert invoke(["why", "runs/mac", "--blame"]) == 0
    found = capsys.readouterr().out.splitlines()
    assert [line for line in shown.splitlines() if line not in found] == []


def test_the_schedule_of_the_page_splits_who_opens_too_early():
    (code,) = blocks("python")
    exec(compile(code, PAGE.name, "exec"), {})


# -- further ---------------------------------------------------------------------------------------


def tossed(protocol, patience, schedule, n=3, seed=0):
    """One toss of n honest parties under a schedule."""

    async def main(party):
        tape = await protocol(party.sub("toss"), patience)
        return tape.uniform(2**61 - 1, 1).tolist()

    names = tuple(f"P{i}" for i in range(1, n + 1))
    topology = Topology(default=Link(latency=40 * MILLISECOND))
    mind = assemble([Attack("schedule", schedule, ())])
    return World(
        Cast(names), AesCtrTape, topology=topology, mind=mind, seed=seed, keep_bodies=True
    ).run(main)


def coins(run):
    return {o.value[0] for o in run.outcomes.values() if isinstance(o, Output)}


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("schedule", [StarveLink(1, 2, SECOND), Stall("*/commit", SECOND)])
def test_one_late_link_splits_honest_parties_that_open_too_early(schedule, n):
    run = tossed(coin_toss_at_timeout, PATIENCE, schedule, n)
    assert len(coins(run)) > 1
    assert not any(isinstance(o, Aborted) for o in run.outcomes.values())


@pytest.mark.parametrize("make", [AnyOrder, lambda by: Pct(by=by)])
def test_the_sound_toss_never_splits_under_any_of_many_schedules(make):
    """Fifty seeds within Δ, and fifty beyond the patience that it then has."""
    broken = 0
    for seed in range(50):
        broken += len(coins(tossed(coin_toss_at_timeout, PATIENCE, make(SECOND), seed=seed))) > 1
        assert len(coins(tossed(coin_toss, 60 * SECOND, make(SECOND), seed=seed))) == 1
        assert len(coins(tossed(coin_toss, PATIENCE, make(SECOND), seed=seed))) <= 1
    assert broken > 40


@pytest.mark.parametrize("protocol", [coin_toss_at_timeout, coin_toss])
def test_without_a_schedule_both_toss_the_xor_of_all_seeds(protocol):
    """Control: the harmless twin of the schedule, and the broken toss is as good as the sound."""
    run = tossed(protocol, PATIENCE, AnyOrder(0))
    bodies = run.journal.bodies.values()
    seeds = [body.seed for body in bodies if isinstance(body, Decommit)]
    assert not run.receipts[0].changed
    assert coins(run) == set(AesCtrTape(reduce(xor, seeds)).uniform(2**61 - 1, 1).tolist())
