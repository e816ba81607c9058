"""The options of a family by name: what there is, and the nearest one to what there is not."""

from collections.abc import Sequence

from turncoat.protocols.registry import nearest


def known(family: str, key: str, name: str, names: Sequence[str]) -> str:
    """The name, if the family has it. Raises ValueError, with the nearest one, if not."""
    if name not in names:
        raise ValueError(f"{family} has no {key} {name!r}; {nearest(name, names)}")
    return name
