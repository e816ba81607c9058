"""Every operation of every field and ring, on both engines, beside what the memory allows.

Floors are measured in the same run: copying as many bytes as the operation reads and writes, into
fresh memory as its result is, and AES-CTR of as many bytes as random elements take. A figure is
the best CPU time of several rounds; rounds of all engines and floors take turns.

    python benchmarks/field.py [--quick] [--only NAME] [--json FILE]
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is imported

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from turncoat.protocols.algebra import arithmetic
from turncoat.protocols.algebra.notation import parse_structure
from turncoat.protocols.algebra.polynomial import Polynomial
from turncoat.protocols.algebra.structure import Algebra
from turncoat.protocols.primitives.symmetric import AesCtrTape

NAMES = (
    "2^61 - 1", "2^31 - 1", "2^61 - 31", "2^64 - 59", "2^127 - 1", "Z_2^32", "Z_2^64", "Z_2^128",
    "GF(2)", "GF(2^8)", "GF(2^128)",
)  # fmt: skip
LENGTHS = (1, 16, 256, 100_000, 1_000_000)
ENGINES = ("numpy", "numba")
SLOW = ("GF(2^128)",)  # a million elements take a second
POINTS = (1, 2, 3, 4, 5)
SIDES = ((64, 64, 64), (256, 256, 256), (1024, 1024, 1))

Call = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """The best time of one operation on one engine [ns per element]; the floor's for as many
    bytes, 0 where there is none."""

    structure: str
    operation: str
    length: int
    engine: str
    ns: float
    floor_ns: float
    gb_per_s: float

    @property
    def ratio(self) -> float:
        return self.ns / self.floor_ns if self.floor_ns else 0.0


@dataclass(frozen=True)
class Operation:
    """What is timed, and the bytes that it reads and writes; floor: "copy", "aes" or ""."""

    name: str
    call: Call
    octets: int
    floor: str = "copy"


def operations(field: Algebra, size: int) -> Iterator[Operation]:
    tape = AesCtrTape(bytes(16))
    a, b, c = (field.random(tape, size) for _ in range(3))
    a = a + (~a.nonzero()).astype(int) if field.is_field else a * 2 + 1
    width, data = a.array.itemsize * size, bytes(field.encode(a))
    yield Operation("a + b", lambda: a + b, 3 * width)
    yield Operation("a - b", lambda: a - b, 3 * width)
    yield Operation("a * b", lambda: a * b, 3 * width)
    yield Operation("a * 3", lambda: a * 3, 2 * width)
    yield Operation("a @ b", lambda: a @ b, 2 * width)
    yield Operation("sum", lambda: a.sum(), width)
    yield Operation("combine 3", lambda: field.combine((1, 1, 1), (a, b, c)), 4 * width)
    if field.order > len(POINTS):
        f = Polynomial((a, b, c))
        yield Operation("share 5,2", lambda: f.at(POINTS), (3 + len(POINTS)) * width)
    if size <= 100_000:
        yield Operation("inverse", lambda: field.inv(a), 2 * width)
    yield Operation("encode", lambda: field.encode(a), width + len(data))
    yield Operation("decode", lambda: field.decode(data), width + len(data))
    yield Operation("random", lambda: field.random(tape, size), width, "aes")


def products(field: Algebra) -> Iterator[tuple[str, int, Call]]:
    tape = AesCtrTape(bytes(16))
    for r, k, c in SIDES:
        if field.name not in SLOW:
            a, b = field.random(tape, (r, k)), field.random(tape, (k, c))
            yield f"{r}x{k}x{c}", r * k * c, lambda a=a, b=b: a @ b


class Floors:
    """Copies and key streams of any number of bytes; each gives its best time [s]."""

    def __init__(self) -> None:
        self._cipher = Cipher(algorithms.AES(bytes(16)), modes.CTR(bytes(16))).encryptor()

    def call(self, operation: Operation) -> Call | None:
        if operation.floor == "aes":
            zeros = bytes(operation.octets)
            return lambda: self._cipher.update(zeros)
        if not operation.floor:
            return None
        source = np.ones(max(1, operation.octets // 2), np.uint8)  # as many are read as written
        return source.copy


def seconds(call: Call, at_least: float) -> float:
    """The CPU time of one call, of so many that they take that long together [s]."""
    count, took = 1, 0.0
    while True:
        start = time.process_time()
        for _ in range(count):
            call()
        took = time.process_time() - start
        if took >= at_least:
            return took / count
        count *= 2


def contest(operation: Operation, floors: Floors, rounds: int, at_least: float) -> dict[str, float]:
    """The best time of the floor and of each engine, which take turns [s]."""
    floor, best = floors.call(operation), dict.fromkeys((*ENGINES, "floor"), float("inf"))
    for _ in range(rounds):
        for engine in ENGINES:
            arithmetic.choice.order(engine)
            best[engine] = min(best[engine], seconds(operation.call, at_least))
        if floor is not None:
            best["floor"] = min(best["floor"], seconds(floor, at_least))
    return best


def figures(field: Algebra, lengths: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    floors = Floors()
    for size in lengths:
        for operation in operations(field, size):
            for engine in ENGINES:  # compiled and cached before anything is timed
                arithmetic.choice.order(engine)
                operation.call()
            best = contest(operation, floors, rounds, 0.004)
            for engine in ENGINES:
                yield Figure(
                    field.name, operation.name, size, engine,
                    ns=1e9 * best[engine] / size,
                    floor_ns=1e9 * best["floor"] / size if operation.floor else 0.0,
                    gb_per_s=operation.octets / best[engine] / 1e9,
                )  # fmt: skip


def matrix_figures(field: Algebra, rounds: int) -> Iterator[Figure]:
    for name, steps, call in products(field):
        for engine in ENGINES:
            arithmetic.choice.order(engine)
            call()
            best = min(seconds(call, 0.002) for _ in range(rounds))
            yield Figure(field.name, name, steps, engine, 1e9 * best / steps, 0.0, 0.0)


def show(found: list[Figure]) -> None:
    """Two engines side by side: time, throughput, and times the floor."""
    head = f"{'':12}{'length':>10} | " + " | ".join(f"{e:^29}" for e in ENGINES)
    print(f"\n{found[0].structure}\n{head}")
    for k in range(0, len(found), len(ENGINES)):
        row = found[k : k + len(ENGINES)]
        print(f"{row[0].operation:12}{row[0].length:>10,} | " + " | ".join(map(cell, row)))


def cell(figure: Figure) -> str:
    if figure.length < 1000:
        return f"{figure.ns * figure.length / 1000:11.2f} us a call      "
    times = f"{figure.ratio:5.1f}x" if figure.ratio else "      "
    speed = f"{figure.gb_per_s:6.2f} GB/s" if figure.gb_per_s else " " * 11
    return f"{figure.ns:8.2f} ns {speed}{times}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two rounds, no million elements")
    parser.add_argument("--only", action="append", help="one structure; may be given several times")
    parser.add_argument("--json", help="write all figures to this file")
    options = parser.parse_args()
    rounds = 2 if options.quick else 5
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print("ns per element; GB/s read and written; times the floor for as many bytes")
    everything: list[Figure] = []
    for name in options.only or NAMES:
        field = parse_structure(name)
        long = options.quick or name in SLOW
        lengths = tuple(n for n in LENGTHS if n < 1_000_000 or not long)
        found = [*figures(field, lengths, rounds), *matrix_figures(field, rounds)]
        show(found)
        everything += found
    if options.json:
        with open(options.json, "w") as file:
            json.dump([asdict(figure) for figure in everything], file, indent=1)


if __name__ == "__main__":
    main()
