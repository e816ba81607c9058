"""One scenario, one seed, one digest: through every door and under every order of execution."""

import json
import os
import random
import subprocess
import sys

import pytest
import trio._core._run as trio_run

import turncoat
from turncoat.scenarios.compose import Options, simulate
from turncoat.scenarios.loader import load

NETWORKS = {
    "ties": {"network.preset": "ideal", "network.latency": "40 ms"},
    "jitter and loss": {"network.latency": "40 ms", "network.jitter": "15 ms", "network.loss": 0.2},
}


def scenario(network):
    return load("salary-variance", {**NETWORKS[network], "expect": {"verdict": "OK"}})


@pytest.mark.parametrize("network", NETWORKS)
def test_fifty_runs_under_shuffled_wake_ups_have_one_digest(network):
    chosen = scenario(network)
    shuffles = [None, list.reverse, *(random.Random(k).shuffle for k in range(48))]
    digests = {simulate(chosen, options=Options(shuffle=s)).digest for s in shuffles}
    assert len(digests) == 1


@pytest.mark.parametrize("network", NETWORKS)
def test_really_encoding_every_message_changes_nothing(network):
    chosen = scenario(network)
    encoded, by_reference = (simulate(chosen, options=Options(encode=e)) for e in (True, False))
    assert encoded.digest == by_reference.digest
    assert encoded.json()["totals"] == by_reference.json()["totals"]


class Coin:
    """In place of Trio's private generator: batches of runnable tasks are always, or never,
    reversed; whether it flips a coin for that (0.5 and above: not) or shuffles."""

    def __init__(self, reverse):
        self.reverse = reverse

    def random(self):
        return 0.0 if self.reverse else 1.0

    def shuffle(self, batch):
        if self.reverse:
            batch.reverse()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("network", NETWORKS)
def test_the_order_of_trios_batches_changes_nothing(network, reverse, monkeypatch):
    before = simulate(scenario(network)).digest
    monkeypatch.setattr(trio_run, "_r", Coin(reverse))
    assert simulate(scenario(network)).digest == before


DIGEST = "import turncoat; print(turncoat.run('salary-variance').digest)"


@pytest.mark.parametrize("hash_seed", ["0", "1", "2", "3", "random"])
@pytest.mark.parametrize("before", ["", "import hypothesis; "], ids=["plain", "hypothesis"])
def test_hash_seeds_and_hypothesis_change_nothing(hash_seed, before):
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", before + DIGEST]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == turncoat.run("salary-variance").digest


def test_the_command_line_and_the_api_agree():
    command = [sys.executable, "-m", "turncoat", "run", "salary-variance", "--json"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(found.stdout)["digest"] == turncoat.run("salary-variance").digest


def test_another_seed_has_another_digest():
    assert turncoat.run("salary-variance", seed=1).digest != turncoat.run("salary-variance").digest


def test_the_digest_is_that_of_the_release():
    """A golden value: a change of it is a change of every recorded transcript, and belongs into
    the changelog."""
    assert turncoat.run("average-salary").digest == GOLDEN


GOLDEN = "696f2e870784a2ba1379b29af128170a78536dc9b9109c5bf0f13495ea44582a"
