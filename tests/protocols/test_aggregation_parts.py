"""The parts of secure aggregation on their own: packed vectors, graphs, shares, the memo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.actors.errors import MalformedMessage
from turncoat.protocols.aggregation.graph import complete, harary
from turncoat.protocols.aggregation.messages import pack_clients, unpack_clients
from turncoat.protocols.aggregation.pair_memo import PairMask, PairMemo
from turncoat.protocols.aggregation.residues import PackedResidues, Residues, residues, word_type
from turncoat.protocols.aggregation.sharing import reconstruct_secrets, share_secrets
from turncoat.protocols.primitives.key_agreement import KeyPair
from turncoat.protocols.primitives.masks import MaskExpander
from turncoat.protocols.primitives.symmetric import AesCtrTape


def tape(seed=0):
    return AesCtrTape(seed.to_bytes(16, "little"))


# -- packed vectors ------------------------------------------------------------------------------


@given(bits=st.integers(1, 64), values=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=40))
def test_packed_vectors_take_exactly_their_bits_and_come_back(bits, values):
    vec = residues(np.array(values, np.uint64), bits)
    structure = PackedResidues(bits, len(values))
    data = structure.encode(vec)

    assert len(data) == structure.encoded_size(vec) == -(-len(values) * bits // 8)
    number = sum((v % 2**bits) << bits * i for i, v in enumerate(values))
    assert data == number.to_bytes(len(data), "little")
    assert structure.decode(data) == vec


@pytest.mark.parametrize("bits", [7, 26, 32, 40, 64])
def test_long_vectors_are_packed_piece_by_piece_alike(bits):
    draw = np.random.default_rng(bits)
    vec = residues(draw.integers(0, 2**63, 40_001, dtype=np.uint64), bits)
    structure = PackedResidues(bits, vec.size)

    assert structure.decode(structure.encode(vec)) == vec


def test_what_no_encoder_produces_is_refused():
    structure = PackedResidues(5, 3)  # 15 bits in 2 bytes

    with pytest.raises(ValueError, match="bits behind the last entry must be 0"):
        structure.decode(b"\x00\x80")
    with pytest.raises(ValueError, match="3 bytes do not hold 3 entries"):
        structure.decode(bytes(3))


@given(bits=st.integers(1, 64), a=st.integers(0, 2**64 - 1), b=st.integers(0, 2**64 - 1))
def test_residues_add_modulo_r(bits, a, b):
    x, y = (residues(np.array([v], np.uint64), bits) for v in (a, b))

    assert (x + y).tolist() == [(a + b) % 2**bits]
    assert (x - y).tolist() == [(a - b) % 2**bits]
    assert (x + b).tolist() == [(a + b) % 2**bits]
    assert x == residues([a], bits)


def test_residues_of_another_modulus_are_no_message_here():
    assert not PackedResidues(8, 2).accepts(residues([1, 2], 9))
    assert not PackedResidues(8, 2).accepts(np.array([1, 2]))
    assert residues([1], 8) != residues([1], 9)
    with pytest.raises(ValueError, match="read-only"):
        residues([1], 8).words[0] = 2


@given(st.lists(st.integers(1, 2**32 - 1), unique=True, max_size=20))
def test_lists_of_clients_come_back(clients):
    clients = sorted(clients)

    assert unpack_clients(pack_clients(clients), "List").tolist() == clients


@pytest.mark.parametrize(
    "data", [b"\1\0\0", pack_clients([2, 1]), pack_clients([3, 3]), pack_clients([0, 1])]
)
def test_lists_that_are_not_ascending_are_malformed(data):
    with pytest.raises(MalformedMessage, match="List"):
        unpack_clients(data, "List")


# -- graphs --------------------------------------------------------------------------------------


@given(n=st.integers(3, 60), half=st.integers(1, 12), seed=st.integers(0, 2**32))
def test_the_random_graph_is_regular_symmetric_and_without_loops(n, half, seed):
    k = min(2 * half, (n - 1) & ~1)
    graph = harary(np.arange(1, n + 1, dtype=np.uint32), k, tape(seed))
    rows = [set(row) for row in graph.cohorts.tolist()]

    assert all(len(row) == k + 1 and r in row for r, row in enumerate(rows))
    assert all(r in rows[v] for r, row in enumerate(rows) for v in row)
    assert all(np.all(np.diff(row) > 0) for row in graph.cohorts)
    assert graph.degree == k


@given(n=st.integers(3, 40), half=st.integers(1, 6), seed=st.integers(0, 2**32))
def test_edges_lead_to_what_others_have_for_one(n, half, seed):
    k = min(2 * half, (n - 1) & ~1)
    clients = np.arange(5, n + 5, dtype=np.uint32)
    for graph in (harary(clients, k, tape(seed)), complete(clients)):
        flat = graph.cohorts.reshape(-1)
        for r in range(n):
            holders = graph.edges_into[r] // (graph.degree + 1)
            assert holders.tolist() == graph.cohorts[r].tolist()
            assert set(flat[graph.edges_into[r]].tolist()) == {r}


def test_labels_depend_on_the_coins_and_reach_every_edge():
    """Over many coins, every pair of 7 vertices of a 2-regular ring is joined about equally often:
    k/(n − 1) = 1/3 of 3,000 times, ± 5 standard deviations (129)."""
    n, times = 7, 3000
    joined = np.zeros((n, n), int)
    for seed in range(times):
        for r, row in enumerate(
            harary(np.arange(1, n + 1, dtype=np.uint32), 2, tape(seed)).cohorts
        ):
            joined[r, row] += 1

    off = joined[~np.eye(n, dtype=bool)]
    assert abs(off - times / 3).max() < 129


@pytest.mark.parametrize("degree", [0, 3, 6, 8])
def test_degrees_without_a_graph_are_refused(degree):
    with pytest.raises(ValueError, match="even degree below 6"):
        harary(np.arange(1, 7, dtype=np.uint32), degree, tape())


# -- shares --------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(n=st.integers(1, 12), data=st.data(), count=st.integers(1, 5), seed=st.integers(0, 2**32))
def test_any_threshold_of_shares_reconstructs_many_secrets_at_once(n, data, count, seed):
    threshold = data.draw(st.integers(1, n))
    secrets = [tape(seed + k).octets(32) for k in range(count)]
    points = data.draw(st.lists(st.integers(1, 10**6), min_size=n, max_size=n, unique=True))
    dealt = [
        share_secrets([secret], threshold, points, tape(k)) for k, secret in enumerate(secrets)
    ]
    chosen = [data.draw(st.permutations(range(n)))[:threshold] for _ in secrets]

    found = reconstruct_secrets(
        np.array([[points[i] for i in row] for row in chosen]),
        np.stack([table[row, 0] for table, row in zip(dealt, chosen, strict=True)]),
    )
    assert found == secrets


def test_one_share_fewer_gives_something_else():
    secret = tape().octets(32)
    dealt = share_secrets([secret], 4, range(1, 8), tape(1))
    short = reconstruct_secrets(np.array([[1, 2, 3]]), dealt[None, :3, 0])

    assert short != [secret]


def test_many_dealers_cross_the_block_of_interpolation():
    secrets = [tape(k).octets(32) for k in range(520)]
    tables = np.stack([share_secrets([s], 2, (3, 9), tape(k))[:, 0] for k, s in enumerate(secrets)])

    assert reconstruct_secrets(np.tile([3, 9], (520, 1)), tables) == secrets
    assert reconstruct_secrets(np.zeros((0, 2), int), np.zeros((0, 2, 32), np.uint8)) == []


# -- the memo ------------------------------------------------------------------------------------

TERMS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 3)), max_size=5, unique_by=lambda term: term[0]
)


@given(
    asked=st.lists(st.tuples(st.integers(1, 5), TERMS), max_size=12), bits=st.sampled_from([20, 50])
)
def test_whatever_is_asked_of_the_memo_it_answers_as_if_it_knew_nothing(asked, bits):
    """Also when one end names other seeds, or other peers, than the other end did."""
    dtype, m = word_type(bits), 3
    memos = PairMemo(dtype, m), PairMemo(dtype, m, sharing=False)
    for me, terms in asked:
        pairs = [PairMask(peer, bytes([seed]) * 32) for peer, seed in terms if peer != me]
        shared, apart = (memo.masks(me, pairs) for memo in memos)
        assert shared.tolist() == apart.tolist()
    assert memos[0].wanted == memos[1].wanted


def test_both_owners_of_two_keys_get_the_same_key_and_purposes_differ():
    u, v = (KeyPair(tape(k).octets(32)) for k in (1, 2))
    memo, apart = PairMemo(np.dtype(np.uint32), 1), PairMemo(np.dtype(np.uint32), 1, sharing=False)
    keys = [
        m.agree(own, other.public, purpose)
        for m in (memo, apart)
        for purpose in (b"a", b"b")
        for own, other in ((u, v), (v, u))
    ]

    assert keys[0] == keys[1] == keys[4] == keys[5]
    assert keys[2] == keys[3] == keys[6] == keys[7] != keys[0]


def test_the_masks_of_a_pair_cancel():
    memo = PairMemo(np.dtype(np.uint32), 1000)
    total = memo.masks(1, [PairMask(2, b"s" * 32)]) + memo.masks(2, [PairMask(1, b"s" * 32)])

    assert not total.any()
    assert memo.expander.expanded == 1


def test_a_mask_is_the_key_stream_read_as_little_endian_words():
    """AES-256-CTR with a zero counter, against the library's own stream in one piece."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415

    seed, size = bytes(range(32)), 100_003
    for dtype in (np.uint32, np.uint64):
        words = np.zeros(size, dtype)
        MaskExpander(np.dtype(dtype)).add(seed, words)
        stream = Cipher(algorithms.AES256(seed), modes.CTR(bytes(16))).encryptor()
        expected = np.frombuffer(stream.update(bytes(words.nbytes)), words.dtype.newbyteorder("<"))
        assert np.array_equal(words, expected)


def test_seeds_have_all_their_256_bits():
    """Two seeds that differ in one bit, wherever it is, give unrelated masks (Flower folds its
    seeds to 32 bits); and a short seed is refused."""
    expander, seen = MaskExpander(np.dtype(np.uint64)), set()
    for bit in range(256):
        words = np.zeros(1, np.uint64)
        expander.add((1 << bit).to_bytes(32, "little"), words)
        seen.add(int(words[0]))
    assert len(seen) == 256
    with pytest.raises(ValueError, match="32 bytes, not 4"):
        expander.add(b"seed", np.zeros(1, np.uint64))


def test_residues_keep_their_bits_when_reshaped():
    assert residues(range(6), 10).reshape((2, 3)).reshape((6,)) == Residues(
        np.arange(6, dtype=np.uint32), 10
    )
