"""From what a scenario asks to an aggregation: `use = "bonawitz"` or `use = "secagg+"`.

Everything that can be known to be wrong is refused here, with the key it is about: parameters with
which the protocol would not be private, inputs that would wrap, a degree below its bound. Defaults
are worked out here too: thresholds from the papers, deadlines from the network.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar, cast

from turncoat.actors.link import SECOND
from turncoat.protocols.aggregation.aggregation import Aggregation
from turncoat.protocols.aggregation.deadlines import deadlines
from turncoat.protocols.aggregation.parameters import AggregationParameters, Model
from turncoat.protocols.aggregation.patience import Patience
from turncoat.protocols.aggregation.programs import WEIGHT, FederatedMean, Sum, Summation
from turncoat.protocols.aggregation.quantise import Quantiser
from turncoat.protocols.aggregation.secagg_plus import (
    SecAggPlusChoice,
    SecAggPlusLevels,
    choose,
    least_threshold,
)
from turncoat.protocols.aggregation.session import AggregationSession
from turncoat.protocols.aggregation.sizes import sizes, undeclared
from turncoat.protocols.registry import nearest
from turncoat.protocols.session import Misfit, Request, UnfitRequest

_T = TypeVar("_T")

DELTA = 60 * SECOND  # a round's deadline where no network says better
BOUND = 1 << 16  # R_U of a sum, as in the papers' tables
FRACTION_BITS = 16
VARIANTS: Mapping[str, tuple[Model, bool]] = {  # → model, and is there a PKI?
    "semi-honest": ("semi-honest", False),
    "pki": ("semi-honest", True),
    "active": ("active", True),
}
OPTIONS = ("variant", "t", "threshold", "delta", "fixed_point")
COMMON = ("quorum", "first", "ledger_only")
OF_PROTOCOL = {
    "bonawitz": ("colluding", *COMMON),
    "secagg+": ("gamma", "delta", "eta", "k", *COMMON),
}
OF_PROGRAM = {"sum": ("bound",), "federated-mean": ("clip", "max_weight")}


def make(request: Request) -> AggregationSession:
    """The session that is asked for. Raises UnfitRequest with every reason why there is none."""
    _check_names(request)
    misfits: list[Misfit] = []

    def attempt(key: str, make_it: Callable[[], _T]) -> _T | None:
        try:
            return make_it()
        except UnfitRequest as unfit:
            misfits.extend(unfit.misfits)
        except ValueError as error:
            misfits.append(Misfit(key, str(error)))
        return None

    program = attempt("with", lambda: _program(request))
    choice = attempt("with", lambda: _choice(request)) if request.use == "secagg+" else None
    if program is None or misfits:
        raise UnfitRequest(*misfits)
    at = "threshold" if request.options.get("threshold") else "with"
    aggregation = attempt(at, lambda: _aggregation(request, program, choice))
    blank = _flag(request, "ledger_only")
    if not blank:
        attempt("program", lambda: _check_inputs(request, program))
    if aggregation is None or misfits:
        raise UnfitRequest(*misfits)
    if blank:
        _check_sizes(aggregation)
    return AggregationSession(
        name=request.use,
        aggregation=aggregation,
        program=program,
        inputs=request.inputs,
        layout=request.layout,
        blank=blank,
        choice=choice,
    )


# Names


def _check_names(request: Request) -> None:
    """Keys and values that nobody knows."""
    program = request.program or "sum"
    if program not in OF_PROGRAM:
        message = f"{request.use} has no program {program!r}"
        raise UnfitRequest(Misfit("program", message, nearest(program, list(OF_PROGRAM))))
    options = (*OPTIONS, "sigma") if request.use == "secagg+" else OPTIONS
    for key, value in request.options.items():
        if value is not None and key not in options:
            message = f"{request.use} has no {key!r}"
            raise UnfitRequest(Misfit(key, message, f"it takes {', '.join(options)}"))
    known = (*OF_PROTOCOL[request.use], *OF_PROGRAM[program])
    for key in request.params:
        if key not in known:
            message = f"neither {request.use} nor {program} has a parameter {key!r}"
            raise UnfitRequest(Misfit("with", message, nearest(key, known)))
    variant = request.options.get("variant")
    variants = list(VARIANTS) if request.use == "bonawitz" else ["semi-honest"]
    if variant is not None and variant not in variants:
        message = f"{request.use} has no variant {variant!r}"
        raise UnfitRequest(Misfit("variant", message, nearest(variant, variants)))


def _number(request: Request, key: str, default: _T) -> int | _T:
    """An integer from [protocol.with]."""
    value = request.params.get(key, default)
    if key in request.params and type(value) is not int:
        raise ValueError(f"{key} = {value!r}: it is an integer")
    return value


def _fraction(request: Request, key: str, default: str) -> Fraction:
    value = request.params.get(key, default)
    try:
        return Fraction(str(value))
    except ValueError:
        raise ValueError(f"{key} = {value!r}: it is a fraction, such as 0.1") from None


def _flag(request: Request, key: str) -> bool:
    value = request.params.get(key, False)
    if not isinstance(value, bool):
        raise UnfitRequest(Misfit("with", f"{key} = {value!r}: it is true or false"))
    return value


# The program


def _program(request: Request) -> Summation:
    shapes = _shapes(request)
    if (request.program or "sum") == "sum":
        if request.options.get("fixed_point") is not None:
            message = "a sum takes integers as they are"
            raise UnfitRequest(Misfit("fixed_point", message, 'program = "federated-mean"'))
        return Sum(shapes, _number(request, "bound", BOUND))
    clip = request.params.get("clip")
    if type(clip) not in (int, float):
        message = "federated-mean clips its inputs, and is not told where"
        raise UnfitRequest(Misfit("with", message, "such as with = { clip = 1.0 }"))
    quantiser = Quantiser(
        clip=float(cast("float", clip)),
        fraction_bits=request.options.get("fixed_point") or FRACTION_BITS,
        max_weight=_number(request, "max_weight", 1),
    )
    values = {name: shape for name, shape in shapes.items() if name != WEIGHT}
    return FederatedMean(values, quantiser)


def _shapes(request: Request) -> dict[str, tuple[int, ...]]:
    """The shapes that all clients have."""
    first, *others = request.names
    shapes = dict(request.layout.get(first, {}))
    if not shapes:
        raise UnfitRequest(Misfit("program", f"{first} brings nothing to be summed"))
    for name in others:
        if dict(request.layout.get(name, {})) != shapes:
            message = (
                f"{first} brings {_said(shapes)}, {name} {_said(request.layout.get(name, {}))}: "
                "all clients bring arrays of the same names and shapes"
            )
            raise UnfitRequest(Misfit("program", message))
    return shapes


def _said(shapes: Mapping[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name}{list(shape)}" for name, shape in shapes.items()) or "nothing"


def _check_inputs(request: Request, program: Summation) -> None:
    """Refuse entries that are out of range: they would wrap, or be no numbers."""
    for name in request.names:
        try:
            program.vector(request.inputs[name])
        except ValueError as error:
            remedy = "raise [protocol.with] bound" if isinstance(program, Sum) else ""
            raise UnfitRequest(Misfit("program", f"{name}: {error}", remedy)) from None


# Thresholds


def _choice(request: Request) -> SecAggPlusChoice:
    """SecAgg+'s degree and threshold: given and checked, or the least that will do."""
    levels = SecAggPlusLevels(
        n=request.n,
        gamma=_fraction(request, "gamma", "0.1"),
        delta=_fraction(request, "delta", "0.1"),
        sigma=request.options.get("sigma") or 40,
        eta=_number(request, "eta", 30),
    )
    degree, threshold = _number(request, "k", None), request.options.get("threshold")
    if degree is None and threshold is None:
        return choose(levels)
    if degree is None:
        degree = choose(levels).degree
    if threshold is None:
        threshold = least_threshold(levels, degree) if 2 <= degree < levels.n else degree
    choice = SecAggPlusChoice(levels=levels, degree=degree, threshold=min(threshold, degree))
    return choice.check()


def _aggregation(
    request: Request, program: Summation, choice: SecAggPlusChoice | None
) -> Aggregation:
    model, pki = VARIANTS[request.options.get("variant") or "semi-honest"]
    sized = {"n": request.n, "m": program.m, "bound": program.bound, "model": model}
    if choice is None:
        parameters = _bonawitz(request, model, sized)
    else:
        parameters = _secagg_plus(request, choice, sized)
    patience = _patience(request, parameters, pki)
    spans = [*patience.by_kind.values()] or [cast("int", patience.delta)] * 5
    client_delta = sum(spans) if model == "active" else None
    return Aggregation(parameters=parameters, patience=patience, client_delta=client_delta, pki=pki)


def _bonawitz(request: Request, model: Model, sized: Mapping[str, Any]) -> AggregationParameters:
    """Thresholds of [BIKMMPRSS17, section 6]: ⌊n/2⌋ + 1 against the server alone, ⌊2n/3⌋ + 1
    against a lying one with clients. n_C is the most that the threshold allows, unless given."""
    n = request.n
    default = 2 * n // 3 + 1 if model == "active" else n // 2 + 1
    threshold = request.options.get("threshold") or default
    most = 2 * threshold - n - 1 if model == "active" else threshold - 1
    t, colluding = request.options.get("t"), _number(request, "colluding", None)
    if t is not None and colluding is not None and t != colluding + 1:
        message = f"t = {t}, but colluding = {colluding}: t counts the server and them"
        raise UnfitRequest(Misfit("t", message, "give one of the two"))
    if colluding is None:
        colluding = max(0, min(most, n - 1)) if t is None else t - 1
    quorum = _number(request, "quorum", threshold)
    return AggregationParameters(threshold=threshold, colluding=colluding, quorum=quorum, **sized)


def _secagg_plus(
    request: Request, choice: SecAggPlusChoice, sized: Mapping[str, Any]
) -> AggregationParameters:
    levels = choice.levels
    if request.options.get("t") is not None:
        message = "SecAgg+ tolerates the fraction gamma of the clients, and the server"
        raise UnfitRequest(Misfit("t", message, "with = { gamma = 0.1 }"))
    return AggregationParameters(
        threshold=choice.threshold,
        degree=choice.degree,
        colluding=levels.colluding,
        quorum=_number(request, "quorum", max(levels.surviving, choice.threshold)),
        **sized,
    )


# Waiting


def _patience(request: Request, parameters: AggregationParameters, pki: bool) -> Patience:
    """The deadline given, or one for each round that covers the network."""
    first, delta = _number(request, "first", None), request.options.get("delta")
    if delta is not None or request.topology is None:
        return Patience(first=first, delta=delta or DELTA)
    found = deadlines(parameters, pki=pki, topology=request.topology, server=request.n + 1)
    # On a network without delays everything is there at once: the deadline only has to be later.
    by_kind = {kind: max(span, 1) for kind, span in found.items()}
    return Patience(first=first, delta=max(by_kind.values()), by_kind=by_kind)


# Only the ledger


def _check_sizes(aggregation: Aggregation) -> None:
    missing = undeclared(sizes(aggregation.parameters, pki=aggregation.pki))
    if missing:
        message = f"ledger_only: {', '.join(missing)} declares no size"
        raise UnfitRequest(Misfit("with", message, "give it one in aggregation/sizes.py"))
