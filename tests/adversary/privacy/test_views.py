"""Views hold what the corrupted seats held, in order, and nothing else; seats add up to sets."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.faults import Crash
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.randomness import derive
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.world import World
from turncoat.adversary.views import (
    CoinRecorder,
    arrays,
    load_view,
    save_seats,
    save_view,
    view_of,
)
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.bgw.multiply import multiply
from turncoat.protocols.bgw.open import open_to_all
from turncoat.protocols.bgw.share_input import share_input
from turncoat.protocols.primitives.symmetric import AesCtrTape

FIELD = prime_field(2**61 - 1)
NAMES = ("alice", "bob", "carol")
INPUTS = {1: [1111], 2: [2222], 3: []}


async def product(party):
    own = FIELD(INPUTS[party.me])
    x = await share_input(party.sub("x"), 1, own, (1,))
    y = await share_input(party.sub("y"), 2, own, (1,))
    return await open_to_all(party.sub("open"), await multiply(party.sub("mul"), x, y))


def run(seed=1, corrupted=(1, 2, 3), latency=MILLISECOND, **world):
    recorder = CoinRecorder(frozenset(corrupted))
    world = World(
        cast=Cast(NAMES), tapes=AesCtrTape, t=1, seed=seed, structures={"field": FIELD},
        topology=Topology(default=Link(latency=latency)), keep_bodies=True, coins=recorder,
        **world,
    )  # fmt: skip
    done = world.run(product)
    return done, recorder


def view(corrupted, seed=1, **world):
    done, recorder = run(seed, **world)
    return view_of(done.journal, corrupted, INPUTS, recorder.coins())


SETS = st.sets(st.integers(1, 3), min_size=1).map(lambda s: tuple(sorted(s)))


@given(SETS)
def test_a_view_holds_only_what_its_seats_held(corrupted):
    """Receivers, coins and inputs are all of the set; own copies are no messages."""
    seen = view(corrupted)
    assert {m.receiver for m in seen.received} == set(corrupted)
    assert {c.party for c in seen.coins} <= set(corrupted)
    assert set(seen.inputs) == set(corrupted)
    assert all(m.sender != m.receiver for m in seen.received)


def test_a_view_names_what_came_in_the_order_in_which_it_came():
    """P2 deals y once it has its share of x; P1 reshares a latency after P2 has dealt. What
    one sender says in one instant leaves by sid."""
    assert [(m.time // MILLISECOND, m.sender, m.kind) for m in view((3,)).received] == [
        (1, 1, "InputShare"),
        (2, 2, "SubShare"),
        (2, 2, "InputShare"),
        (3, 1, "SubShare"),
        (4, 1, "PartialOpening"),
        (4, 2, "PartialOpening"),
    ]


def test_coins_are_those_that_were_drawn():
    """An independent tape with the same name says the same."""
    (coins,) = [c for c in view((3,)).coins if c.sid == "mul"]
    again = AesCtrTape(derive(1, "coins", 3, 0, "mul")).uniform(FIELD.p, 1)
    assert np.array_equal(coins.draws[0].values, again)


def test_recording_coins_changes_no_run():
    assert run(corrupted=())[0].digest == run(corrupted=(1, 2, 3))[0].digest


def test_honest_coins_are_never_recorded():
    _, recorder = run(corrupted=(3,))
    assert {c.party for c in recorder.coins()} == {3}


@given(SETS, SETS)
def test_views_do_not_depend_on_who_else_is_looked_at(one, two):
    """The joint view's part of a seat is that seat's own view."""
    both = tuple(sorted(set(one) | set(two)))
    joint, alone = view(both), view(one)
    assert [m for m in joint.received if m.receiver in one] == list(alone.received)


def test_mail_that_the_end_of_the_run_overtook_is_in_the_view():
    """A crash leaves openings under way; whoever is corrupted will read them. What was lost with
    the crash is not there."""
    done, recorder = run(faults=(Crash(2, at=5 * MILLISECOND // 2),))
    seen = view_of(done.journal, (3,), INPUTS, recorder.coins())
    assert any(m.kind == "SubShare" and m.sender == 2 for m in seen.received)
    assert not any(m.kind == "PartialOpening" and m.sender == 2 for m in seen.received)


def test_a_run_without_bodies_has_no_view():
    journal = World(cast=Cast(NAMES), tapes=AesCtrTape, t=1, structures={"field": FIELD}).run(
        product
    )
    with pytest.raises(ValueError, match="keep_bodies=True"):
        view_of(journal.journal, (1,), INPUTS)


# -- files -----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    done, recorder = run()
    return save_seats(tmp_path / "run", done.journal, NAMES, INPUTS, recorder.coins())


@given(corrupted=SETS)
def test_the_merged_seats_are_the_joint_view(corrupted):
    """By JSON: what is saved seat by seat reads back as the view of the set."""
    done, recorder = run()
    with TemporaryDirectory() as place:
        saved = save_seats(Path(place), done.journal, NAMES, INPUTS, recorder.coins())
        names = [NAMES[i - 1] for i in corrupted]
        joint = view_of(done.journal, corrupted, INPUTS, recorder.coins()).json(NAMES)
        assert load_view(saved, names) == joint


def test_a_redacted_folder_holds_nothing_of_the_others(folder, tmp_path):
    """No honest input, no honest coin, no message to anybody else; and it reads back."""
    document = load_view(folder, ["carol"])
    redacted = save_view(tmp_path / "hers", document)
    text = "".join(p.read_text() for p in redacted.rglob("*.json"))
    assert "1111" not in text
    assert "2222" not in text
    assert load_view(redacted, ["carol"]) == document
    with pytest.raises(ValueError, match="no view of alice; it has carol"):
        load_view(redacted, ["alice"])
    assert {m["to"] for m in document["received"]} == {"carol"}
    assert sorted(p.name for p in redacted.rglob("*") if p.is_file()) == [
        "carol.json", "view.json", "view.npz",
    ]  # fmt: skip


def test_the_npz_needs_no_pickle_and_holds_the_same_numbers(folder, tmp_path):
    document = load_view(folder, ["bob", "carol"])
    saved = save_view(tmp_path / "theirs", document)
    with np.load(saved / "view.npz", allow_pickle=False) as tables:
        assert set(tables) == set(arrays(document))
        for k, entry in enumerate(document["received"]):
            prefix = f"received/{k:04}/{entry['to']}/{entry['from']}/{entry['sid']}/{entry['kind']}"
            for name, value in entry["fields"].items():
                assert tables[f"{prefix}/{name}"].tolist() == value


def test_a_folder_without_views_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no views"):
        load_view(tmp_path, ["carol"])


def test_another_format_is_refused(folder):
    path = folder / "seats" / "carol.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(ValueError, match="another version"):
        load_view(folder, ["carol"])
