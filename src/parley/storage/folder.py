"""The data folder: all data of a Parley server."""

import os
from pathlib import Path

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
