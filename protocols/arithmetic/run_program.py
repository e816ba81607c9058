"""A party's whole main: input phase, program, opening, finish.

Holds `run_program` and what a judge needs of it afterwards: `InputRecord`, what the parties held of
the inputs at the end of the input phase, and the *effective* inputs that this determines, as far as
it comes from honest parties. Knows no particular family and no particular program.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import attrs
from numpy.typing import NDArray

from turncoat.actors.party import Party
from turncoat.protocols.algebra.field import Vec
from turncoat.protocols.arithmetic.family import Announced, Family, LinearShare
from turncoat.protocols.arithmetic.numbering import below
from turncoat.protocols.arithmetic.program import (
    Layout,
    Program,
    PublicInfo,
    Values,
    finished,
    results,
)
from turncoat.protocols.arithmetic.secret_array import SecretArray, SecretComputation
from turncoat.protocols.arithmetic.slots import slots


@attrs.frozen(eq=False)
class InputRecord:
    """What is held of the inputs at the end of the input phase: party index → sid of the input,
    below that of the program → its share, or whatever the family takes for a witness.

    Written by the parties, and by a functionality that knows more than they; read by the judge
    after the run. No party ever reads it.
    """

    shares: dict[int, dict[str, Any]] = attrs.field(factory=dict[int, dict[str, Any]])

    def keep(self, party: int, shares: Mapping[str, Any]) -> None:
        """Note what a party holds once all inputs have reached it."""
        self.shares[party] = dict(shares)


class NoEffectiveInput(ValueError):
    """The honest parties' shares determine no single input of a corrupted owner."""


async def run_program(
    party: Party,
    family: Family[Any],
    program: Program,
    inputs: Values,
    layout: Layout,
    params: Mapping[str, Any] | None = None,
    to: Sequence[int] | None = None,
    record: InputRecord | None = None,
    announced: Sequence[Announced] = (),
) -> Any:
    """The outputs of a program at this party; None if they are opened to others only.

    inputs: this party's own, by name. layout: public shapes, party → input → shape, with every
    party in the order 1…n (an empty mapping for a party without inputs). to: indices of those who
    learn the outputs (default: all). record: where to note what is held of the inputs. announced:
    the program's steps as far as they are public (`predict.announce`), for families that prepare.

    Rounds: those of setup and preprocessing, one for all inputs together, those of the program,
    those of one opening for all outputs together.
    Raises ValueError for own inputs that do not fit the layout.
    """
    params = params or {}
    family = await family.prepare(party, announced)
    with party.phase("online"):
        shares = await _share_inputs(
            party, family, _own_inputs(party, family, inputs, layout), layout
        )
        if record is not None:
            record.keep(party.me, _witnesses(party, family, shares))
        mpc = SecretComputation(party, family)
        secrets = {
            owner: {slot.name: mpc.array(shares[slot.sid]) for slot in slots(layout, owner)}
            for owner in layout
        }
        returned = results(await program(mpc, secrets, **params), SecretArray, program)
        receivers = party.everyone if to is None else to
        opened = await _open_outputs(party.sub("output"), mpc, returned, receivers)
    return None if opened is None else finished(program, opened, PublicInfo(layout, params))


async def _share_inputs(
    party: Party, family: Family[Any], own: Mapping[str, Vec], layout: Layout
) -> dict[str, LinearShare]:
    """All inputs of all parties in one round: first everything is sent, then awaited. By sid."""
    subs = {slot: party.sub(slot.sid) for slot in slots(layout)}
    for slot, sub in subs.items():
        if slot.index == party.me:
            family.deal_input(sub, own[slot.name])
    return {
        slot.sid: await family.receive_input(sub, slot.index, slot.shape)
        for slot, sub in subs.items()
    }


def _witnesses(
    party: Party, family: Family[Any], shares: Mapping[str, LinearShare]
) -> dict[str, Any]:
    return {sid: family.witness(below(party.sid, sid), share) for sid, share in shares.items()}


def _own_inputs(
    party: Party, family: Family[Any], inputs: Values, layout: Layout
) -> dict[str, Vec]:
    """This party's inputs in the field. Raises ValueError unless they are those of the layout."""
    owner = list(layout)[party.me - 1]
    own = {name: family.field(values) for name, values in inputs.items()}
    shapes = {name: vec.shape for name, vec in own.items()}
    if shapes != dict(layout[owner]):
        raise ValueError(
            f"{owner} (P{party.me}) has inputs of shapes {shapes}, the layout says "
            f"{dict(layout[owner])}"
        )
    return own


async def _open_outputs(
    party: Party, mpc: SecretComputation, returned: Mapping[str, SecretArray], to: Sequence[int]
) -> dict[str, NDArray[Any]] | None:
    """All results in one opening; None where they are not opened to this party."""
    together = mpc.concatenate(result.reshape(-1) for result in returned.values())
    opened = await mpc.family.open(party, together.secret, to)
    if opened is None:
        return None
    values, at, out = opened.centred(), 0, dict[str, NDArray[Any]]()
    for name, result in returned.items():
        out[name] = values[at : at + result.size].reshape(result.shape)
        at += result.size
    return out


def effective_inputs(
    given: Mapping[str, Values],
    record: InputRecord,
    family: Family[Any],
    layout: Layout,
    corrupted: Collection[int],
) -> dict[str, dict[str, Any]]:
    """The inputs on which the right output is judged: as given for honest owners, for corrupted
    ones what the honest parties' shares determine, centred.

    Raises NoEffectiveInput if some corrupted owner has fixed none.
    """
    honest = {i: held for i, held in record.shares.items() if i not in corrupted}
    effective: dict[str, dict[str, Any]] = {owner: dict(given[owner]) for owner in layout}
    for slot in slots(layout):
        if slot.index not in corrupted:
            continue
        vec = family.extract_input({i: held[slot.sid] for i, held in honest.items()})
        if vec is None:
            raise NoEffectiveInput(
                f"the {len(honest)} honest parties that finished the input phase hold no single "
                f"{slot.name} of {slot.owner}; an owner that contradicts itself has no input"
            )
        effective[slot.owner][slot.name] = vec.reshape(slot.shape).centred()
    return effective
