"""Built-in programs on numbers: sums, moments, products. Each is the same function in both worlds.

`mpc` and the arrays are either shared among parties or plain (the oracle); nothing here can tell.
What is opened is what a program returns, and nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from turncoat.protocols.arithmetic.exact_fraction import ExactFraction
from turncoat.protocols.arithmetic.program import Computation, PublicInfo, Secret, finish_with

S = TypeVar("S", bound=Secret)
Inputs = Mapping[str, Mapping[str, S]]


async def total(mpc: Computation[S], inputs: Inputs[S]) -> S:
    """Σx over all entries of all inputs of all parties. Shape (1,). No product."""
    return _entries(mpc, inputs).sum()


def _over_m(opened: int, public: PublicInfo) -> ExactFraction:
    return ExactFraction(opened, public.entries)


@finish_with(_over_m)
async def mean(mpc: Computation[S], inputs: Inputs[S]) -> S:
    """Σx, which is opened and then divided by the public number m of entries. No product."""
    return _entries(mpc, inputs).sum()


def _over_m_squared(opened: int, public: PublicInfo) -> ExactFraction:
    return ExactFraction(opened, public.entries**2)


@finish_with(_over_m_squared)
async def variance(mpc: Computation[S], inputs: Inputs[S]) -> S:
    """m·Σx² − (Σx)², m² times the population variance. Σx itself stays hidden.

    Two resharings of one element each, in one round: Σx² is one inner product, whatever m.
    """
    x = _entries(mpc, inputs)
    s = x.sum()
    squares, s_squared = await mpc.together(x @ x, s * s)
    return x.size * squares - s_squared


def _over_pairs_squared(opened: int, public: PublicInfo) -> ExactFraction:
    return ExactFraction(opened, (public.entries // 2) ** 2)


@finish_with(_over_pairs_squared)
async def covariance(mpc: Computation[S], inputs: Inputs[S]) -> S:
    """m·Σxy − Σx·Σy, m² times the population covariance of m pairs. The sums stay hidden.

    Every party brings two inputs of one length, x and y: the pairs it knows. Two resharings of one
    element each, in one round. Raises ValueError for other inputs.
    """
    pairs = [_pair(party, own) for party, own in inputs.items() if own]
    if not pairs:
        raise ValueError("covariance needs pairs; give at least one party inputs x and y")
    x, y = (mpc.concatenate([pair[k] for pair in pairs]) for k in (0, 1))
    products, sums = await mpc.together(x @ y, x.sum() * y.sum())
    return x.size * products - sums


async def polynomial(mpc: Computation[S], inputs: Inputs[S], coefficients: Sequence[int]) -> S:
    """c_0 + c_1·x + … + c_k·x^k for every entry x of every party, in the parties' order.

    coefficients: public, [c_0, c_1, …]. All powers in ⌈log2 k⌉ rounds, by k − 1 products an entry.
    Opens the value at every entry, from which its owner's x can often be computed. Raises
    ValueError without a coefficient.
    """
    if not coefficients:
        raise ValueError("polynomial needs coefficients = [c_0, c_1, …], at least one")
    x = _entries(mpc, inputs)
    powers = [x]
    while len(powers) < len(coefficients) - 1:
        lower = powers[: len(coefficients) - 1 - len(powers)]
        highest = mpc.concatenate([powers[-1]] * len(lower))
        product = await (highest * mpc.concatenate(lower))
        powers += [product[k * x.size : (k + 1) * x.size] for k in range(len(lower))]
    value = x * 0 + coefficients[0]
    for coefficient, power in zip(coefficients[1:], powers, strict=False):
        value = value + power * coefficient
    return value


async def matmul(
    mpc: Computation[S], inputs: Inputs[S], left: str | None = None, right: str | None = None
) -> S:
    """X @ Y for two parties' matrices, in one round at the price of one resharing of X @ Y.

    left, right: whose, as for `dot`. Raises ValueError unless they are two, and fit.
    """
    x, y = _two(inputs, "matmul", left, right)
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[0]:
        raise ValueError(f"matmul needs matrices that fit, not shapes {x.shape} and {y.shape}")
    return await (x @ y)


async def dot(
    mpc: Computation[S], inputs: Inputs[S], left: str | None = None, right: str | None = None
) -> S:
    """Σ_k x_k·y_k for two parties' vectors, in one round whatever their length.

    left, right: whose; "alice", or "alice.salary" where alice has several inputs. By default the
    first two parties that have inputs. Raises ValueError unless there are two of one length.
    """
    x, y = (factor.reshape(-1) for factor in _two(inputs, "dot", left, right))
    if x.size != y.size:
        raise ValueError(f"dot needs vectors of one length, not of {x.size} and {y.size} entries")
    return await (x @ y)


def _entries(mpc: Computation[S], inputs: Inputs[S]) -> S:
    """All entries of all parties in one vector, in the parties' order."""
    arrays = [array.reshape(-1) for own in inputs.values() for array in own.values()]
    if not any(array.size for array in arrays):
        raise ValueError("the parties have no entries at all; give at least one an input")
    return mpc.concatenate(arrays)


def _pair(party: str, own: Mapping[str, S]) -> tuple[S, S]:
    """A party's x and y, entry by entry."""
    if set(own) != {"x", "y"} or own["x"].size != own["y"].size:
        shapes = {name: array.shape for name, array in own.items()}
        raise ValueError(f"{party} needs inputs x and y of one length, not {shapes}")
    return own["x"].reshape(-1), own["y"].reshape(-1)


def _two(inputs: Inputs[S], program: str, left: str | None, right: str | None) -> tuple[S, S]:
    """The inputs that `left` and `right` name; by default those of the first two with inputs."""
    if (left is None) != (right is None):
        raise ValueError(f"{program} needs both `left` and `right`, or neither")
    owners = [party for party, own in inputs.items() if own]
    if left is None or right is None:
        if len(owners) < 2:
            raise ValueError(f"{program} needs the inputs of two parties, not of {len(owners)}")
        left, right = owners[:2]
    return _input(inputs, left), _input(inputs, right)


def _input(inputs: Inputs[S], which: str) -> S:
    """The one input of a party, or "party.input"."""
    if which in inputs and len(inputs[which]) == 1:
        return next(iter(inputs[which].values()))
    named = {f"{party}.{name}": x for party, own in inputs.items() for name, x in own.items()}
    if which not in named:
        raise ValueError(f"there is no single input {which!r}; there are {', '.join(named)}")
    return named[which]
