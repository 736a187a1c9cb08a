"""Passwords are hashed at a high cost, outside the event loop, with a bounded queue."""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.server.auth.hash_worker import Cost, HashWorker
from parley.server.auth.passwords import Busy, Passwords
from tests.server.server_fixture import until

CHEAP = Cost(memory=8, passes=1, lanes=1)
DEAR = Cost(memory=4 * 1024, passes=4, lanes=1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    passwords = Passwords(cost=CHEAP)
    yield passwords
    passwords.close()


class HeldThread:
    """Blocks the thread that hashes until the test releases it."""

    def __init__(self, passwords: Passwords) -> None:
        self._open = threading.Event()
        self.task = asyncio.ensure_future(passwords._run(self._open.wait))

    async def open(self) -> None:
        self._open.set()
        await self.task


async def test_a_password_is_verified_and_no_other_is(passwords: Passwords) -> None:
    hash = await passwords.hash("correct horse")
    assert await passwords.verify(hash, "correct horse")
    for wrong in ("correct horsf", "Correct horse", "correct horse ", "correct", ""):
        assert not await passwords.verify(hash, wrong)


async def test_equal_passwords_have_different_hashes(passwords: Passwords) -> None:
    assert await passwords.hash("correct horse") != await passwords.hash("correct horse")


async def test_new_hashes_cost_what_owasp_recommends() -> None:
    passwords = Passwords()
    hash = await passwords.hash("correct horse")
    passwords.close()
    assert hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(hash) < 128


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zo\u00eb Stra\u00dfe", "Zoe\u0308 Stra\u00dfe"),  # typed on two systems
        ("correct\u00a0horse", "correct horse"),  # Option and space on a Mac
        ("\u30d1\u30b9\u30ef\u30fc\u30c9", "\u30cf\u309a\u30b9\u30ef\u30fc\u30c8\u3099"),
        ("\U0001f511" * 8, "\U0001f511" * 8),
    ],
)
async def test_a_password_is_the_same_however_the_keyboard_spells_it(
    passwords: Passwords, one: str, other: str
) -> None:
    assert await passwords.verify(await passwords.hash(one), other)
    assert await passwords.verify(await passwords.hash(other), one)


async def test_look_alike_characters_make_another_password(passwords: Passwords) -> None:
    hash = await passwords.hash("\uff50assword\u2460")
    assert not await passwords.verify(hash, "password1")


async def test_no_password_matches_an_unknown_name(passwords: Passwords) -> None:
    for password in ("", "correct horse", "\0" * 32, "\ud800"):
        assert not await passwords.verify(None, password)


@pytest.mark.parametrize("hash", ["", "x", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$é"])
async def test_a_malformed_hash_matches_no_password(passwords: Passwords, hash: str) -> None:
    assert not await passwords.verify(hash, "correct horse")


async def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    passwords = Passwords(cost=DEAR)
    hash = await passwords.hash("correct horse")
    unknown: list[float] = []
    wrong: list[float] = []
    # Measure both in turns, by the thread's own CPU time, so that other load on the machine does not matter.
    for _ in range(15):
        for asked, took in ((None, unknown), (hash, wrong)):
            began = await passwords._run(time.thread_time)
            assert not await passwords.verify(asked, "wrong horse")
            took.append(await passwords._run(time.thread_time) - began)
    passwords.close()
    assert 0.8 < statistics.median(unknown) / statistics.median(wrong) < 1.25


async def test_a_hash_with_another_cost_is_verified(passwords: Passwords) -> None:
    dearer = Passwords(cost=Cost(memory=16, passes=2, lanes=1))
    assert await dearer.verify(await passwords.hash("correct horse"), "correct horse")
    dearer.close()


async def test_when_too_many_wait_the_next_is_refused_at_once() -> None:
    passwords = Passwords(queue_most=3, cost=CHEAP)
    hash = await passwords.hash("correct horse")
    held = HeldThread(passwords)
    waiting = [asyncio.ensure_future(passwords.verify(hash, "correct horse")) for _ in range(2)]
    await asyncio.sleep(0)
    for _ in range(5):
        with pytest.raises(Busy):
            await passwords.verify(hash, "correct horse")
        with pytest.raises(Busy):
            await passwords.hash("correct horse")
    await held.open()
    assert await asyncio.gather(*waiting) == [True, True]
    assert await passwords.verify(hash, "correct horse")
    passwords.close()


async def test_a_cancelled_call_frees_its_place_in_the_queue() -> None:
    passwords = Passwords(queue_most=3, cost=CHEAP)
    held = HeldThread(passwords)
    for _ in range(20):
        gone = asyncio.ensure_future(passwords.verify(None, "correct horse"))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
    await held.open()
    assert await asyncio.gather(*(passwords.verify(None, "correct horse") for _ in range(3))) == [False] * 3
    passwords.close()


async def test_calls_that_wait_at_the_end_raise_busy() -> None:
    passwords = Passwords(cost=CHEAP)
    held = HeldThread(passwords)
    waiting = [asyncio.ensure_future(passwords.verify(None, "correct horse")) for _ in range(3)]
    await asyncio.sleep(0)
    passwords.close()
    passwords.close()
    for task in waiting:
        with pytest.raises(Busy):
            await task
    with pytest.raises(Busy):
        await passwords.hash("correct horse")
    await held.open()


async def test_lack_of_memory_raises_busy_and_is_no_wrong_password() -> None:
    vast = Passwords(cost=Cost(memory=2**32 - 1, passes=1, lanes=1))  # 4 TiB
    with pytest.raises(Busy):
        await vast.hash("correct horse")
    with pytest.raises(Busy):
        await vast.verify(None, "correct horse")
    vast.close()


async def test_the_loop_runs_while_passwords_are_checked() -> None:
    passwords = Passwords(cost=DEAR)
    await passwords.verify(None, "correct horse")
    checks = asyncio.gather(*(passwords.verify(None, "correct horse") for _ in range(5)))
    turns = 0
    while not checks.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 50
    passwords.close()


# Several passwords at once

needs_worker = pytest.mark.skipif(not HashWorker.possible, reason="a single thread does it there")


@pytest.fixture
def with_worker() -> Iterator[Passwords]:
    passwords = Passwords(cost=CHEAP, worker_from=1)
    yield passwords
    passwords.close()


@needs_worker
async def test_several_waiting_passwords_are_checked_in_one_process(with_worker: Passwords) -> None:
    hash = await with_worker.hash("correct horse")
    assert with_worker._worker is not None
    pid = with_worker._worker.pid
    asked = ["correct horse", "wrong horse", "", "\udcff", "correct horse"]
    answers = await asyncio.gather(*(with_worker.verify(hash, password) for password in asked))
    assert answers == [True, False, False, False, True]
    assert not await with_worker.verify(None, "correct horse")
    assert not await with_worker.verify("no hash", "correct horse")
    assert with_worker._worker.pid == pid


async def test_a_single_password_needs_no_process(passwords: Passwords) -> None:
    for _ in range(3):
        assert not await passwords.verify(None, "correct horse")
    assert passwords._worker is None


@pytest.mark.skipif(sys.platform != "linux", reason="this is how Linux shares out its time")
async def test_the_process_has_the_lowest_priority(with_worker: Passwords) -> None:
    await with_worker.hash("correct horse")
    assert with_worker._worker is not None
    pid = with_worker._worker.pid
    assert os.sched_getscheduler(pid) == os.SCHED_IDLE
    # Linux divides CPU time among sessions first, so the priority would have no effect if the process had a session of
    # its own.
    assert os.getsid(pid) == os.getsid(0)
    assert os.getpgid(pid) != os.getpgid(0)  # Ctrl-C does not reach it


@needs_worker
async def test_if_the_process_is_killed_every_password_is_still_checked(with_worker: Passwords) -> None:
    hash = await with_worker.hash("correct horse")
    assert with_worker._worker is not None
    first = with_worker._worker.pid
    os.kill(first, signal.SIGKILL)
    assert await with_worker.verify(hash, "correct horse")
    assert not await with_worker.verify(hash, "wrong horse")
    assert with_worker._worker is None or with_worker._worker.pid != first


@needs_worker
async def test_a_process_without_cpu_time_is_replaced_by_the_thread(
    with_worker: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash = await with_worker.hash("correct horse")
    assert with_worker._worker is not None
    monkeypatch.setattr("parley.server.auth.passwords.WORKER_TIMEOUT", 0.05)
    os.kill(with_worker._worker.pid, signal.SIGSTOP)
    assert await with_worker.verify(hash, "correct horse")
    assert with_worker._worker is None  # no new process is started for a while
    assert not await with_worker.verify(hash, "wrong horse")
    assert with_worker._worker is None


@needs_worker
async def test_without_a_process_the_thread_checks_passwords(
    with_worker: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    hash = await with_worker.hash("correct horse")
    assert await with_worker.verify(hash, "correct horse")
    assert with_worker._worker is None


@needs_worker
async def test_lack_of_memory_in_the_process_raises_busy() -> None:
    vast = Passwords(cost=Cost(memory=2**32 - 1, passes=1, lanes=1), worker_from=1)
    with pytest.raises(Busy):
        await vast.hash("correct horse")
    assert vast._worker is not None
    vast.close()


@needs_worker
async def test_close_ends_a_busy_process() -> None:
    passwords = Passwords(cost=Cost(memory=64 * 1024, passes=1000, lanes=1), worker_from=1)
    waiting = asyncio.ensure_future(passwords.verify(None, "correct horse"))
    await until(lambda: passwords._worker is not None)
    assert passwords._worker is not None
    process = passwords._worker._process
    passwords.close()
    assert process.wait(20) == -signal.SIGKILL
    with pytest.raises(Busy):
        await waiting


@needs_worker
def test_the_process_ends_with_its_server() -> None:
    code = """
from parley.server.auth.hash_worker import Cost, HashRequest, HashWorker
import os, signal
worker = HashWorker()
worker.ask(HashRequest(b"x", None, Cost(8, 1, 1)), 10)
print(worker.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    # `read` returns once no process has the pipe of standard error open.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == -signal.SIGKILL
    assert int(done.stdout) > 0


@needs_worker
async def test_modules_in_the_working_folder_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    (tmp_path / "argon2.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "parley.server.auth.passwords.WORKER_SLOW_SECONDS", 60.0
    )  # so that a slow start of the process does not count as slow
    passwords = Passwords(cost=CHEAP, worker_from=1)
    await passwords.hash("correct horse")
    assert passwords._worker is not None
    passwords.close()


MUMBLES = "import sys; sys.stdin.readline(); sys.stdout.write({!r}); sys.stdout.flush(); sys.stdin.read()"
"""A program that answers with a given text, whatever the request is."""


@needs_worker
@pytest.mark.parametrize("says", [b"true\n", b"[0, true]\n", b"[2, true]\n", b"[1, 1]\n", b"x\n", b"\n"])
async def test_an_answer_to_an_earlier_request_is_ignored(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch, says: bytes
) -> None:
    hash = await passwords.hash("correct horse")
    popen, mumbles = subprocess.Popen, [sys.executable, "-c", MUMBLES.format(says.decode())]
    monkeypatch.setattr(subprocess, "Popen", lambda _, **how: popen(mumbles, **how))
    with_worker = Passwords(cost=CHEAP, worker_from=1)
    assert not await with_worker.verify(hash, "wrong horse")
    with_worker.close()


@needs_worker
async def test_after_a_slow_answer_the_thread_checks_the_next_passwords(
    with_worker: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_worker.hash("correct horse")  # the first answer includes the start of the process
    monkeypatch.setattr("parley.server.auth.passwords.WORKER_SLOW_SECONDS", 0.0)
    await with_worker.hash("correct horse")
    assert with_worker._worker_after > time.monotonic()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
async def test_the_thread_has_a_low_priority(passwords: Passwords) -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert await passwords._run(niceness) > niceness()


def test_a_server_that_checks_no_passwords_does_not_load_argon2() -> None:
    code = "import sys, parley.server.auth.passwords as p; p.Passwords(); print('argon2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
