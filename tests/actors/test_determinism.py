"""One world, one digest: under any order of wake-ups, any order in which Trio runs tasks, any hash
seed, with Hypothesis imported or not, with messages by reference or really encoded. And another
digest as soon as anything that counts differs."""

import os
import random
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
import trio

from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Aborted, Crashed, Output

from .toys import Blob, Ping, Residues, Rewrite, Values, play, says, toy_world
from .transcripts import WORLDS, busy, digests

HERE = Path(__file__).parent
MS = MILLISECOND
EXPECTED = {name: world().digest for name, world in WORLDS.items()}

every_world = pytest.mark.parametrize("name", WORLDS)


@attrs.frozen
class Batches:
    """Stands in for Trio's private randomness, which orders each batch of runnable tasks."""

    reverse: bool
    permute: random.Random | None = None

    def random(self) -> float:
        return 0.0 if self.reverse else 1.0

    def shuffle(self, batch: list) -> None:
        if self.permute:
            self.permute.shuffle(batch)
        elif self.reverse:
            batch.reverse()


@pytest.fixture
def trio_runs(monkeypatch):
    """trio_runs(sort, batches): have Trio order its batches like this, sorted by age first or not.
    In tests only: the simulator never touches Trio's randomness."""

    def patch(*, sort: bool, batches: Batches) -> None:
        monkeypatch.setattr(trio._core._run, "_ALLOW_DETERMINISTIC_SCHEDULING", sort)
        monkeypatch.setattr(trio._core._run, "_r", batches)

    return patch


# -- one digest ------------------------------------------------------------------------------------


@every_world
def test_fifty_repetitions_with_shuffled_wake_ups_give_one_digest(name):
    """Trio's own randomness is on, too, and unseeded."""
    rng = random.Random(name)
    assert {WORLDS[name](shuffle=rng.shuffle).digest for _ in range(50)} == {EXPECTED[name]}


@every_world
@pytest.mark.parametrize("sort", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_reversed_batches_give_the_same_digest(name, sort, reverse, trio_runs):
    """Every batch reversed, or none; on top of the order of wake-ups, or of the tasks' age."""
    trio_runs(sort=sort, batches=Batches(reverse))
    for shuffle in (None, list.reverse):
        assert WORLDS[name](shuffle=shuffle).digest == EXPECTED[name]


@every_world
def test_permuted_batches_give_the_same_digest(name, trio_runs):
    """Every batch in a random order, which is harder than anything that Trio does."""
    for seed in range(10):
        trio_runs(sort=True, batches=Batches(False, random.Random(seed)))
        assert WORLDS[name]().digest == EXPECTED[name]


@every_world
def test_really_encoding_every_message_changes_nothing(name):
    """Bytes in flight instead of references: the same digest, and the same outputs."""
    plain, encoded = WORLDS[name](), WORLDS[name](encode=True)
    assert encoded.digest == plain.digest == EXPECTED[name]
    assert encoded.outcomes == plain.outcomes
    assert encoded.ledger == plain.ledger


@every_world
def test_measuring_and_keeping_bodies_changes_nothing(name):
    assert WORLDS[name](meter=True, keep_bodies=True).digest == EXPECTED[name]


CHILD = """
import sys, types
{extra}
package = types.ModuleType("box")
package.__path__ = [{here!r}]
sys.modules["box"] = package
from box.transcripts import digests
print(*digests())
"""


@pytest.mark.parametrize(
    ("hash_seed", "extra"),
    [("0", ""), ("1", ""), ("2", "import hypothesis"), ("3", "import hypothesis"), ("random", "")],
)
def test_another_process_gives_the_same_digests(hash_seed, extra):
    """Five hash seeds; Hypothesis, whose import changes how Trio schedules, imported or not."""
    code = CHILD.format(extra=extra, here=str(HERE))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == digests()


def test_the_worlds_do_what_they_are_for():
    """Controls: strands ran at once, ties were dense, packets were lost, the dead are dead, and
    the liar was caught. Otherwise one digest would prove little."""
    runs = {name: world() for name, world in WORLDS.items()}
    times = [arrival.time for arrival in runs["ties"].journal.arrivals()]
    assert len(times) > 20 * len(set(times))
    assert all(isinstance(end, Output) for end in runs["zero"].outcomes.values())
    assert len({a.time for a in runs["jitter"].journal.arrivals()}) > 100
    assert runs["rough"].ledger.total().resent_bytes > 0
    assert isinstance(runs["crash"].outcomes[2], Crashed)
    assert isinstance(runs["crash"].outcomes[3], Crashed)
    assert runs["liar"].outcomes[1] == Aborted("malformed-message", accused=frozenset({4}))
    assert runs["liar"].receipts[0].acted


# -- and another one -------------------------------------------------------------------------------


async def said_by_each(party):
    await party.exchange_all(Blob(bytes([party.me, 0])))


def test_the_digest_changes_with_the_seed():
    """Coins and network draws are derived from it."""
    assert len({WORLDS["rough"](seed=seed).digest for seed in range(5)}) == 5
    assert len({WORLDS["jitter"](seed=seed).digest for seed in range(5)}) == 5


@pytest.mark.parametrize("bit", range(16))
def test_the_digest_changes_with_one_bit_of_one_payload(bit):
    """P2's 16 bits to P1, one of them flipped; sizes, times and outputs are as before."""

    def flipped(envelope):
        number = int.from_bytes(envelope.body.data, "little") ^ 1 << bit
        return [attrs.evolve(envelope, body=Blob(number.to_bytes(2, "little")))]

    def run(change):
        rules = {2: [Rewrite("Blob", change, to=(1,))]}
        run = play(said_by_each, 3, rules=rules)
        run.receipts[0].changed.clear()  # compare the traffic alone
        return run

    honest, lie = run(lambda envelope: [envelope]), run(flipped)
    assert lie.outcomes == honest.outcomes
    assert lie.ledger.total() == honest.ledger.total()
    assert lie.journal.digest("full") != honest.journal.digest("full")


def test_the_digest_changes_with_one_nanosecond():
    digest = {play(said_by_each, 3, Link(40 * MS + ns)).digest for ns in (0, 0, 1, 2)}
    assert len(digest) == 3


def test_the_digest_covers_times_and_order_of_arrival():
    """Nobody looks at the mail before all is here: the outcomes are the same, at the same times."""

    async def main(party):
        party.send_all(Ping(1))
        await party.sleep(100 * MS)
        return len(await party.gather(Ping))

    links = [{}, {(1, 2): Link(41 * MS)}, {(1, 2): Link(39 * MS)}, {(1, 2): Link(38 * MS)}]
    runs = [play(main, 3, links=link) for link in links]
    assert len({run.digest for run in runs}) == 4
    assert all(run.journal.marks == runs[0].journal.marks for run in runs)


@pytest.mark.parametrize(
    "change",
    [
        {"faults": (Crash(3, at=100 * MS),)},
        {"links": {(1, 2): Link(41 * MS)}},
        {"n": 5},
        {"time_limit": 100 * MS},
    ],
)
def test_the_digest_changes_with_the_world(change):
    world = toy_world(**{"n": 4, **change})
    assert world.run(busy).digest != EXPECTED["ties"]


def test_the_digest_changes_with_an_output_and_with_a_name():
    """The same traffic: other outputs, another sid, another phase, another kind."""

    def program(value=1, sid="a", phase="online", body=None):
        async def main(party):
            step = party.sub(sid)
            with step.phase(phase):
                await step.exchange_all(body or Ping(1))
            return value

        return main

    versions = [{}, {"value": 2}, {"sid": "b"}, {"phase": "prep"}, {"body": Ping(2)}]
    versions += [{"value": None}, {"value": True}, {"body": Blob(b"\1\0\0\0")}]
    assert len({play(program(**version)).digest for version in versions}) == len(versions)


def test_sizes_alone_are_another_digest():
    """`digest = "sizes"` covers no payload: it is blind to a payload bit, and named apart."""

    def digest(number, variant):
        async def main(party):
            await party.exchange_all(Values(Residues((number,))))

        return play(main, digest=variant).digest

    assert digest(1, "sizes") == digest(2, "sizes") != digest(1, "full")
    assert digest(1, "full") != digest(2, "full")


def test_receipts_are_part_of_the_digest():
    """A rule that fires and changes nothing leaves the same traffic as one that never fires."""
    rules = [Rewrite("Blob", lambda e: [e], intends="none"), Rewrite("Pong", says(None))]
    fired, idle = (play(said_by_each, 3, rules={2: [rule]}) for rule in rules)
    assert [fired.receipts[0].fired, idle.receipts[0].fired] == [3, 0]
    assert fired.digest != idle.digest
    fired.journal.marks.clear()
    idle.journal.marks.clear()
    assert fired.journal.digest("full") == idle.journal.digest("full")
