"""The data folder: its default place, and its durable creation."""

import errno
import os
import stat

import pytest

from parley.storage.folder import LEAST_FREE_BYTES, default_data_folder, in_words, judge, make_data_folder, troubles


def test_the_default_is_in_the_users_own_data(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = default_data_folder()
    assert folder.name == "parley"
    assert folder.is_absolute()
    assert not (tmp_path / "parley").exists()  # the call does not create the folder


@pytest.mark.skipif(os.name == "nt", reason="folders can't be synced on Windows")
def test_the_folder_is_created_with_its_parents_and_each_entry_synced(monkeypatch, tmp_path):
    synced = []
    sync = os.fsync

    def note(file):
        synced.append(os.fstat(file).st_ino)
        sync(file)

    monkeypatch.setattr(os, "fsync", note)
    folder = tmp_path / "a" / "b" / "c"
    make_data_folder(folder)
    assert folder.is_dir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(synced) == {(tmp_path / part).stat().st_ino for part in (".", "a", "a/b")}

    synced.clear()
    make_data_folder(folder)
    assert synced == []


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "No space left on device. Make room on its disk, and start again."),
        (
            errno.EACCES,
            "Permission denied. Start the server as the user who owns it, or choose another ",
        ),
        (errno.EROFS, "Read-only file system. Its file system can only be read: choose another folder with --data."),
        (errno.EIO, "Input/output error."),
    ],
)
def test_an_error_of_the_folder_says_what_to_do(number, sentence):
    assert in_words(OSError(number, os.strerror(number))).startswith(sentence)


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(FileExistsError):
        make_data_folder(tmp_path / "data")


def test_conditions_that_will_harm_a_server_are_reported(tmp_path):
    fine = {"free": LEAST_FREE_BYTES, "mode": 0o40700, "file_system": "ext4", "now": 1.8e9}
    assert judge(tmp_path, **fine) == []
    wrong = {
        "is nearly full: 199 MB are free": {"free": LEAST_FREE_BYTES - 1},
        "can replace the files in": {"mode": 0o40777},
        "is on a network file system (nfs4)": {"file_system": "nfs4"},
        "The clock of this machine is wrong": {"now": 0.0},
    }
    for words, changed in wrong.items():
        [sentence] = judge(tmp_path, **fine | changed)
        assert words in sentence
    assert judge(tmp_path, **fine | {"mode": 0o41777}) == []  # with the sticky bit, as /tmp has it


def test_a_missing_folder_has_no_warnings(tmp_path):
    assert troubles(tmp_path / "nowhere") == []
