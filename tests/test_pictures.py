"""The pictures of the documents are what their scripts draw."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent


def test_the_picture_of_the_network_model_is_up_to_date(tmp_path):
    """Renew it with `python benchmarks/draw_network_model.py`."""
    drawn = tmp_path / "drawn.svg"
    command = [sys.executable, str(ROOT / "benchmarks" / "draw_network_model.py"), str(drawn)]
    subprocess.run(command, check=True, capture_output=True)
    assert drawn.read_text() == (ROOT / "docs" / "network-model.svg").read_text()
    words = {
        node.text for node in ElementTree.parse(drawn).iter("{http://www.w3.org/2000/svg}text")
    }
    assert {"lognormal", "pareto", "lost", "alice's uplink", "bob's downlink"} <= words
