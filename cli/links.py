"""Links, access lines and regions in words: a line or a few for each.

Loads neither numpy nor Trio, so that `list` stays fast.
"""

from collections.abc import Iterator

from turncoat.cli import amounts
from turncoat.scenarios.presets import HostFigures, LinkFigures, Preset
from turncoat.scenarios.regions import REGIONS, SOURCE, one_way
from turncoat.scenarios.schema_network import GilbertElliott
from turncoat.scenarios.units import show_rate

CHANCES = ("loss", "duplicate", "corrupt", "reorder")


def link_text(link: LinkFigures) -> str:
    """A link's figures in one line."""
    return ", ".join([_delay(link), *_accidents(link), *_line(link)])


def _delay(link: LinkFigures) -> str:
    if link.samples is not None:
        return f"as measured, {amounts.duration(link.latency)} on average"
    latency = amounts.duration(link.latency)
    if not link.jitter:
        return f"{latency}, constant"
    return f"{latency} ± {amounts.duration(link.jitter)}, {link.distribution}"


def _accidents(link: LinkFigures) -> Iterator[str]:
    if link.correlation:
        yield f"correlation {float(link.correlation):.3g}"
    for key in CHANCES:
        chance = getattr(link, key)
        if chance:
            yield f"{key} {float(chance):.3g}"
    if link.gemodel is not None:
        yield f"loss in bursts ({_bursts(link.gemodel)})"


def _bursts(model: GilbertElliott) -> str:
    chances = (model.p, model.r, model.one_minus_h, model.one_minus_k)
    names = ("p", "r", "1 − h", "1 − k")
    return ", ".join(f"{name} {float(p):.3g}" for name, p in zip(names, chances, strict=True))


def _line(link: LinkFigures) -> Iterator[str]:
    if link.rate is not None:
        queue = "" if link.limit is None else f", queue of {link.limit}"
        yield f"{show_rate(link.rate)}{queue}"
    if link.rto is not None:
        yield f"rto {amounts.duration(link.rto)}"
    if link.transport != "reliable":
        yield link.transport


def host_text(host: HostFigures) -> str:
    """A party's access line in one line."""
    if host.bandwidth_up is None and host.bandwidth_down is None:
        return "unlimited access lines"
    queue = "" if host.limit is None else f", queues of {host.limit}"
    return f"{rate_text(host.bandwidth_up)} up, {rate_text(host.bandwidth_down)} down{queue}"


def rate_text(bits_per_second: int | None) -> str:
    """A rate, or that there is none."""
    return "unlimited" if bits_per_second is None else show_rate(bits_per_second)


def preset_text(preset: Preset) -> str:
    """A preset in one line: its numbers, then where they come from."""
    return f"{link_text(preset.link)}; {host_text(preset.host)}. {preset.source}"


def region_text(region: str) -> str:
    """A region in one line: its nearest and its farthest neighbour."""
    near, far = (_neighbours(region)[k] for k in (0, -1))
    return f"region; one way {_to(region, near)}, {_to(region, far)}"


def region_lines(region: str) -> Iterator[tuple[str, str]]:
    """The way from a region to every other, the nearest first, and the source."""
    for number, other in enumerate(_neighbours(region)):
        back = amounts.duration(one_way(other, region))
        yield "" if number else "one way", f"{_to(region, other)}, and back in {back}"
    yield "source", SOURCE


def _to(region: str, other: str) -> str:
    return f"to {other} {amounts.duration(one_way(region, other))}"


def _neighbours(region: str) -> list[str]:
    others = [other for other in REGIONS if other != region]
    return sorted(others, key=lambda other: one_way(region, other))
