"""`parley admin` on a terminal: questions, passwords, tables, times."""

import time
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.cli.admin import table, times
from tests.cli.admin_fixture import PASSWORD, AdminServer
from tests.clients.processes import TerminalClient

terminal = pytest.mark.skipif("sys.platform == 'win32'", reason="needs a terminal of its own")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminServer]:
    with AdminServer(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture
def admin(server: AdminServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.delenv("COLUMNS", raising=False)  # it would override the terminal's own width
    clients: list[TerminalClient] = []

    def start(*arguments: str) -> TerminalClient:
        clients.append(TerminalClient(tmp_path, "admin", "--data", str(server.folder), *arguments))
        return clients[-1]

    yield start
    for client in clients:
        client.__exit__()


# Questions


@terminal
def test_a_password_is_asked_for_twice_and_never_shown(server, admin):
    person = admin("user", "add", "ada")
    person.wait("Password for ada: ")
    person.type(f"{PASSWORD}\n")
    person.wait("The same again: ")
    person.type("something else\n")
    again = person.wait("do not match", "Password for ada: ")
    person.type(f"{PASSWORD}\n")
    person.wait("The same again: ", after=again)
    person.type(f"{PASSWORD}\n")
    person.wait("ada has an account now, as member.")
    assert person.process.wait(15) == 0
    assert PASSWORD not in person.text
    assert "something else" not in person.text
    server.sign_in("ada")


@terminal
def test_destructive_commands_ask_and_accept_no(server, admin):
    server.add("eve")
    for answer in ("n\n", "\n"):
        person = admin("user", "delete", "eve")
        person.wait("Delete eve (id ", ") for good, and keep what they said, as a deleted user's? [y/N]: ")
        person.type(answer)
        person.wait("Nothing was done.")
        assert person.process.wait(15) == 1
    assert server.run_json("user", "show", "eve")
    person = admin("user", "delete", "eve", "--erase")
    person.wait("and erase all that they said? [y/N]: ")
    person.type("y\n")
    person.wait("eve is deleted.")
    assert person.process.wait(15) == 0
    assert server.run_failing("user", "show", "eve")


@terminal
def test_an_invitation_is_shown_as_a_qr_code(server, admin):
    person = admin("invite", "create", "--uses", "0", "--expires", "never")
    person.wait(f"http://{server.address}/join/", "▀", "It is shown this once, and lets anyone in.")
    assert person.process.wait(15) == 0


@terminal
def test_a_table_is_as_wide_as_the_terminal(server, admin):
    server.make_room(server.add("topical") and server.sign_in("topical"), "wide")
    token = server.sign_in("topical")
    assert server.ask("PATCH", "/rooms/%23wide", {"topic": "w" * 249}, token)[0] == 200
    person = admin("room", "list")
    person.wait("#wide", "www…")
    assert person.process.wait(15) == 0
    assert max(map(len, person.text.splitlines())) == 200
    # In a pipe no column is cut.
    assert "w" * 249 in server.run("room", "list")


# Tables

CELLS = st.text(st.characters(codec="utf-8"), max_size=30)


@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1)))
def test_columns_are_aligned_and_control_characters_escaped(rows):
    head = ["HEAD"] * len(rows[0])
    lines = [*table.table(head, rows, None)]
    assert len(lines) == len(rows) + 1
    for number in range(1, len(head)):
        ends = {table.width(before) for before in _before(rows, head, number)}
        assert len(ends) == 1
    for line in lines:
        assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in line)
        assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _before(rows, head, number):
    """Return the text before a column, line by line."""
    marked = [[*row[:number], "¶"] for row in rows]
    for line in table.table([*head[:number], "¶"], marked, None):
        yield line[: line.rindex("¶")]


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1), st.integers(0, 100))
def test_lines_fit_the_terminal_if_possible(rows, columns):
    lines = [*table.table(["A", "B", "C"], rows, columns)]
    assert max(map(table.width, lines)) <= max(columns, 3 * table.NARROWEST + 2 * len(table.GAP))


def test_wide_characters_take_two_columns_and_combining_marks_none():
    assert [*table.table(("A", "B"), [("日本", "x"), ("e\u0301", "y")], None)] == [
        "A     B",
        "日本  x",
        "e\u0301     y",
    ]


def test_the_widest_columns_are_cut_with_an_ellipsis():
    assert [*table.table(("ID", "TOPIC"), [("7", "a long story of much")], 14)] == ["ID  TOPIC", "7   a long st…"]


def test_a_tab_does_not_move_a_column():
    assert [*table.table(("A", "B"), [("a\tb", "c")], None)] == ["A    B", "a b  c"]


# Times


@pytest.fixture
def _far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "JST-9")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs a time zone of its own")
@pytest.mark.usefixtures("_far_east")
def test_times_are_in_local_time():
    assert times.moment(0) == "1970-01-01 09:00"
    assert times.moment(1_795_360_397_880, seconds=True) == "2026-11-23 00:13:17"


@pytest.mark.parametrize(
    ("written", "seconds"), [("10m", 600), ("2h", 7_200), ("7d", 604_800), ("2w", 1_209_600), ("36500d", 3_153_600_000)]
)
def test_durations(written, seconds):
    assert times.Duration().convert(written, None, None) == seconds


@pytest.mark.parametrize("written", ["", "7", "d", "0d", "-1d", "1.5h", "7 d", "7D", "never", "36501d", "٧d", "1d2h"])
def test_invalid_durations(written):
    with pytest.raises(click.BadParameter, match=r"is no duration; write 10m, 2h, 7d or 4w, a hundred years at most\."):
        times.Duration().convert(written, None, None)


def test_never_is_accepted_where_it_makes_sense():
    assert times.Duration(never=True).convert("never", None, None) == 0
    assert times.until(0) == times.until(None) == 0


def test_until_adds_the_duration_to_the_current_time():
    assert abs(times.until(60) - (datetime.now().astimezone().timestamp() + 60) * 1000) < 10_000
