"""The built-in programs: sum, mean, variance, dot. Each is the same function in both worlds.

`mpc` and the arrays are either shared among parties or plain (the oracle); nothing here can tell.
What is opened is what a program returns, and nothing else.
"""

from collections.abc import Mapping
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


async def dot(
    mpc: Computation[S], inputs: Inputs[S], left: str | None = None, right: str | None = None
) -> S:
    """Σ_k x_k·y_k for two parties' vectors, in one round whatever their length.

    left, right: whose; "alice", or "alice.salary" where alice has several inputs. By default the
    first two parties that have inputs. Raises ValueError unless there are two of one length.
    """
    if (left is None) != (right is None):
        raise ValueError("dot needs both `left` and `right`, or neither")
    owners = [party for party, own in inputs.items() if own]
    if left is None or right is None:
        if len(owners) < 2:
            raise ValueError(f"dot needs the inputs of two parties, not of {len(owners)}")
        left, right = owners[:2]
    x, y = _vector(inputs, left), _vector(inputs, right)
    if x.size != y.size:
        raise ValueError(f"dot needs vectors of one length, not of {x.size} and {y.size} entries")
    return await (x @ y)


def _entries(mpc: Computation[S], inputs: Inputs[S]) -> S:
    """All entries of all parties in one vector, in the parties' order."""
    arrays = [array.reshape(-1) for own in inputs.values() for array in own.values()]
    if not any(array.size for array in arrays):
        raise ValueError("the parties have no entries at all; give at least one an input")
    return mpc.concatenate(arrays)


def _vector(inputs: Inputs[S], which: str) -> S:
    """The one input of a party, or "party.input"."""
    if which in inputs and len(inputs[which]) == 1:
        return next(iter(inputs[which].values())).reshape(-1)
    named = {f"{party}.{name}": x for party, own in inputs.items() for name, x in own.items()}
    if which not in named:
        raise ValueError(f"there is no single input {which!r}; there are {', '.join(named)}")
    return named[which].reshape(-1)
