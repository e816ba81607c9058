"""Cost formulas and thresholds: small expressions in n, t, m, k, read by `ast`, never by `eval`.

Holds the grammar (+ − * / ** ( ) ceil log2 max min ones, one comparison for a threshold) and its
exact value as a fraction. Knows nothing of protocols, parties or what the letters stand for.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction

VARIABLES = ("n", "t", "m", "k")

_TRIAL = {"n": 11, "t": 2, "m": 5, "k": 3}  # values at which a formula is tried when declared
_Number = int | Fraction


def _divide(a: Fraction, b: Fraction) -> Fraction:
    return a / b


def _log2(x: Fraction) -> Fraction:
    return Fraction(math.log2(x))


def _ones(x: Fraction) -> int:
    """How many binary digits of a natural number are 1: a public exponent's products."""
    return int(x).bit_count()


_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., _Number]] = {
    "ceil": math.ceil,
    "log2": _log2,
    "max": max,
    "min": min,
    "ones": _ones,
}


def check_formula(text: str) -> str:
    """`text` itself, once it is known to lie in the grammar. Raises ValueError if it does not."""
    value(text, _TRIAL)
    return text


def check_threshold(text: str) -> str:
    """Like `check_formula`, for one comparison such as "t < n/2"."""
    holds(text, _TRIAL)
    return text


def value(text: str, variables: Mapping[str, int]) -> _Number:
    """The exact value of a formula: an int wherever it is one.

    Raises ValueError for anything outside the grammar, for a name without a value, and where the
    formula is undefined (n/(n-t) at n = t).
    """
    try:
        result = _term(_tree(text), variables, text)
    except ZeroDivisionError:
        raise ValueError(f"the formula {text!r} divides by zero at {dict(variables)}") from None
    return result.numerator if result.denominator == 1 else result


def letters(text: str) -> frozenset[str]:
    """The variables that occur in a formula."""
    names = {node.id for node in ast.walk(_tree(text)) if isinstance(node, ast.Name)}
    return frozenset(names & set(VARIABLES))


def holds(text: str, variables: Mapping[str, int]) -> bool:
    """Is the comparison true? Raises ValueError unless it is one `a < b`, `<=`, `>` or `>=`."""
    match _tree(text):
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            compare = _COMPARISONS[type(op)]
            return compare(_term(left, variables, text), _term(right, variables, text))
        case _:
            raise ValueError(f"{text!r} is not one comparison such as 't < n/2'")


def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        raise ValueError(f"{text!r} is not a formula such as 'n*(n-1)*m'") from None


def _term(node: ast.expr, variables: Mapping[str, int], text: str) -> Fraction:
    """The value of one node of the tree."""
    match node:
        case ast.Constant(value=int(constant)) if type(constant) is int:
            return Fraction(constant)
        case ast.Name(id=name) if name in variables:
            return Fraction(variables[name])
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_term(operand, variables, text)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_term(left, variables, text), _term(right, variables, text), text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            apply = _OPERATORS[type(op)]
            return apply(_term(left, variables, text), _term(right, variables, text))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            return Fraction(_FUNCTIONS[name](*(_term(a, variables, text) for a in arguments)))
        case _:
            raise ValueError(_outside(node, text))


def _power(base: Fraction, exponent: Fraction, text: str) -> Fraction:
    if exponent.denominator != 1:
        raise ValueError(f"the formula {text!r}: the exponent {exponent} is not an integer")
    return base**exponent.numerator


def _outside(node: ast.expr, text: str) -> str:
    letters, functions = ", ".join(VARIABLES), ", ".join(_FUNCTIONS)
    return (
        f"{text!r}: {ast.unparse(node)!r} is outside the grammar of formulas "
        f"(integers, {letters}, + - * / ** and {functions})"
    )
