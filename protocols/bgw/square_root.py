"""Square roots modulo p: one canonical root for every square. Knows no party and no share."""

from turncoat.protocols.algebra.field import Field, Vec


def power(x: Vec, exponent: int) -> Vec:
    """x^exponent, entry by entry, exponent ≥ 0: square and multiply on public elements."""
    result = x.field.full(x.shape, 1)
    for bit in f"{exponent:b}":
        result = result * result
        if bit == "1":
            result = result * x
    return result


def square_root(squares: Vec) -> Vec:
    """The root below p/2 of every entry, for p odd. The entries must be squares."""
    field = squares.field
    roots = power(squares, (field.p + 1) // 4) if field.p % 4 == 3 else _tonelli(squares)
    signed = roots.centred()
    return field(abs(signed))


def _tonelli(squares: Vec) -> Vec:
    """Tonelli and Shanks, for p ≡ 1 (mod 4), on one entry after the other."""
    field = squares.field
    non_square = next(z for z in range(2, field.p) if pow(z, (field.p - 1) // 2, field.p) != 1)
    roots = [_root(field, int(square), non_square) for square in squares.integers().flat]
    return field(roots).reshape(squares.shape)


def _root(field: Field, a: int, z: int) -> int:
    p, s = field.p, ((field.p - 1) & -(field.p - 1)).bit_length() - 1
    q = (p - 1) >> s  # p − 1 = q·2^s with q odd
    if a == 0:
        return 0
    c, r, residue = pow(z, q, p), pow(a, (q + 1) // 2, p), pow(a, q, p)
    while residue != 1:  # r² = a·residue, and residue has order 2^i with i < s
        i = next(i for i in range(1, s) if pow(residue, 1 << i, p) == 1)
        b = pow(c, 1 << (s - i - 1), p)
        s, c = i, b * b % p
        r, residue = r * b % p, residue * c % p
    return r
