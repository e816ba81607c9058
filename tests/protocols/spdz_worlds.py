"""Worlds of SPDZ: whole programs with a dealer, or single steps on items dealt beforehand."""

from collections.abc import Callable, Iterable, Sequence

import attrs

from turncoat.actors.envelope import Envelope
from turncoat.actors.link import MILLISECOND, Link
from turncoat.actors.outcome import Aborted, Output
from turncoat.actors.rule import Change, Receipt
from turncoat.actors.topology import Cast, Topology
from turncoat.actors.wire import Encoded, format_of
from turncoat.actors.world import Run, World
from turncoat.protocols.algebra.field import prime_field
from turncoat.protocols.arithmetic.predict import announce, predict
from turncoat.protocols.arithmetic.run_program import run_program
from turncoat.protocols.arithmetic.session import ArithmeticExecution, ArithmeticSession
from turncoat.protocols.functionalities.plain import layout_of
from turncoat.protocols.functionalities.prep import Order, deal, unpacked
from turncoat.protocols.primitives.symmetric import AesCtrTape
from turncoat.protocols.spdz.family import Spdz
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.parameters import DELTA
from turncoat.protocols.spdz.stock import Stock
from turncoat.scenarios.verdict import Case, judge

F = prime_field(2**61 - 1)
TOPOLOGY = Topology(default=Link(latency=40 * MILLISECOND))


def world(n: int, *, dealer: bool, field=F, **options) -> World:
    """n parties, and a dealer as P_{n+1} if there is one; they heed one another."""
    everyone = tuple(range(1, n + 1 + dealer))
    roles = {"parties": everyone[:n]} | ({"dealer": (n + 1,)} if dealer else {})
    return World(
        cast=Cast(tuple(f"P{i}" for i in everyone), roles),
        tapes=AesCtrTape,
        t=n - 1,
        topology=options.pop("topology", TOPOLOGY),
        structures={"field": field},
        heeds=dict.fromkeys(everyone, frozenset(everyone)),
        **options,
    )


# -- whole programs --------------------------------------------------------------------------------


@attrs.frozen
class Played:
    """A program's run: what happened, and how it is judged."""

    run: Run
    session: ArithmeticSession
    execution: ArithmeticExecution
    corrupted: frozenset[int]

    @property
    def case(self) -> Case:
        return Case(
            outcomes=self.run.outcomes,
            corrupted=self.corrupted,
            faulty=frozenset(),
            right=self.execution.right(self.run.outcomes, self.corrupted),
            answering=self.session.answering,
            receipts=self.run.receipts,
        )

    @property
    def verdict(self) -> str:
        return judge(self.case).name

    @property
    def outputs(self) -> list:
        """What the parties output, in order; fails the test if some honest party has none."""
        ends = [self.run.outcomes[i] for i in sorted(self.session.answering - self.corrupted)]
        assert all(isinstance(end, Output) for end in ends), ends
        return [end.value for end in ends]

    @property
    def reasons(self) -> set[str]:
        """Why honest parties aborted by a check of their own."""
        aborts = [o for i, o in self.run.outcomes.items() if i not in self.corrupted]
        return {o.reason for o in aborts if isinstance(o, Aborted) and o.stopped_by is None}


def play(
    program,
    inputs,
    params=None,
    *,
    field=F,
    family=None,
    seats=None,
    rules=None,
    to=None,
    **options,
) -> Played:
    """A program over SPDZ among the owners of the inputs. family: options of `Spdz`. seats: what
    corrupted parties run in place of the honest program: seat → (session → main)."""
    spdz = Spdz(len(inputs), None, field, **(family or {}))
    layout = layout_of(inputs)
    session = ArithmeticSession(
        family=spdz,
        program=program,
        params=params or {},
        inputs=inputs,
        announced=announce(spdz, program, layout, params, to),
    )
    execution = session.execution()
    mains = {i: execution.main(i) for i in range(1, spdz.n + 2)}
    if to is not None:
        mains |= {i: _to_some(session, i, to) for i in session.answering}
    mains |= {i: main(session) for i, main in (seats or {}).items()}
    rules = {**dict.fromkeys(seats or {}, ()), **(rules or {})}
    run = world(spdz.n, dealer=True, field=field, rules=rules, **options).run(mains)
    return Played(run, session, execution, frozenset(rules))


def _to_some(session, index, to):
    async def main(party):
        own = session.inputs[list(session.inputs)[index - 1]]
        return await run_program(
            party.sub("spdz"), session.family, session.program, own, session.layout,
            session.params, to=to, announced=session.announced,
        )  # fmt: skip

    return main


def predicted(played: Played, receivers=None):
    session = played.session
    return predict(session.family, session.program, session.layout, session.params, receivers)


# -- single steps ----------------------------------------------------------------------------------


def dealt(n: int, orders: Sequence[Order], field=F, seed: int = 0, delta: int = DELTA):
    """Party → (key, stock, masks in the clear), as if a dealer had been there."""
    dealing = deal(orders, range(1, n + 1), field, AesCtrTape(seed.to_bytes(16, "little")))
    out = {}
    for i, message in dealing.shares.items():
        stock = Stock(unpacked(message, orders, i))
        out[i] = MacKey(message.alpha, i == 1, delta), stock
    return out, dealing


def steps(n: int, orders: Sequence[Order], program: Callable, *, field=F, seed=0, **options) -> Run:
    """`program(party, key, stock)` at every party, on fresh items."""
    held, _ = dealt(n, orders, field, seed)

    async def main(party):
        return await program(party, *held[party.me])

    return world(n, dealer=False, field=field, seed=seed, **options).run(main)


def mains(n: int, orders: Sequence[Order], program: Callable, field=F, seed=0) -> dict:
    """The same as one main for each party, to be replaced where a seat is corrupted."""
    held, _ = dealt(n, orders, field, seed)

    def main(i):
        return lambda party: program(party, *held[i])

    return {i: main(i) for i in held}


def values(run: Run) -> list:
    """Every party's output; fails the test if some party has none."""
    assert all(isinstance(o, Output) for o in run.outcomes.values()), run.outcomes
    return [o.value for _, o in sorted(run.outcomes.items())]


# -- rules -----------------------------------------------------------------------------------------


@attrs.define
class Tamper:
    """A rule of the tests: what it does to matching envelopes is a function of the envelope."""

    receipt: Receipt
    chooses: Callable[[Envelope], bool]
    act: Callable[[Envelope], Iterable[Envelope]]

    def matches(self, envelope: Envelope, now: int) -> bool:
        return self.chooses(envelope)

    def __call__(self, envelope: Envelope) -> Iterable[Envelope]:
        return self.act(envelope)


def tamper(seat: int, kind: str, change, *, intends: Change = "value", where=lambda e: True):
    """Replace the body of messages of a kind by `change(body)`, where `where(envelope)` holds."""

    def act(envelope):
        yield attrs.evolve(envelope, body=change(envelope.body))

    receipt = Receipt("tamper", seat, intends)
    return Tamper(receipt, lambda e: e.kind == kind and where(e), act)


def shifted(body, offset):
    """A message with `offset` added to every field element that it carries."""
    if type(body) is Encoded:
        return body
    vectors = format_of(type(body).__name__).vectors
    return attrs.evolve(body, **{name: getattr(body, name) + offset for name in vectors})
