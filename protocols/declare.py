"""What a protocol promises and what it costs, declared beside its code.

Holds `Guarantee`, `Cost` and the registry behind `@declares`, from which `explain` prints and a
generic test compares with the ledger. Knows no field, no network and no protocol: formulas are
strings (`formula.py`), facts about a run come in as numbers.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

import attrs

from turncoat.protocols.formula import check_formula, check_threshold, holds, letters, value

_F = TypeVar("_F", bound=Callable[..., Any])


def _formula(_: object, attribute: "attrs.Attribute[str]", text: str) -> None:
    check_formula(text)


def _threshold(_: object, attribute: "attrs.Attribute[str]", text: str) -> None:
    check_threshold(text)


def _formulas(_: object, attribute: "attrs.Attribute[Any]", texts: Mapping[str, str]) -> None:
    for text in texts.values():
        check_formula(text)


def _read_only(texts: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(texts))


@attrs.frozen(kw_only=True)
class Guarantee:
    """The sentence that a protocol's paper proves, as data.

    adversary: the strongest corruption it withstands. threshold: the bound on t it needs.
    network: "asynchronous" or "synchronous(Δ)". termination: whose crash may stop it.
    absent: how many of P_1 … P_n may fall silent all the same. abort: who learns of an abort.
    soundness: the chance that cheating goes unnoticed. reveals: all that anybody learns. assumes:
    what it rests on beside the network, "" for nothing.
    """

    adversary: Literal["passive", "active"]
    threshold: str = attrs.field(validator=_threshold)
    network: str
    abort: str
    soundness: str
    reveals: str
    termination: Literal["every party", "honest parties"] = "every party"
    absent: int = 0
    assumes: str = ""

    def exceeded(self, facts: "Facts") -> tuple[str, ...]:
        """Why the guarantee is not in force for a run with these facts, one reason each."""
        corrupted = facts.corrupted_active | facts.corrupted_passive
        silent = facts.silent
        if self.termination == "honest parties":
            silent -= corrupted
        gone = frozenset(i for i in silent if i <= facts.n)
        if len(gone) <= self.absent:
            silent -= gone
        reasons = {
            f"it needs {self.threshold}, but n = {facts.n} and t = {facts.t}": not holds(
                self.threshold, {"n": facts.n, "t": facts.t}
            ),
            f"{len(corrupted)} corrupted, more than t = {facts.t}": len(corrupted) > facts.t,
            f"it is passive, but {_names(facts.corrupted_active)} deviated": (
                self.adversary == "passive" and bool(facts.corrupted_active)
            ),
            f"it waits for {self._awaited}, but {_names(silent)} fell silent": bool(silent),
        }
        return tuple(reason for reason, applies in reasons.items() if applies)

    @property
    def _awaited(self) -> str:
        return f"{self.termination} but {self.absent}" if self.absent else self.termination

    def in_force(self, facts: "Facts") -> bool:
        """Does the guarantee hold for a run with these facts?"""
        return not self.exceeded(facts)


@attrs.frozen(kw_only=True)
class Facts:
    """What happened to the parties of a run, as far as a guarantee asks.

    corrupted_active: deviated, or were allowed to. corrupted_passive: only listened.
    silent: stopped speaking for good or said less than the protocol demands, by a crash, a
    partition that never heals, or by withholding.
    """

    n: int
    t: int
    corrupted_active: frozenset[int] = frozenset()
    corrupted_passive: frozenset[int] = frozenset()
    silent: frozenset[int] = frozenset()


def _names(parties: frozenset[int]) -> str:
    return ", ".join(f"P{i}" for i in sorted(parties)) or "nobody"


@attrs.frozen
class CostFigures:
    """A cost in numbers. elements_total and per_role: field elements sent, own copies free.
    octets_total: payload that is no field elements (keys, seeds) [bytes]. framing_total: framing
    beside headers and lengths (hashes, nonces) [bytes]."""

    rounds: int | Fraction
    elements_total: int | Fraction
    per_role: Mapping[str, int | Fraction]
    octets_total: int | Fraction = 0
    framing_total: int | Fraction = 0

    def payload_bytes(self, element_bytes: int) -> int:
        """The whole payload, over a field whose elements take so many bytes."""
        return int(self.elements_total * element_bytes + self.octets_total)


@attrs.frozen
class Cost:
    """What one call costs, as formulas in n, t, m (entries of the result) and k (a second length).

    rounds: causal depth. elements_total: field elements that all parties send together.
    per_role: the same for one party of each role. octets_total: payload beside field elements
    [bytes]. framing_total: hashes, nonces and the like, beside headers and lengths [bytes].
    Raises ValueError for a text that is no formula.
    """

    rounds: str = attrs.field(validator=_formula)
    elements_total: str = attrs.field(validator=_formula)
    per_role: Mapping[str, str] = attrs.field(
        factory=dict[str, str], converter=_read_only, validator=_formulas, kw_only=True
    )
    octets_total: str = attrs.field(default="0", validator=_formula, kw_only=True)
    framing_total: str = attrs.field(default="0", validator=_formula, kw_only=True)

    @property
    def variables(self) -> frozenset[str]:
        """The letters that some formula of it uses."""
        texts = (self.rounds, self.elements_total, self.octets_total, self.framing_total)
        return frozenset[str]().union(*map(letters, (*texts, *self.per_role.values())))

    def evaluate(self, *, n: int, t: int, m: int = 1, k: int = 1) -> CostFigures:
        """The figures for these parameters."""
        at = {"n": n, "t": t, "m": m, "k": k}
        roles = {role: value(text, at) for role, text in self.per_role.items()}
        return CostFigures(
            value(self.rounds, at),
            value(self.elements_total, at),
            MappingProxyType(roles),
            value(self.octets_total, at),
            value(self.framing_total, at),
        )


@attrs.frozen
class Declaration:
    """One declared protocol: its name, what it does in one line, its cost, its sources."""

    name: str
    summary: str
    cost: Cost
    cites: tuple[str, ...]
    function: Callable[..., Any]


_REGISTRY: dict[str, Declaration] = {}


def declares(*, name: str, cost: Cost, cites: tuple[str, ...]) -> Callable[[_F], _F]:
    """Declare the cost and the sources of a protocol function, whose docstring opens with what it
    yields. The function itself is left as it is, with the declaration as `__declared__`.

    Raises ValueError if another function has declared that name.
    """

    def declare(function: _F) -> _F:
        first_line = (function.__doc__ or "").strip().partition("\n")[0]
        declaration = Declaration(name, first_line, cost, cites, function)
        other = _REGISTRY.setdefault(name, declaration)
        if other is not declaration:
            raise ValueError(
                f"{name!r} is declared by {other.function.__qualname__} already; "
                f"give {function.__qualname__} another name"
            )
        cast("Any", function).__declared__ = declaration
        return function

    return declare


def declared(function: Callable[..., Any]) -> Declaration:
    """The declaration of a protocol function. Raises ValueError if it has none."""
    declaration: object = getattr(function, "__declared__", None)
    if not isinstance(declaration, Declaration):
        raise ValueError(f"{function.__qualname__} declares no cost; decorate it with @declares")
    return declaration


def declarations() -> tuple[Declaration, ...]:
    """Every declaration of the modules imported so far, by name."""
    return tuple(_REGISTRY[name] for name in sorted(_REGISTRY))
