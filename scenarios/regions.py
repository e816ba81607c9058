"""How far apart the regions of a cloud are: what stands behind `regions = { alice = "tokyo" }`.

Average round trips between ten AWS regions in milliseconds, from the row's region to the column's
and back: means of 60 pings each, by Zhiguang Wang ("Latency Between AWS Global Regions", on machine
images of April 2016), to four digits as tabulated in the note "AWS Regions" (April 2017). A round
trip seen from one end is not exactly that seen from the other, so the table is not symmetric, and
neither are our links: one way takes half of the row's figure. Within a region the table says 0.
Knows no party.
"""

from collections.abc import Mapping
from decimal import Decimal

SOURCE = (
    "Half of the round trips between AWS regions, means of 60 pings each: Z. Wang, "
    '"Latency Between AWS Global Regions", to four digits as in "AWS Regions" (April 2017).'
)

_ROUND_TRIPS_MS = """
           virginia california oregon ireland frankfurt tokyo  seoul  singapore sydney sao-paulo
virginia   0        72.74      86.98  80.55   88.66     145.3  178.4  216.7     230    119.5
california 71.63    0          19.46  153.2   166.6     102.5  131.5  174       157.5  192.7
oregon     88.68    19.2       0      137     159.5     89.1   118.3  161.4     162.2  182.7
ireland    80.52    153.2      137    0       19.56     212.4  242.4  239       309.6  191.3
frankfurt  88.62    166.6      159.5  19.55   0         236.5  266.2  325.9     323.5  194.9
tokyo      145.3    102.5      89.16  212.4   236.6     0      31.44  73.79     103.9  256.8
seoul      176.6    132.6      118.2  242.4   265.3     31.32  0      71.87     134    286.3
singapore  216.7    173.9      161.4  238.1   325.9     73.81  71.29  0         175.3  328.1
sydney     229.7    157.8      161.9  309.6   323.2     103.9  134    175.4     0      322.5
sao-paulo  119.5    192.7      181.7  191.6   194.9     256.7  286.3  327.9     322.5  0
"""
_HALF_A_MILLISECOND = 500_000  # nanoseconds


def _one_way() -> Mapping[tuple[str, str], int]:
    head, *rows = (line.split() for line in _ROUND_TRIPS_MS.strip().splitlines())
    return {
        (row[0], region): int(Decimal(figure) * _HALF_A_MILLISECOND)
        for row in rows
        for region, figure in zip(head, row[1:], strict=True)
    }


_LATENCIES = _one_way()
REGIONS: tuple[str, ...] = tuple(dict.fromkeys(sender for sender, _ in _LATENCIES))


def one_way(sender: str, receiver: str) -> int:
    """The latency [ns] from one region to another. Raises KeyError for a name that is none."""
    return _LATENCIES[sender, receiver]
