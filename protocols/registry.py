"""The names that a scenario file may use: protocols and programs.

Holds names, one-line summaries and where the code lies, as strings: listing them loads neither
numpy nor Trio. `family(name)` and `program(name)` import what was asked for, and no more.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, cast

import attrs

from turncoat.protocols.declare import Declaration, declarations
from turncoat.protocols.user_program import load_user_program

if TYPE_CHECKING:
    from turncoat.protocols.arithmetic.family import FamilyMaker
    from turncoat.protocols.arithmetic.program import Program
    from turncoat.protocols.session import Request, Session


@attrs.frozen
class Entry:
    """One name of a scenario file. where: "module:attribute". roles: auxiliary seats beside the
    parties, of every variant, or of one."""

    name: str
    summary: str
    where: str
    roles: Mapping[str | None, tuple[str, ...]] = attrs.field(
        factory=dict[str | None, tuple[str, ...]]
    )

    def load(self) -> Any:
        """The object behind the name."""
        return _load(self.where)


def _load(where: str) -> Any:
    module, _, attribute = where.partition(":")
    return getattr(import_module(module), attribute)


def _by_name(*entries: Entry) -> dict[str, Entry]:
    return {entry.name: entry for entry in entries}


ARITHMETIC = "turncoat.protocols.arithmetic.session:make"  # of a program over any family

PRIMITIVES = "turncoat.protocols.primitives"

FAMILIES: Mapping[str, Entry] = _by_name(
    Entry(
        "bgw",
        "Shamir shares, honest majority (t < n/2), passive, perfect security [BGW88, GRR98]",
        "turncoat.protocols.bgw.family:Bgw",
    ),
    Entry(
        "spdz",
        "authenticated shares, dishonest majority (t < n), active with abort [DPSZ12, DKLPSS13]",
        "turncoat.protocols.spdz.family:Spdz",
        roles={None: ("dealer",)},
    ),
)

PROGRAMS: Mapping[str, Entry] = _by_name(
    Entry(
        "sum",
        "Σx over all entries of all parties",
        "turncoat.protocols.arithmetic.programs:total",
    ),
    Entry(
        "mean",
        "Σx / m over all m entries; opens Σx",
        "turncoat.protocols.arithmetic.programs:mean",
    ),
    Entry(
        "variance",
        "population variance of all entries; opens m·Σx² − (Σx)², never Σx",
        "turncoat.protocols.arithmetic.programs:variance",
    ),
    Entry(
        "dot",
        "Σ x_k·y_k, the inner product of two parties' vectors",
        "turncoat.protocols.arithmetic.programs:dot",
    ),
    Entry(
        "matmul",
        "X @ Y, the product of two parties' matrices",
        "turncoat.protocols.arithmetic.programs:matmul",
    ),
    Entry(
        "polynomial",
        "a public polynomial at every entry of every party",
        "turncoat.protocols.arithmetic.programs:polynomial",
    ),
    Entry(
        "covariance",
        "population covariance of pairs (x, y); opens m·Σxy − Σx·Σy, never a sum",
        "turncoat.protocols.arithmetic.programs:covariance",
    ),
    Entry(
        "linear-regression",
        "least squares, exact; opens the normal equations, and no row",
        "turncoat.protocols.arithmetic.regression:linear_regression",
    ),
    Entry(
        "histogram",
        "counts per public bin, from each party's own counts",
        "turncoat.protocols.arithmetic.counting:histogram",
    ),
    Entry(
        "vote",
        "tallies per candidate, from ballots with a single 1",
        "turncoat.protocols.arithmetic.counting:vote",
    ),
)


AGGREGATION = "turncoat.protocols.aggregation.make:make"

# Protocols that are no family of arithmetic, and what some of them compute.
SESSIONS: Mapping[str, Entry] = _by_name(
    Entry(
        "bonawitz",
        "a server learns the sum of the clients' vectors, dropouts allowed [BIKMMPRSS17]",
        AGGREGATION,
        roles={None: ("server",), "pki": ("server", "pki"), "active": ("server", "pki")},
    ),
    Entry(
        "secagg+",
        "the same on a random graph of k neighbours, for thousands of clients [BBGLR20]",
        AGGREGATION,
        roles={None: ("server", "beacon")},
    ),
)

AGGREGATES: Mapping[str, Entry] = _by_name(
    Entry(
        "federated-mean",
        "the mean of real arrays over the clients that stay, weighted or not; by aggregation",
        "turncoat.protocols.aggregation.programs:FederatedMean",
    ),
)

PROTOCOLS: Mapping[str, Entry] = {**FAMILIES, **SESSIONS}


def session(request: "Request") -> "Session":
    """The protocol that a request asks for. Raises UnfitRequest, with every reason, if there is
    none."""
    entry = SESSIONS.get(request.use)
    return cast("Session", _load(entry.where if entry else ARITHMETIC)(request))


def roles(use: str, variant: str | None) -> tuple[str, ...]:
    """The auxiliary roles of a protocol, in the order of their seats; none of an unknown one."""
    entry = PROTOCOLS.get(use)
    return entry.roles.get(variant, entry.roles.get(None, ())) if entry else ()


def family(name: str) -> "FamilyMaker":
    """The family of that name: call it with n, t and a field. Raises ValueError with the nearest
    name if there is none."""
    return cast("FamilyMaker", _entry("protocol", name, FAMILIES).load())


def steps() -> dict[str, Declaration]:
    """Every declared step of every protocol and primitive, by name: all modules beside theirs are
    imported, so none can be forgotten."""
    places = [entry.where.partition(":")[0].rpartition(".")[0] for entry in PROTOCOLS.values()]
    for place in (*places, PRIMITIVES):
        package = import_module(place)
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    return {declaration.name: declaration for declaration in declarations()}


def program(name: str, folder: Path | None = None) -> "Program":
    """A built-in program by name, or a user's own as "module:function".

    The module is looked for in the environment, then in `folder` (the scenario file's).
    Raises ValueError with the nearest name, or with what is wrong with the user's module.
    """
    if ":" in name:
        return load_user_program(name, folder)
    return cast("Program", _entry("program", name, PROGRAMS).load())


def _entry(what: str, name: str, entries: Mapping[str, Entry]) -> Entry:
    if name not in entries:
        raise ValueError(f"there is no {what} {name!r}; {nearest(name, list(entries))}")
    return entries[name]


def nearest(name: str, known: Sequence[str]) -> str:
    """The remedy for an unknown name."""
    close = get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are {', '.join(known)}"
