"""The disk of the data folder: a small tmpfs that can be filled, if this process may mount one."""

import ctypes
import ctypes.util
import os
import sys
from pathlib import Path

SIZE_MIB = 192

_NEW_NAMESPACE = 0x00020000
_PRIVATE_RECURSIVE = 0x4000 | 0x40000
_DETACH = 2


class Disk:
    """A folder for data. If `small`, it is a tmpfs in a mount namespace that ends with this process.

    Make it before any thread starts, because a namespace belongs to a thread.

    Attributes:
        path: the folder.
        small: whether it is a tmpfs that `fill` can fill.
    """

    def __init__(self, path: Path, *, small: bool = True) -> None:
        self.path = path
        path.mkdir()
        self.small = small and _mount(path)
        self._filler = path / "filler"

    def fill(self) -> None:
        """Fill the disk until no byte is free."""
        file = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for chunk in (1024 * 1024, 64 * 1024, 4096):
                _write_until_full(file, chunk)
        finally:
            os.close(file)

    def clear(self) -> None:
        """Free the space that `fill` took."""
        self._filler.unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount the tmpfs."""
        if self.small:
            self.small = False
            _libc().umount2(os.fsencode(self.path), _DETACH)


def _write_until_full(file: int, size: int) -> None:
    chunk = bytes(size)
    try:
        while os.write(file, chunk) == size:
            pass
    except OSError:
        pass


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)


def _mount(path: Path) -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    libc = _libc()
    if libc.unshare(_NEW_NAMESPACE) or libc.mount(b"none", b"/", None, _PRIVATE_RECURSIVE, None):
        return False
    options = f"size={SIZE_MIB}m,mode=700".encode()
    return bool(libc.mount(b"tmpfs", os.fsencode(path), b"tmpfs", 0, options) == 0)
