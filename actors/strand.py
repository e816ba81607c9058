"""`Strand`: one concurrent line of execution of a party. Knows no message and no session id."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar, cast

import attrs
import trio

from turncoat.actors.relay import Relay

T = TypeVar("T")


@attrs.define(eq=False)
class Strand:
    """depth: the causal depth of all it has consumed. over: has it ended? relay: what runs it."""

    depth: int = 0
    over: bool = False
    relay: Relay | None = None

    def live(self, program: Awaitable[Any]) -> Relay:
        """Await this to run the program as this strand, from now on that of the running task."""
        STRAND.set(self)
        self.relay = Relay(program)
        return self.relay


STRAND: ContextVar[Strand] = ContextVar("strand")


async def side_by_side(
    strands: Sequence[Coroutine[Any, Any, T]], cancel: Callable[[trio.CancelScope], None]
) -> list[T]:
    """Fork the running strand, and join; results in the order given. If one fails, `cancel` ends
    all; if several do in one instant, the first in the order given is heard."""
    parent = STRAND.get()
    forks = [Strand(parent.depth) for _ in strands]
    results: list[T | None] = [None] * len(strands)
    failures: dict[int, Exception] = {}

    async def run(index: int, scope: trio.CancelScope) -> None:
        try:
            results[index] = await forks[index].live(strands[index])
        except Exception as error:
            failures[index] = error
            cancel(scope)

    try:
        async with trio.open_nursery() as nursery:
            for index in range(len(strands)):
                nursery.start_soon(run, index, nursery.cancel_scope)
    finally:
        for fork in forks:
            fork.over = True
            parent.depth = max(parent.depth, fork.depth)
    if failures:
        raise failures[min(failures)]
    return cast("list[T]", results)
