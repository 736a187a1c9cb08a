"""The queue of a WebSocket connection for input that it can't process yet."""

from hypothesis import given
from hypothesis import strategies as st

from parley.server.net.websocket import SLICE_BYTES, InputQueue


class CountedBytes(bytes):
    """Bytes that count how many of them are copied by slicing."""

    copied = 0

    def __getitem__(self, index):  # type: ignore[no-untyped-def,override]
        piece = super().__getitem__(index)
        CountedBytes.copied += len(piece)
        return piece


def test_each_waiting_byte_is_copied_at_most_once() -> None:
    CountedBytes.copied = 0
    queue, size = InputQueue(), 400 * SLICE_BYTES + 1
    queue.append(CountedBytes(size))
    taken = [queue.take_slice() for _ in range(401)]
    assert CountedBytes.copied == size
    # The rest is never copied as a whole, but taken in pieces of at most one slice.
    assert [len(each) for each in taken] == [SLICE_BYTES] * 400 + [1]
    assert not queue


@given(st.lists(st.integers(0, 3 * SLICE_BYTES), max_size=8))
def test_bytes_come_out_as_they_went_in(sizes: list[int]) -> None:
    data = [bytes([index + 1]) * size for index, size in enumerate(sizes)]
    queue = InputQueue()
    for each in data:
        queue.append(each)
    taken = []
    while queue:
        taken.append(queue.take_slice())
        assert 0 < len(taken[-1]) <= SLICE_BYTES
    assert b"".join(taken) == b"".join(data)


def test_small_pieces_are_read_together() -> None:
    queue = InputQueue()
    for _ in range(10):
        queue.append(b"x" * (SLICE_BYTES // 10))
    assert len(queue.take_slice()) == 10 * (SLICE_BYTES // 10)
    queue.append(b"a")
    queue.append(b"b" * SLICE_BYTES)
    assert queue.take_all() == b"a" + b"b" * SLICE_BYTES
    assert not queue
