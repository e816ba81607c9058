"""Which kinds of fault there are, which keys belong to which, and what each means in a line.

Data for the checks, for `list` and for `explain`; what a kind does is in the kernel's nemesis.
"""

from collections.abc import Mapping

import attrs


@attrs.frozen
class KindOfFault:
    """needs, may: the keys that a fault of this kind must and may have, besides name, kind, when.
    network: does it strike the network, and not parties one by one? example: what may stand below
    its kind in a file."""

    summary: str
    example: tuple[str, ...] = attrs.field(kw_only=True)
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    network: bool = False


FAULT_KINDS: Mapping[str, KindOfFault] = {
    "crash": KindOfFault(
        "power cut: nothing that the party does afterwards leaves it",
        example=(
            'who = ["carol"]',
            'when = { after = "input-share" }',
        ),
        needs=("who",),
    ),
    "restart": KindOfFault(
        "power cut, and back after a while: as it was, or as one that knows nothing (amnesia)",
        example=(
            'who = ["carol"]',
            'for = "2 s"',
            'memory = "amnesia"',
            "when = { after_sends = 4 }",
        ),
        needs=("who", "for"),
        may=("memory",),
    ),
    "pause": KindOfFault(
        "the party stands still for a while, and what comes in waits",
        example=(
            "who = { count = 1 }",
            'for = "500 ms"',
            'when = { at = "50 ms" }',
        ),
        needs=("who", "for"),
    ),
    "omission": KindOfFault(
        "the party loses messages that it sends, receives, or both, each with a probability",
        example=(
            'who = ["carol"]',
            'direction = "send"',
            "probability = 0.1",
            'when = { at = "0 s" }',
        ),
        needs=("who",),
        may=("direction", "probability", "for"),
    ),
    "partition": KindOfFault(
        "no message passes between groups of parties, until it ends or is healed",
        example=(
            'groups = [["alice", "bob"], ["carol"]]',
            'for = "5 s"',
            'when = { at = "50 ms" }',
        ),
        may=("shape", "groups", "who", "for"),
        network=True,
    ),
    "heal": KindOfFault(
        "the end of every partition", example=('when = { at = "5 s" }',), may=("who",), network=True
    ),
    "degrade": KindOfFault(
        "the links between some parties and all others change, for a while or for good",
        example=(
            'who = ["carol"]',
            'link = { latency = "500 ms", loss = 0.01 }',
            'for = "1 min"',
            'when = { at = "1 s" }',
        ),
        needs=("who", "link"),
        may=("for",),
        network=True,
    ),
    "churn": KindOfFault(
        "the party goes and comes back again and again, at exponential times",
        example=(
            "who = { fraction = 0.1 }",
            'mean_up = "1 min"',
            'mean_down = "5 s"',
            'when = { at = "0 s" }',
        ),
        needs=("who", "mean_up", "mean_down"),
        may=("memory",),
    ),
}


@attrs.frozen
class ShapeOfPartition:
    """needs, may: which of who and groups it must and may have. who is then told by `who`."""

    summary: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


SHAPES: Mapping[str, ShapeOfPartition] = {
    "groups": ShapeOfPartition("each of groups by itself", needs=("groups",)),
    "halves": ShapeOfPartition("two halves of all parties, or of who, drawn", may=("who",)),
    "isolate": ShapeOfPartition("each of who cut off from everybody", needs=("who",)),
    "one-way": ShapeOfPartition("nothing from groups[0] to groups[1]", needs=("groups",)),
    "bridge": ShapeOfPartition("two halves, drawn, that both talk to who", needs=("who",)),
}
DEFAULT_SHAPE = "groups"


def fault_name(given: str | None, kind: str, index: int) -> str:
    """What a fault is called: as the file says, or by its kind and its number, counted from 1."""
    return given or f"{kind}-{index + 1}"
