"""Primality of integers below 2^64, exactly."""

# Strong pseudoprimes to all of these bases exceed 2^64 [Sorenson, Webster 2015].
_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def is_prime(n: int) -> bool:
    """Whether n < 2^64 is prime: Miller and Rabin's test with bases that leave no exception."""
    if n < 2:
        return False
    for q in _BASES:
        if n % q == 0:
            return n == q
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    return all(_passes(n, base, twos) for base in _BASES)


def _passes(n: int, base: int, twos: int) -> bool:
    x = pow(base, (n - 1) >> twos, n)
    if x in (1, n - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False
