"""What the steps of SPDZ cost, by the way of opening; each also declares its own, all to all.

Through a king every opening takes a round more, and 2(n − 1) elements in place of n(n − 1). The
check costs the same. Knows formulas only.
"""

from collections.abc import Mapping

from turncoat.protocols.declare import Cost, declared
from turncoat.protocols.functionalities.prep import receive
from turncoat.protocols.spdz.beaver import matrix_product, multiply, square
from turncoat.protocols.spdz.output import output, output_to
from turncoat.protocols.spdz.sacrifice import sacrifice
from turncoat.protocols.spdz.share_input import share_input


def _checked(rounds: int, elements: str, checks: int) -> Cost:
    """An opening with so many MAC checks around it, of n(n − 1) elements each."""
    return Cost(
        f"{rounds + 8 * checks}",
        f"{elements} + {checks}*n*(n-1)",
        octets_total=f"{16 * checks}*n*(n-1)",
        framing_total=f"{224 * checks}*n*(n-1)",
    )


_EITHER = {"prep": declared(receive).cost, "input": declared(share_input).cost}

COSTS: Mapping[str, Mapping[str, Cost]] = {
    "all": {
        **_EITHER,
        "multiply": declared(multiply).cost,
        "square": declared(square).cost,
        "dot": declared(matrix_product).cost,
        "open": declared(output).cost,
        "open-at-once": _checked(1, "n*(n-1)*m", 1),
        "open-to": declared(output_to).cost,
        "open-to-at-once": _checked(1, "n*(n-1)*k*m", 1),
        "sacrifice": declared(sacrifice).cost,
    },
    "king": {
        **_EITHER,
        "multiply": Cost("2", "4*(n-1)*m"),
        "square": Cost("2", "2*(n-1)*m"),
        "dot": Cost("2", "2*(n-1)*k"),
        "open": _checked(2, "2*(n-1)*m", 2),
        "open-at-once": _checked(2, "2*(n-1)*m", 1),
        "open-to": _checked(2, "2*(n-1)*k*m", 2),
        "open-to-at-once": _checked(2, "2*(n-1)*k*m", 1),
        "sacrifice": Cost(
            "16",
            "2*(n-1)*(k+m) + n*(n-1)",
            octets_total="32*n*(n-1)",
            framing_total="336*n*(n-1)",
        ),
    },
}
