"""Real inputs from files: an array or several per client, averaged within the stated error."""

from fractions import Fraction

import numpy as np

from turncoat.scenarios.compose import simulate
from turncoat.scenarios.loader import load

SCENARIO = """
[protocol]
use = "bonawitz"
program = "federated-mean"
fixed_point = { fraction_bits = 12 }
with = { clip = 1.0 }

[parties]
names = ["north", "south", "west"]

[parties.inputs]
north = { weights = { file = "north.npy" }, bias = [0.5] }
south = { weights = { file = "south.npy" }, bias = [0.25] }
west = { weights = { file = "west.npy" }, bias = [-3] }
"""


def test_arrays_from_npy_files_are_averaged_within_the_stated_error(tmp_path):
    """2^-13 in every entry, of the mean of what is left after clipping."""
    draw = np.random.default_rng(1)
    arrays = {name: draw.uniform(-1.5, 1.5, (2, 3)) for name in ("north", "south", "west")}
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    file = tmp_path / "mean.toml"
    file.write_text(SCENARIO)
    report = simulate(load(str(file)), seed=1)
    summary = report.outcome["server"].value
    right = sum(np.clip(array, -1, 1) for array in arrays.values()) / 3

    assert report.verdict.name == "OK"
    assert summary.value["weights"].shape == (2, 3)
    assert np.abs(summary.value["weights"] - right).max() <= 2**-13 + 1e-15
    assert summary.answer["bias"] == [Fraction(-1, 12)]
