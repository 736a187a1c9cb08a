"""The data folder: all data of a Parley server."""

import errno
import os
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
    if os.name == "nt":  # no folder can be synced there
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
    """Return why something about the folder failed, and what to do."""
    why = f"{error.strerror or error}."
    advice = _ADVICE.get(error.errno or 0)
    return f"{why} {advice}" if advice else why
