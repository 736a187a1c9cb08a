"""The data folder: everything that a Parley server keeps."""

import os
from pathlib import Path

from platformdirs import user_data_path


def default_data_folder() -> Path:
    """Return where a server keeps its data unless told otherwise: where this system keeps this user's data."""
    return user_data_path("parley", appauthor=False)


def make_data_folder(folder: Path) -> None:
    """Make the folder, for its owner's eyes only, if there is none, so that it survives a power loss.

    Raises:
        OSError: it can't be made.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "nt":  # no folder can be synced there
        return
    # A new folder is an entry in its parent. SQLite syncs its files and their folder, nothing above.
    for path in missing:
        parent = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)
