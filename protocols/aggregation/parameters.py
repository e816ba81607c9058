"""The parameters of secure aggregation, checked once, where they are made.

Holds n, m, R and the threshold of [BIKMMPRSS17], and the degree of SecAgg+'s graph. Knows no
message; how a degree and a threshold follow from security levels is in `secagg_plus.py`.
"""

from typing import Literal

import attrs

Model = Literal["semi-honest", "active"]

MOST_BITS = 64  # of R: sums are kept in machine words


def least_modulus_bits(n: int, bound: int) -> int:
    """⌈log2(n·(R_U − 1) + 1)⌉. ValueError unless R_U ≥ 2."""
    if bound < 2:
        raise ValueError(f"inputs in [0, R_U) with R_U = {bound}: they could only be 0")
    return (n * (bound - 1)).bit_length()


def _least_modulus_bits(parameters: "AggregationParameters") -> int:
    return least_modulus_bits(parameters.n, parameters.bound)


def _threshold(parameters: "AggregationParameters") -> int:
    return parameters.threshold


@attrs.frozen(kw_only=True)
class AggregationParameters:
    """n clients sum vectors of m integers in [0, R_U) through a server.

    bound: R_U. threshold: how many shares reconstruct a secret. quorum: how many clients must
    remain in each round; the threshold if not given, in SecAgg+ usually (1 − δ)·n.
    colluding: n_C, clients that may work together with the server. model: what the server may do;
    "semi-honest" needs threshold > n_C, "active" adds signatures and needs 2·threshold > n + n_C.
    degree: neighbours of each client in SecAgg+'s graph, None for all n − 1 others; there n_C may
    exceed the threshold, as long as no client has that many of them for neighbours
    (`secagg_plus.py`).
    modulus_bits: R = 2^modulus_bits; if not given, the least R ≥ n·(R_U − 1) + 1.

    Raises ValueError for parameters with which the protocol would not be private, or could wrap.
    """

    n: int
    m: int
    bound: int
    threshold: int
    quorum: int = attrs.field(default=attrs.Factory(_threshold, takes_self=True))
    colluding: int = 0
    model: Model = "semi-honest"
    degree: int | None = None
    modulus_bits: int = attrs.field(default=attrs.Factory(_least_modulus_bits, takes_self=True))

    def __attrs_post_init__(self) -> None:
        self._check_sizes()
        self._check_modulus()
        self._check_threshold()

    @property
    def modulus(self) -> int:
        """R, a power of two: masks modulo R are words of the key stream, cut off."""
        return 1 << self.modulus_bits

    @property
    def neighbours(self) -> int:
        """With how many others a client shares its secrets."""
        return self.n - 1 if self.degree is None else self.degree

    @property
    def vector_bytes(self) -> int:
        """A masked vector on the wire: m·⌈log2 R⌉ bits, packed."""
        return -(-self.m * self.modulus_bits // 8)

    def _check_sizes(self) -> None:
        if self.n < 2:
            raise ValueError(f"a sum over {self.n} clients hides nothing; take 2 or more")
        if self.m < 1:
            raise ValueError(f"vectors of m = {self.m} entries: there must be one at least")
        if self.degree is None:
            return
        if self.model == "active":
            raise ValueError(
                "SecAgg+ is proven here against a semi-honest server only; take the complete graph "
                "(no degree) against a lying one"
            )
        if not (2 <= self.degree < self.n and self.degree % 2 == 0):
            raise ValueError(
                f"a graph of degree k = {self.degree} on n = {self.n} clients: SecAgg+ needs an "
                "even k with 2 <= k < n"
            )

    def _check_modulus(self) -> None:
        least = least_modulus_bits(self.n, self.bound)
        if self.modulus_bits < least:
            raise ValueError(
                f"R = 2^{self.modulus_bits} would wrap: n = {self.n} inputs below R_U = "
                f"{self.bound} need R >= n*(R_U - 1) + 1, that is 2^{least} at least"
            )
        if self.modulus_bits > MOST_BITS:
            raise ValueError(
                f"R = 2^{self.modulus_bits}: sums are kept in words of {MOST_BITS} bits; lower the "
                "inputs' bound (fewer fraction bits, a smaller clip or weight)"
            )

    def _check_threshold(self) -> None:
        n, t, n_c = self.n, self.threshold, self.colluding
        most = n if self.degree is None else self.degree
        if not 1 <= t <= most:
            what = "clients" if self.degree is None else "neighbours"
            raise ValueError(f"threshold {t}: it lies between 1 and the {most} {what}")
        if not t <= self.quorum <= n:
            raise ValueError(
                f"a quorum of {self.quorum}: it lies between the threshold {t} and n = {n}"
            )
        if not 0 <= n_c < n:
            raise ValueError(f"{n_c} of {n} clients colluding: at least one must be honest")
        if self.model == "semi-honest" and self.degree is None and t <= n_c:
            raise ValueError(
                f"threshold {t} with n_C = {n_c}: {n_c} clients that collude with the server "
                f"reconstruct every secret; the threshold must exceed n_C, so take {n_c + 1} "
                "or more"
            )
        if self.model == "active" and 2 * t <= n + n_c:
            raise ValueError(
                f"threshold {t} with n = {n} and n_C = {n_c}: a lying server could show two halves "
                "of the clients different survivors; it needs 2*threshold > n + n_C, so take "
                f"{(n + n_c) // 2 + 1} or more"
            )
