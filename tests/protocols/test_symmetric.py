"""The key stream against published vectors; exactness and uniformity of the integers from it."""

import struct
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.actors.randomness import Tape
from turncoat.protocols.primitives.symmetric import AesCtrTape

KEY = bytes(range(16))
# E(K, 0), E(K, 1), E(K, 2) for the zero key and 128-bit counters: the hash key H and the blocks of
# test cases 1 and 2 of the GCM specification [McGrew, Viega 2005, appendix B].
ZERO_KEY_STREAM = bytes.fromhex(
    "66e94bd4ef8a2c3b884cfa59ca342b2e58e2fccefa7e3061367f1d57a4e7455a"
    "0388dace60b6a392f328c2b971b2fe78"
)
BOUNDS = [1, 2, 3, 5, 6, 7, 101, 2**8, 2**8 + 1, 2**32, 2**61 - 1, 2**63 + 1, 2**64 - 1, 2**64]


def by_the_book(key, bound, count):
    """Rejection sampling on 64-bit little-endian candidates, one round after the other."""
    tape, accepted, mask = AesCtrTape(key), [], (1 << (bound - 1).bit_length()) - 1
    while len(accepted) < count:
        missing = min(count - len(accepted), 1 << 14)
        candidates = struct.unpack(f"<{missing}Q", tape.octets(8 * missing))
        accepted += [c & mask for c in candidates if c & mask < bound]
    return accepted


def test_octets_are_the_published_key_stream():
    assert AesCtrTape(bytes(16)).octets(48) == ZERO_KEY_STREAM


@given(st.lists(st.integers(0, 100)))
def test_octets_go_on_where_they_stopped(sizes):
    tape = AesCtrTape(KEY)
    parts = b"".join(tape.octets(size) for size in sizes)

    assert parts == AesCtrTape(KEY).octets(sum(sizes))


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("count", [0, 1, 2, 17, 40_000])
def test_integers_are_those_of_rejection_sampling(bound, count):
    numbers = AesCtrTape(KEY).uniform(bound, count)

    assert numbers.dtype == np.uint64
    assert numbers.tolist() == by_the_book(KEY, bound, count)


@given(st.sampled_from(BOUNDS), st.integers(0, 300), st.binary(min_size=16, max_size=16))
def test_integers_are_below_the_bound(bound, count, key):
    numbers = AesCtrTape(key).uniform(bound, count).tolist()

    assert len(numbers) == count
    assert all(0 <= number < bound for number in numbers)


@pytest.mark.parametrize("bound", [2, 3, 5, 6, 7, 10, 101])
def test_every_integer_below_a_small_bound_is_equally_frequent(bound):
    """χ² over 10^5 draws with a fixed key; above mean + 6 deviations with chance below 10^-6."""
    count = 100_000
    seen = Counter(AesCtrTape(KEY).uniform(bound, count).tolist())
    statistic = sum((seen[v] - count / bound) ** 2 / (count / bound) for v in range(bound))
    freedom = bound - 1

    assert set(seen) == set(range(bound))
    assert statistic < freedom + 6 * (2 * freedom) ** 0.5 + 12


@pytest.mark.parametrize("bound", [2**61 - 1, 2**64])
def test_every_bit_of_large_integers_is_balanced(bound):
    """Each of 61 or 64 bits in 10^5 draws: 6 standard deviations, chance below 10^-6."""
    numbers = AesCtrTape(KEY).uniform(bound, 100_000)
    for bit in range((bound - 1).bit_length()):
        ones = int(((numbers >> np.uint64(bit)) & np.uint64(1)).sum())
        assert abs(ones - 50_000) < 6 * 158.2


def test_tapes_of_different_keys_differ_and_of_one_key_agree():
    first, again, other = AesCtrTape(KEY), AesCtrTape(KEY), AesCtrTape(bytes(16))
    numbers = first.uniform(2**64, 10).tolist()

    assert numbers == again.uniform(2**64, 10).tolist()
    assert numbers != other.uniform(2**64, 10).tolist()


@pytest.mark.parametrize("bound", [0, -1, 2**64 + 1])
def test_bounds_outside_1_to_2_to_the_64_are_refused(bound):
    with pytest.raises(ValueError, match=f"bound {bound}: coins are drawn below a bound"):
        AesCtrTape(KEY).uniform(bound, 1)


@pytest.mark.parametrize("length", [0, 15, 24, 32])
def test_keys_of_another_length_are_refused(length):
    with pytest.raises(ValueError, match=f"16 bytes .AES-128., not {length}"):
        AesCtrTape(bytes(length))


def test_an_aes_tape_serves_wherever_a_tape_is_wanted():
    tape: Tape = AesCtrTape(KEY)

    assert len(tape.octets(3)) == 3
