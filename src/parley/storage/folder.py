"""The data folder: all data of a Parley server."""

import errno
import os
import shutil
import stat
import time
from pathlib import Path
from typing import Final

from platformdirs import user_data_path


def default_data_folder() -> Path:
    """Return the default data folder: the place where this system keeps this user's data."""
    return user_data_path("parley", appauthor=False)


def make_data_folder(folder: Path) -> None:
    """Create the folder, readable by its owner only, if it does not exist. It survives a power loss.

    Raises:
        OSError: it can't be created.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "nt":  # Windows can't sync a folder
        return
    # A new folder is an entry in its parent. SQLite syncs its files and their folder, but no parent folders.
    for path in missing:
        parent = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)


_ADVICE: Final = {
    errno.ENOSPC: "Make room on its disk, and start again.",
    errno.EDQUOT: "Make room within the quota, and start again.",
    errno.EROFS: "Its file system can only be read: choose another folder with --data.",
    errno.EACCES: "Start the server as the user who owns it, or choose another folder with --data.",
    errno.EPERM: "Start the server as the user who owns it, or choose another folder with --data.",
    errno.EEXIST: "It is a file: move it away, or choose another folder with --data.",
    errno.ENOTDIR: "A part of its path is a file: choose another folder with --data.",
}


def in_words(error: OSError) -> str:
    """Return the error of an operation on the folder as a sentence, with advice on what to do."""
    why = f"{error.strerror or error}."
    advice = _ADVICE.get(error.errno or 0)
    return f"{why} {advice}" if advice else why


LEAST_FREE_BYTES: Final = 200 * 1024 * 1024
"""A disk with less free space is reported as nearly full."""

_FIRST_DAY: Final = 1_767_225_600
"""2026-01-01 UTC, in seconds since 1970 UTC. A clock that shows an earlier time is reported as wrong."""

_ON_A_NETWORK: Final = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph"))


def troubles(folder: Path) -> list[str]:
    """Return warnings about this data folder, as sentences: conditions that will harm a server sooner or later."""
    try:
        free, mode = shutil.disk_usage(folder).free, folder.stat().st_mode
    except OSError:
        return []
    return judge(folder, free, mode, _file_system(folder), time.time())


def judge(folder: Path, free: int, mode: int, file_system: str, now: float) -> list[str]:
    """Return the warnings about a folder. Pure: `troubles` finds out the arguments.

    Args:
        folder: the folder.
        free: the free bytes of its disk.
        mode: the folder's mode, as of `stat`.
        file_system: the type of its file system; empty if it is not known.
        now: the machine's time, in seconds since 1970 UTC.
    """
    found = []
    if free < LEAST_FREE_BYTES:
        found.append(f"The disk of {folder} is nearly full: {free // 1024**2:,} MB are free. Make room there.")
    if os.name == "posix" and mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        found.append(f"Every user of this machine can replace the files in {folder}: chmod o-w {folder}")
    if file_system in _ON_A_NETWORK:
        where = f"{folder} is on a network file system ({file_system})"
        found.append(f"{where}, where SQLite may lose data. Use a disk of this machine.")
    if now < _FIRST_DAY:
        found.append("The clock of this machine is wrong: messages would get wrong times. Set it.")
    return found


def _file_system(folder: Path) -> str:
    """Return the type of the folder's file system; empty on systems other than Linux, which have no `/proc/mounts`."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    mounts = [line.split() for line in lines]
    path = folder.resolve()
    under = [(len(place), kind) for _, place, kind, *_ in mounts if path.is_relative_to(place.replace("\\040", " "))]
    return max(under)[1] if under else ""
