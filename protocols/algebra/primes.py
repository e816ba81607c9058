"""Primality of integers: proved below 2^64, by the test of Baillie and others [BW80] above."""

from math import isqrt

# Strong pseudoprimes to all of these bases exceed 2^64 [Sorenson, Webster 2015].
_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def is_prime(n: int) -> bool:
    """Whether n is prime.

    Below 2^64 Miller and Rabin's test with bases that leave no exception. Above, Lucas's strong
    test besides: no composite is known that passes both [BW80], but none is proved not to exist.
    """
    if n < 2:
        return False
    for q in _BASES:
        if n % q == 0:
            return n == q
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    strong = all(_passes(n, base, twos) for base in _BASES)
    return strong and (n < 2**64 or _passes_lucas(n))


def _passes(n: int, base: int, twos: int) -> bool:
    x = pow(base, (n - 1) >> twos, n)
    if x in (1, n - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def _passes_lucas(n: int) -> bool:
    """Lucas's strong test of odd n with Selfridge's parameters: P = 1, Q = (1 − D)/4."""
    if isqrt(n) ** 2 == n:
        return False  # no D would be found
    d = 5
    while (symbol := _jacobi(d, n)) != -1:
        if symbol == 0:
            return False
        d = -d - 2 if d > 0 else -d + 2
    twos = ((n + 1) & -(n + 1)).bit_length() - 1
    u, v, power = _lucas((n + 1) >> twos, d, n)
    if u == 0:
        return True
    for _ in range(twos):
        if v == 0:
            return True
        v, power = (v * v - 2 * power) % n, power * power % n
    return False


def _lucas(k: int, d: int, n: int) -> tuple[int, int, int]:
    """U_k, V_k and Q^k modulo n, from the leading bit of k downwards."""
    q = (1 - d) // 4
    half = (n + 1) // 2  # 1/2 modulo n
    u, v, power = 1, 1, q % n
    for bit in bin(k)[3:]:
        u, v, power = u * v % n, (v * v - 2 * power) % n, power * power % n
        if bit == "1":
            u, v, power = (u + v) * half % n, (d * u + v) * half % n, power * q % n
    return u, v, power


def _jacobi(a: int, n: int) -> int:
    """Jacobi's symbol (a/n) for odd n > 0."""
    a, sign = a % n, 1
    while a:
        while a % 2 == 0:
            a //= 2
            if n % 8 in (3, 5):
                sign = -sign
        a, n = n, a
        if a % 4 == n % 4 == 3:
            sign = -sign
        a %= n
    return sign if n == 1 else 0
