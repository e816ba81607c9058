"""Declared costs of SPDZ as a contract: every step, run alone, costs what it declares.

Over F_p with p = 2^61 − 1: elements = payload beside seeds / 8 bytes; framing without headers and
lengths is hashes and nonces; rounds are causal depth. The table of the literature is at the end.
"""

from math import prod

import attrs
import pytest

from turncoat.protocols.declare import declared
from turncoat.protocols.functionalities.prep import Order, receive, serve
from turncoat.protocols.registry import steps as declared_steps
from turncoat.protocols.spdz.beaver import matrix_product, multiply, square
from turncoat.protocols.spdz.check_queue import Opened
from turncoat.protocols.spdz.costs import COSTS
from turncoat.protocols.spdz.mac_check import mac_check
from turncoat.protocols.spdz.mac_key import MacKey
from turncoat.protocols.spdz.output import output, output_to
from turncoat.protocols.spdz.partial_open import partial_open, partial_open_by_king
from turncoat.protocols.spdz.sacrifice import sacrifice
from turncoat.protocols.spdz.share_input import share_input
from turncoat.protocols.spdz.stock import Mask, MatrixTriple, Random, Square, Stock, Triple

from .spdz_worlds import F, dealt, steps, world

OPENINGS = {"all": partial_open, "king": partial_open_by_king}


@attrs.frozen
class Call:
    """What a case may use: a party, its key, its stock, and m and k."""

    party: object
    key: MacKey
    stock: Stock
    opening: object
    m: int
    k: int

    def take(self, sid, kind, *shape):
        return self.stock.take(sid, kind, shape if len(shape) > 1 else shape[0])

    @property
    def x(self):
        return self.take("x", Random, (self.m,)).share

    def leave_something_to_check(self):
        """As if 0, whose shares are 0, had been opened."""
        self.key.queue.add(Opened("earlier", 0, F([0]), F([0])))


async def checked_output(call):
    call.leave_something_to_check()
    await output(call.party, call.key, call.x, call.opening)


async def checked_output_to(call):
    call.leave_something_to_check()
    masks = {j: call.take(f"to.{j}", Mask, (call.m,)) for j in range(1, call.k + 1)}
    await output_to(call.party, call.key, call.x, masks, call.opening)


async def output_at_once_to(call):
    masks = {j: call.take(f"to.{j}", Mask, (call.m,)) for j in range(1, call.k + 1)}
    await output_to(call.party, call.key, call.x, masks, call.opening)


async def check(call):
    call.leave_something_to_check()
    await mac_check(call.party, call.key)


def sacrificed(call):
    """Triples of m entries in all, whose a and b have k = 2m."""
    first, second = (call.take(sid, Triple, (call.m,), (call.m,)) for sid in ("mul", "spent"))
    return sacrifice(call.party, call.key, [(first, second)], call.opening)


def product(call):
    triple = call.take("mul", Triple, (call.m,), (call.m,))
    return multiply(call.party, call.key, call.x, triple.b, triple, call.opening)


def inner(call):
    """A matrix of m rows by a vector; k = its entries and the vector's."""
    rows, columns = (call.m, 3), (3,)
    triple = call.take("dot", MatrixTriple, rows, columns)
    return matrix_product(call.party, call.key, triple.a, triple.b, triple, call.opening)


CASES = {
    "input": lambda c: share_input(c.party, c.key, 2, F(range(c.m)), c.take("mask", Mask, (c.m,))),
    "multiply": product,
    "square": lambda c: square(c.party, c.key, c.x, c.take("square", Square, (c.m,)), c.opening),
    "dot": inner,
    "open": checked_output,
    "open-at-once": lambda c: output(c.party, c.key, c.x, c.opening),
    "open-to": checked_output_to,
    "open-to-at-once": output_at_once_to,
    "sacrifice": sacrificed,
    "partial-open": lambda c: c.opening(c.party, c.key, c.x),
    "mac-check": check,
}
DECLARED = {
    "all": COSTS["all"]
    | {"partial-open": declared(partial_open).cost, "mac-check": declared(mac_check).cost},
    "king": COSTS["king"]
    | {"partial-open": declared(partial_open_by_king).cost, "mac-check": declared(mac_check).cost},
}


def orders(m, k, n):
    vector = ((m,),)
    return [
        Order("random", "x", vector),
        Order("mask", "mask", vector, 2),
        *(Order("mask", f"to.{j}", vector, j) for j in range(1, k + 1)),
        Order("triple", "mul", vector),
        Order("triple", "spent", vector),
        Order("square", "square", vector),
        Order("matrix-triple", "dot", ((m, 3), (3,))),
    ]


def second_length(name, m, k):
    """What k stands for in a step's formula."""
    return {"dot": 3 * m + 3, "sacrifice": 2 * m}.get(name, k)


@pytest.mark.parametrize("way", OPENINGS)
@pytest.mark.parametrize(("n", "m", "k"), [(2, 1, 1), (2, 9, 2), (3, 4, 2), (3, 1, 3), (5, 17, 4)])
@pytest.mark.parametrize("name", CASES)
def test_the_ledger_bills_exactly_what_is_declared(name, n, m, k, way):
    async def alone(party, key, stock):
        await CASES[name](Call(party.sub("step"), key, stock, OPENINGS[way], m, k))

    k = min(k, n)
    cost = DECLARED[way][name].evaluate(n=n, t=n - 1, m=m, k=second_length(name, m, k))
    ledger = steps(n, orders(m, k, n), alone).ledger
    total = ledger.total()

    lengths = 0  # a MacShare has one vector, so no message here carries a length
    assert total.payload_bytes == cost.payload_bytes(8)
    assert total.framing_bytes - 32 * total.messages - lengths == cost.framing_total
    if way == "king" and n == 2 and cost.rounds > 2:
        assert ledger.rounds() <= cost.rounds  # the king runs ahead of the only one it waits for
    else:
        assert ledger.rounds() == cost.rounds
    for role, elements in cost.per_role.items():
        sender = {"owner": 2, "king": 1, "party": 2}[role]
        assert ledger.sent_by(sender).payload_bytes == 8 * elements


def test_every_declared_step_has_a_case():
    """What `costs` says of a step is what its figure declares, where that has no choice."""
    names = {name.removeprefix("spdz/") for name in declared_steps() if name.startswith("spdz/")}
    elsewhere = {"prep", "partial-open-by-king"}  # prep is below
    same = {"output": "open", "output-to": "open-to"}

    assert {same.get(name, name) for name in names - elsewhere} <= set(CASES)
    for name in names - elsewhere:
        mine = declared_steps()[f"spdz/{name}"].cost
        theirs = DECLARED["all"][same.get(name, name)]
        at = [{"n": n, "t": 1, "m": 7, "k": k} for n in (2, 3, 5) for k in (1, 4)]
        assert [mine.evaluate(**x) for x in at] == [
            attrs.evolve(theirs.evaluate(**x), per_role=mine.evaluate(**x).per_role) for x in at
        ]


@pytest.mark.parametrize("unchecked", [False, True])
@pytest.mark.parametrize(("n", "m", "k"), [(2, 1, 1), (3, 4, 2), (5, 17, 4)])
def test_the_dealers_traffic_is_what_is_declared(n, m, k, unchecked):
    ordered = orders(m, k, n)

    async def main(party):
        with party.phase("prep"):
            end = serve if party.me > n else receive
            await end(party.sub("prep"), ordered, F, 10**9, unchecked=unchecked)

    ledger = world(n, dealer=True).run(main).ledger
    cost = declared(receive).cost.evaluate(
        n=n, t=1, m=sum(order.size for order in ordered), k=(1 + k) * m
    )

    asked = 4 * n if unchecked else 0  # one element for each of four products
    assert ledger.phases() == ("prep",)
    assert ledger.rounds() == cost.rounds + unchecked
    assert ledger.total().payload_bytes == 8 * (cost.elements_total + asked)
    assert ledger.sent_by(n + 1).payload_bytes == 8 * cost.elements_total


# -- the formulas of the literature, written down independently of the declarations ---------------

ELEMENTS = [  # for one entry
    ("all", "input", {2: 1, 3: 2, 5: 4}),  # n − 1
    ("all", "multiply", {2: 4, 3: 12, 5: 40}),  # 2n(n − 1)
    ("king", "multiply", {2: 4, 3: 8, 5: 16}),  # 4(n − 1)
    ("all", "partial-open", {2: 2, 3: 6, 5: 20}),
    ("king", "partial-open", {2: 2, 3: 4, 5: 8}),
]


@pytest.mark.parametrize(("way", "name", "elements"), ELEMENTS)
def test_totals_are_those_of_the_literature(way, name, elements):
    found = {n: DECLARED[way][name].evaluate(n=n, t=1).elements_total for n in elements}
    assert found == elements


def test_a_matrix_product_of_128_by_128_is_as_published():
    """2·128² elements a party to each other; a triple for every product would take 2·128³."""
    cost = DECLARED["all"]["dot"].evaluate(n=2, t=1, m=128**2, k=2 * 128**2)

    assert cost.elements_total == 2 * 2 * 128**2


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("values", [1, 10, 1000])
def test_a_check_costs_the_same_for_any_number_of_values(n, values):
    """112 + b/8 octets for each ordered pair of parties beside the echoes: two commitments, a seed,
    a share of σ, and a nonce for each opening; four broadcasts in eight rounds."""

    async def main(party, key, stock):
        x = stock.take("x", Random, (values,)).share
        for k in range(3):
            await partial_open(party.sub(f"open.{k}"), key, x)
        await mac_check(party.sub("check"), key)

    ledger = steps(n, [Order("random", "x", ((values,),))], main).ledger
    bill = ledger.total(lambda sent: sent.sid.startswith("check"))
    echoes = ledger.total(lambda sent: sent.kind == "Echo")
    octets = bill.payload_bytes + bill.framing_bytes - 32 * bill.messages

    assert octets - 32 * echoes.messages == n * (n - 1) * (112 + 8)
    assert echoes.messages == 4 * n * (n - 1)
    assert len({sent.depth for sent in ledger.rows if sent.sid.startswith("check")}) == 8


def test_items_dealt_are_as_large_as_ordered():
    held, dealing = dealt(3, orders(4, 2, 3))

    assert {i: shares.values.size for i, shares in dealing.shares.items()} == dict.fromkeys(
        held, sum(prod(shape) for order in orders(4, 2, 3) for shape in order.parts)
    )
