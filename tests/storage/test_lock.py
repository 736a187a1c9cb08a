"""One server per folder: a second one is refused at once, and a dead one leaves no lock."""

import os
import signal
import subprocess
import sys

import pytest

from parley.storage.lock import LOCK_NAME, FolderInUse, FolderLock

HOLDER = """
import sys
from pathlib import Path
from parley.storage.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""

OTHER = """
import sys
from pathlib import Path
from parley.storage.lock import FolderInUse, FolderLock
try:
    FolderLock(Path(sys.argv[1]))
except FolderInUse as problem:
    print(problem)
else:
    print("locked")
"""


@pytest.fixture
def holder(tmp_path):
    """A process that has locked the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "locked\n"
    with process:
        yield process
        process.kill()


def refusal_of_second_lock(folder):
    return subprocess.run([sys.executable, "-c", OTHER, folder], capture_output=True, text=True, check=True).stdout


def test_a_second_server_is_refused_with_a_sentence(tmp_path, holder):
    sentence = f"Another Parley server (process {holder.pid}) is using {tmp_path}."
    assert refusal_of_second_lock(tmp_path) == sentence + "\n"
    with pytest.raises(FolderInUse) as refused:
        FolderLock(tmp_path)
    assert str(refused.value) == sentence
    assert refused.value.pid == holder.pid


def test_another_folder_can_be_locked(tmp_path, holder):
    (tmp_path / "other").mkdir()
    FolderLock(tmp_path / "other").release()


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 on Windows")
def test_killing_the_process_releases_the_lock(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert int((tmp_path / LOCK_NAME).read_text()) == holder.pid  # the file is still there
    FolderLock(tmp_path).release()


def test_exiting_the_process_releases_the_lock(tmp_path, holder):
    holder.stdin.close()
    holder.wait()
    FolderLock(tmp_path).release()


def test_a_second_server_in_the_same_process_is_refused(tmp_path):
    lock = FolderLock(tmp_path)
    with pytest.raises(FolderInUse) as refused:
        FolderLock(tmp_path)
    assert refused.value.pid == os.getpid()
    assert refusal_of_second_lock(tmp_path).startswith(
        f"Another Parley server (process {os.getpid()}) "
    )  # still locked
    lock.release()
    assert refusal_of_second_lock(tmp_path) == "locked\n"


def test_programs_started_by_the_server_do_not_inherit_the_lock(tmp_path):
    lock = FolderLock(tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False) as child:
        lock.release()
        FolderLock(tmp_path).release()
        child.communicate(b"\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_release_works_although_a_forked_child_has_the_file_open(tmp_path):
    lock = FolderLock(tmp_path)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(theirs)
        os.read(ours, 1)
        os._exit(0)
    lock.release()
    FolderLock(tmp_path).release()
    os.close(theirs)
    os.close(ours)
    os.waitpid(child, 0)


def test_releasing_twice_does_no_harm(tmp_path):
    lock = FolderLock(tmp_path)
    lock.release()
    other = FolderLock(tmp_path)
    lock.release()
    assert refusal_of_second_lock(tmp_path).startswith("Another")
    other.release()


@pytest.mark.parametrize("text", ["", "what?", "\udcff"])
def test_an_unreadable_pid_is_left_out_of_the_message(tmp_path, text):
    lock = FolderLock(tmp_path)
    (tmp_path / LOCK_NAME).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(FolderInUse) as refused:
        FolderLock(tmp_path)
    assert str(refused.value) == f"Another Parley server is using {tmp_path}."
    assert refused.value.pid is None
    lock.release()


def test_a_longer_earlier_pid_is_overwritten_completely(tmp_path):
    (tmp_path / LOCK_NAME).write_text("99999999999999\n")
    lock = FolderLock(tmp_path)
    assert (tmp_path / LOCK_NAME).read_text() == f"{os.getpid()}\n"
    lock.release()


def test_locking_a_missing_folder_fails(tmp_path):
    with pytest.raises(FileNotFoundError):
        FolderLock(tmp_path / "nowhere")
