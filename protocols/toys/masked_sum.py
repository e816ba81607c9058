"""Secure aggregation in small: pairwise masks that cancel, self masks that protect who is late.

The double mask of [BIKMMPRSS17] with its generator replaced by the identity (masks are uniform
elements, handed over on private channels) and without secret sharing: a client that survives opens
its own self mask, and its pairwise masks with those that did not. Never both of one client.

Clients are 1 … n, role `clients`; the server is n + 1, role `server`.
"""

from turncoat.actors.party import Party
from turncoat.actors.wire import elements, integer, message
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.algebra.vec import Vec
from turncoat.protocols.declare import Cost, declares


@message
class ToyPairMask:
    """s_ij from client i to client j > i."""

    values: Vec = elements()


@message
class ToyMaskedInput:
    """y_i = x_i + b_i + Σ_{j>i} s_ij − Σ_{j<i} s_ji, from client i to the server."""

    values: Vec = elements()


@message
class ToySurvivors:
    """U from the server: those whose masked inputs came in time; bit i stands for client i."""

    members: int = integer()


@message
class ToySelfMask:
    """b_i from a survivor to the server."""

    values: Vec = elements()


@message
class ToyLostMask:
    """s_ij from a survivor i to the server, for one j that was lost."""

    values: Vec = elements()


@declares(
    name="toy/masked-sum",
    cost=Cost("4", "n*(n-1)/2*m + 2*n*m", per_role={"server": "0"}),
    cites=("BIKMMPRSS17, section 4",),
)
async def masked_sum(party: Party, field: Algebra, x: Vec, m: int, deadline: int) -> Vec | None:
    """Σ_{i∈U} x_i at the server, None at the clients.

    Passive security against the server and any clients that leave two honest ones. Four rounds;
    the cost is that of a run in which everybody survives. deadline: virtual time [ns] at which the
    server stops waiting for masked inputs.
    """
    if party.me in party.role("server"):
        return await _collect(party, field, m, deadline)
    await _contribute(party, field, x, m)
    return None


async def _contribute(party: Party, field: Algebra, x: Vec, m: int) -> None:
    (server,) = party.role("server")
    # 1. Pairwise masks: the lower of two clients draws.
    pairs = party.sub("pair-masks")
    later = [j for j in party.everyone if j > party.me]
    s = {j: field.random(pairs.coins, m) for j in later}
    for j, mask in s.items():
        pairs.send(j, ToyPairMask(mask))
    earlier = [j for j in party.everyone if j < party.me]
    heard = await pairs.gather(ToyPairMask, earlier, shape=(m,))
    s |= {j: heard[j].values for j in earlier}

    # 2. The input under all masks.
    b = field.random(party.sub("self-mask").coins, m)
    y = x + b
    for j, mask in s.items():
        y = y + mask if j > party.me else y - mask
    party.send(server, ToyMaskedInput(y))

    # 3. Who survived? Open the self mask, and the pairwise masks with the lost.
    members = (await party.receive(server, ToySurvivors)).members
    if members >> party.me & 1:
        party.send(server, ToySelfMask(b))
        for j in (j for j in sorted(s) if not members >> j & 1):
            party.sub(f"lost.{j}").send(server, ToyLostMask(s[j]))


async def _collect(party: Party, field: Algebra, m: int, deadline: int) -> Vec:
    clients = party.role("clients")
    # 2. Masked inputs, until the deadline.
    masked = await party.gather(ToyMaskedInput, clients, deadline=deadline, shape=(m,))
    survivors = [i for i in clients if i in masked]
    lost = [i for i in clients if i not in masked]
    for i in clients:
        party.send(i, ToySurvivors(sum(1 << j for j in survivors)))

    # 3. Remove the self masks of the survivors, and their pairwise masks with the lost.
    total = sum((masked[i].values for i in survivors), start=field.zeros(m))
    opened = await party.gather(ToySelfMask, survivors, shape=(m,))
    for b in opened.values():
        total = total - b.values
    for j in lost:
        told = await party.sub(f"lost.{j}").gather(ToyLostMask, survivors, shape=(m,))
        for i, s in told.items():
            total = total - s.values if j > i else total + s.values
    return total
