"""`parley admin` on a running server: each test is a session of its administrator."""

import json
import re
import shlex
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from parley.cli.main import cli
from parley.clients.net import admin_client as client
from parley.wire.admin import PATH_BYTES
from tests.cli.office import PASSWORD, Office, parley


@pytest.fixture(scope="module", params=["data", "x" * PATH_BYTES], ids=["socket", "door"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A server with a Unix socket, if the system has them, and one whose folder's path is too long for one."""
    with Office(tmp_path_factory.mktemp(request.param)) as office:
        yield office


def rows(shown: str) -> list[list[str]]:
    return [re.split(r"  +", line) for line in shown.splitlines()]


# People


def test_the_life_of_an_account(office):
    assert office.does("user", "add", "ada", "--role", "admin", "--password-stdin", stdin=f"{PASSWORD}\n") == (
        "ada has an account now, as admin.\n"
    )
    office.sign_in("ada")
    assert office.does("user", "role", "ada", "owner") == "ada is owner now.\n"
    shown = office.does("user", "show", "ADA")
    assert re.search(r"^name +ada$", shown, re.M)
    assert re.search(r"^role +owner$", shown, re.M)
    assert re.search(r"^sessions +1$", shown, re.M)
    office.add("other", "--role", "owner")
    assert office.does("user", "disable", "ada", "--why", "lost a key", "--yes") == "ada is disabled.\n"
    status, problem = office.ask("POST", "/session", {"name": "ada", "password": PASSWORD})
    assert (status, problem["code"]) == (403, "account_disabled")
    assert office.gives("user", "show", "ada")["user"]["disabled"] is True
    assert office.does("user", "enable", "ada") == "ada is enabled.\n"
    office.sign_in("ada")
    assert office.does("user", "delete", "ada", "--yes") == "ada is deleted.\n"
    assert office.fails("user", "show", "ada") == "Error: There is nobody called ada here."


def test_a_new_password_ends_the_sessions_of_the_old_one(office):
    office.add("pia")
    token = office.sign_in("pia")
    office.does("user", "passwd", "pia", "--password-stdin", stdin="battery staple\r\n")
    assert office.ask("GET", "/me", token=token)[0] == 401
    assert office.ask("POST", "/session", {"name": "pia", "password": PASSWORD})[0] == 401
    office.sign_in("pia", "battery staple")


def test_a_password_is_read_from_standard_input_completely_or_refused(office):
    office.gives("user", "add", "umlaut", "--password-stdin", stdin="  grüße, welt \nignored\n".encode())
    office.sign_in("umlaut", "  grüße, welt ")
    result = office.admin("user", "add", "latin", "--password-stdin", stdin="grüße, welt".encode("latin-1"))
    assert result.exit_code == 2
    assert "The password on the standard input is not UTF-8." in result.stderr
    assert office.fails("user", "add", "latin", "--password-stdin", stdin="short\n") == (
        "Error: A password has 8 to 256 characters."
    )
    assert "short" not in office.log


@pytest.mark.parametrize("command", [("add", "nobody-yet"), ("passwd", "nobody-yet")])
def test_without_a_terminal_a_password_must_come_from_standard_input(command):
    result = parley("admin", "user", *command)
    assert result.exit_code == 2
    assert result.stderr.endswith("There is no terminal to ask for the password on: add --password-stdin.\n")


def test_the_list_of_users_joins_all_pages(office, monkeypatch):
    for name in ("page-a", "page-b", "page-c"):
        office.add(name)
    monkeypatch.setattr(client, "PAGE_USERS", 2)
    users = office.gives("user", "list")["users"]
    names = [user["name"] for user in users]
    assert len(names) == len(set(names))
    assert {"page-a", "page-b", "page-c"} <= set(names)
    assert set(users[0]) == {"id", "name", "role", "online", "profile", "disabled", "rooms"}
    [head, *lines] = rows(office.does("user", "list"))
    assert head == ["ID", "NAME", "ROLE", "ROOMS", "STATE"]
    assert [line[1] for line in lines] == names


def test_deleting_an_account_keeps_or_erases_its_messages(office):
    for name, options, left in (("keeper", (), "hello"), ("eraser", ("--erase",), "")):
        office.add(name)
        token = office.sign_in(name)
        room = office.make_room(token, f"of-{name}")
        assert office.ask("POST", f"/rooms/{room}/messages", {"text": "hello"}, token)[0] == 201
        office.does("user", "delete", name, *options, "-y")
        reader = office.add(f"reader-{name}") and office.sign_in(f"reader-{name}")
        page = office.ask("GET", f"/rooms/{room}/messages", token=reader)
        assert [(event["name"], event["text"]) for event in page[1]["events"]] == [("deleted user", left)]


def test_an_export_contains_all_of_an_accounts_data(office, tmp_path):
    office.add("xenia")
    token = office.sign_in("xenia")
    room = office.make_room(token, "exports", private=True)
    assert office.ask("POST", f"/rooms/{room}/messages", {"text": "mine"}, token)[0] == 201
    document = json.loads(office.does("user", "export", "xenia"))
    assert document["user"]["name"] == "xenia"
    assert [message["text"] for message in document["messages"]] == ["mine"]
    file = tmp_path / "xenia.json"
    assert office.does("user", "export", "xenia", "--to", str(file)) == f"Everything of xenia is in {file}.\n"
    assert json.loads(file.read_bytes()) == document
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert office.fails("user", "export", "xenia", "--to", str(file)) == f"Error: {file} is there already."
    assert json.loads(file.read_bytes()) == document


def test_a_failed_export_leaves_no_file(office, tmp_path, monkeypatch):
    def torn(self, write, *parts):
        write(b'{"user":')
        raise client.AdminError("The server went away before it had answered.")

    office.add("cut-off")
    monkeypatch.setattr(client.AdminClient, "download", torn)
    assert office.fails("user", "export", "cut-off", "--to", str(tmp_path / "x.json")).startswith(
        "Error: The server went"
    )
    assert not [*tmp_path.iterdir()]


# Rooms


def test_show_rename_archive_and_reopen_a_room(office):
    office.add("rosa")
    token = office.sign_in("rosa")
    room = office.make_room(token, "roses", private=True)
    [line] = [line for line in rows(office.does("room", "list")) if line[0] == str(room)]
    assert line[1:3] + line[4:] == ["#roses", "1", "private"]
    shown = office.does("room", "show", "#roses")
    assert re.search(r"^kind +private$", shown, re.M)
    assert re.search(r"^\d+ +rosa +owner", shown, re.M)
    assert office.does("room", "rename", "roses", "#tulips") == "#roses is called #tulips now.\n"
    assert office.does("room", "archive", "tulips", "--yes", "--why", "winter") == "#tulips is archived.\n"
    assert office.ask("POST", f"/rooms/{room}/messages", {"text": "?"}, token)[1]["code"] == "archived"
    assert office.gives("room", "show", "tulips")["room"]["archived"] is True
    assert office.does("room", "reopen", "tulips") == "#tulips is open.\n"
    assert office.ask("POST", f"/rooms/{room}/messages", {"text": "!"}, token)[0] == 201
    assert office.fails("room", "show", "roses") == "Error: There is no such room here."


def test_set_role_kick_ban_and_unban(office):
    office.add("gil")
    owner = office.add("gils-host") and office.sign_in("gils-host")
    token, room = office.sign_in("gil"), office.make_room(owner, "gils")
    come_in = ("PUT", f"/rooms/{room}/members/me", None, token)
    assert office.ask(*come_in)[0] == 200
    assert office.does("room", "role", "gils", "gil", "moderator") == "gil is moderator of #gils now.\n"
    roles = {member["name"]: member["role"] for member in office.gives("room", "show", "gils")["members"]}
    assert roles == {"gil": "moderator", "gils-host": "owner"}
    assert office.does("room", "kick", "gils", "gil", "--yes") == "gil is out of #gils.\n"
    assert office.fails("room", "kick", "gils", "gil", "--yes") == "Error: gil is not in this room."
    assert office.ask(*come_in)[0] == 200
    before = datetime.now(UTC)
    banned = office.gives("ban", "gils", "gil", "--for", "7d", "--why", "spam", "--yes")
    assert (
        timedelta(0)
        <= datetime.fromtimestamp(banned["until"] / 1000, UTC) - before - timedelta(days=7) + timedelta(seconds=1)
        < timedelta(minutes=1)
    )
    assert office.ask(*come_in)[1]["code"] == "banned"
    assert re.search(r"^ID +BANNED +UNTIL\n\d+ +gil +\d{4}-", office.does("room", "show", "gils"), re.M)
    assert office.does("unban", "gils", "gil") == "gil may come to #gils again.\n"
    assert office.ask(*come_in)[0] == 200
    assert office.does("ban", "gils", "gil", "--yes") == "gil is banned from #gils for good.\n"


def test_rooms_of_the_same_name_are_told_apart_by_id(office):
    one, two = (office.add(name) and office.sign_in(name) for name in ("twin-a", "twin-b"))
    first, second = office.make_room(one, "twins", private=True), office.make_room(two, "Twins", private=True)
    assert office.fails("room", "show", "twins") == (
        f"Error: There are 2 rooms of that name. Say which by its id: {first}, {second}."
    )
    assert office.gives("room", "show", str(second))["room"]["name"] == "Twins"


def test_a_number_is_an_id_unless_it_has_a_prefix(office):
    user = office.add("4711")
    room = office.make_room(office.sign_in("4711"), "815")
    assert office.gives("room", "show", "#815")["room"]["id"] == room
    assert office.fails("room", "show", "815") == "Error: There is no such room here."
    assert office.gives("user", "show", "@4711")["user"] == office.gives("user", "show", str(user["id"]))["user"]


# Invitations


def test_an_invitation_admits_people_as_configured(office):
    office.make_room(office.add("inviter") and office.sign_in("inviter"), "landing", private=True)
    shown = office.admin(
        "invite",
        "create",
        "--uses",
        "1",
        "--expires",
        "2h",
        "--room",
        "landing",
        "--role",
        "member",
        "--label",
        "for t",
    )
    assert shown.exit_code == 0
    link = urlsplit(shown.stdout.strip())
    assert (link.scheme, link.netloc) == ("http", office.address)
    code = link.path.removeprefix("/join/")
    [line] = [line for line in rows(office.does("invite", "list")) if "for t" in line]
    assert line[1:4] + line[5:] == ["for t", "member", "1", "#landing", "the server"]
    expires = datetime.strptime(line[4], "%Y-%m-%d %H:%M").astimezone()
    assert timedelta(minutes=115) < expires - datetime.now(UTC) < timedelta(minutes=121)
    body = {"name": "guest-of-t", "password": PASSWORD, "invitation": code, "bearer": True}
    status, admitted = office.ask("POST", "/accounts", body)
    assert (status, admitted["user"]["role"]) == (201, "member")
    assert office.ask("PUT", "/rooms/%23landing/members/me", None, admitted["token"])[0] == 200
    body = {"name": "too-late", "password": PASSWORD, "invitation": code}
    assert office.ask("POST", "/accounts", body)[1]["code"] == "invitation_unknown"


def test_an_invitation_is_revoked_by_the_beginning_of_its_id(office):
    made = office.gives("invite", "create", "--expires", "never", "--label", "oops")
    assert set(made) == {"invitation", "code", "url"}
    id_ = made["invitation"]["id"]
    assert made["invitation"]["until"] == 0
    assert office.does("invite", "revoke", id_[:10].upper(), "--yes") == (
        "The invitation oops lets nobody in any more.\n"
    )
    assert id_ not in [each["id"] for each in office.gives("invite", "list")["invitations"]]
    body = {"name": "refused", "password": PASSWORD, "invitation": made["code"]}
    assert office.ask("POST", "/accounts", body)[1]["code"] == "invitation_unknown"
    assert office.fails("invite", "revoke", id_, "--yes") == "Error: There is no such invitation."


def test_an_ambiguous_beginning_of_an_id_revokes_nothing(office):
    ids: list[str] = []
    while len({id_[0] for id_ in ids}) == len(ids):  # ends after 17 at most
        ids.append(office.gives("invite", "create")["invitation"]["id"])
    before = office.gives("invite", "list")
    assert office.fails("invite", "revoke", ids[-1][0], "-y") == "Error: More than one invitation begins like that."
    assert office.fails("invite", "revoke", "", "-y") == "Error: There is no such invitation."
    assert office.gives("invite", "list") == before


def test_bidirectional_control_characters_are_escaped(office):
    office.does("invite", "create", "--label", "rev\u202eesrever")
    assert r"rev\u202eesrever" in office.does("invite", "list")
    assert "\u202e" not in office.does("invite", "list", "--json")
    assert r"rev\u202eesrever" in office.does("audit")


# Sessions and tokens


def test_list_and_end_sessions(office):
    office.add("sis")
    first, second, third = (office.sign_in("sis") for _ in range(3))
    [head, *lines] = rows(office.does("session", "list", "sis"))
    assert head[:3] == ["ID", "KIND", "SINCE"]
    assert [line[1] for line in lines] == ["signed in"] * 3
    assert office.does("session", "end", "sis", lines[1][0], "--yes") == "The session has ended.\n"
    assert [office.ask("GET", "/me", token=token)[0] for token in (first, second, third)] == [200, 401, 200]
    assert office.fails("session", "end", "sis", lines[1][0], "--yes").startswith("Error: ")
    assert office.does("session", "end", "sis", "--all", "--yes") == "All sessions of sis have ended.\n"
    assert office.ask("GET", "/me", token=first)[0] == 401
    assert office.does("session", "list", "sis") == "There are no sessions.\n"


@pytest.mark.parametrize("which", [(), ("3", "--all")])
def test_ending_a_session_needs_an_id_or_all(office, which):
    result = office.admin("session", "end", "anybody", *which, "--yes")
    assert result.exit_code == 2
    assert "Say which session by its ID, or --all." in result.stderr


def test_a_bot_signs_in_with_tokens(office):
    shown = office.does("user", "add", "robo", "--role", "bot", "--label", "first")
    assert shown.startswith("robo has an account now, as bot.\n")
    first = shown.split()[-1]
    second = office.gives("token", "create", "robo", "--label", "second")["token"]
    assert [office.ask("GET", "/me", token=token)[0] for token in (first, second)] == [200, 200]
    tokens = [each for each in office.gives("token", "list")["tokens"] if each["name"] == "robo"]
    assert [each["label"] for each in tokens] == ["first", "second"]
    shown = office.does("token", "revoke", str(tokens[0]["id"]), "--yes")
    assert shown == "The token of robo is good for nothing any more.\n"
    assert [office.ask("GET", "/me", token=token)[0] for token in (first, second)] == [401, 200]
    assert office.fails("token", "revoke", str(tokens[0]["id"]), "--yes") == "Error: There is no such token."
    assert first not in office.log
    assert second not in office.log


def test_tokens_for_people_are_refused(office):
    office.add("human")
    assert office.fails("token", "create", "human") == "Error: human is no bot: people come in with their password."


# Webhooks


def test_an_incoming_and_an_outgoing_webhook(office):
    office.make_room(office.add("hooker") and office.sign_in("hooker"), "hooked")
    spoken = office.gives("webhook", "create", "hooked", "siren")
    assert set(spoken) == {"webhook", "url"}
    told = office.gives("webhook", "create", "hooked", "mirror", "--to", "https://example.org/x", "--kind", "message")
    assert set(told) == {"webhook", "secret"}
    hooks = office.gives("webhook", "list", "hooked")["webhooks"]
    assert {(hook["direction"], hook["label"], hook["room_name"]) for hook in hooks} == {
        ("in", "siren", "hooked"), ("out", "mirror", "hooked"),
    }  # fmt: skip
    assert [line[2:4] for line in rows(office.does("webhook", "list"))[1:]] == [["out", "mirror"], ["in", "siren"]]
    id_ = str(told["webhook"]["id"])
    assert office.does("webhook", "resume", "hooked", id_) == f"The webhook {id_} goes on.\n"
    assert office.does("webhook", "drop", "hooked", id_, "--yes") == "The webhook mirror has ended.\n"
    assert office.fails("webhook", "resume", "hooked", id_) == "Error: There is no such webhook here."
    assert [hook["label"] for hook in office.gives("webhook", "list")["webhooks"]] == ["siren"]


# The audit


def test_the_audit_describes_actions_in_words(office):
    office.add("tom")
    token = office.sign_in("tom")
    office.make_room(token, "toms")
    office.add("jerry")
    for arguments in (
        ("ban", "toms", "jerry", "--for", "1h", "--why", "mouse", "-y"),
        ("unban", "toms", "jerry"),
        ("room", "rename", "toms", "toms-house"),
        ("room", "archive", "toms-house", "-y"),
        ("user", "disable", "jerry", "--why", "a mouse", "-y"),
        ("user", "role", "tom", "admin"),
        ("session", "end", "tom", "--all", "-y"),
        ("invite", "create", "--role", "member", "--label", "cheese"),
    ):
        office.does(*arguments)
    shown = office.does("audit", "--last", "10")
    told = [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +", "", line) for line in shown.splitlines()[1:]]
    assert [re.sub(r"  +", " | ", re.sub("until .{16}", "until X", line)) for line in told] == [
        "jerry | registered, as member",
        "the server | made the account of jerry",
        "the server | #toms-house | banned jerry until X: mouse",
        "the server | #toms-house | lifted the ban of jerry",
        "the server | #toms-house | renamed the room: toms-house",
        "the server | #toms-house | archived the room",
        "the server | disabled jerry: a mouse",
        "the server | made tom admin",
        "the server | ended sessions of tom",
        f"the server | made invitation {office.gives('invite', 'list')['invitations'][-1]['id'][:10]} "
        "for members: cheese",
    ]


def test_the_audit_reads_as_many_entries_as_requested(office, monkeypatch):
    for _ in range(5):
        office.does("invite", "create")
    whole = office.gives("audit", "--last", "100000")["entries"]
    assert [entry["at"] for entry in whole] == sorted(entry["at"] for entry in whole)
    monkeypatch.setattr(client, "PAGE_AUDITED", 2)
    assert office.gives("audit", "--last", "5")["entries"] == whole[-5:]
    assert office.gives("audit", "--last", "100000")["entries"] == whole


# Scripts


def test_errors_are_json_too(office):
    result = office.admin("user", "show", "nobody-at-all", "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    assert json.loads(result.stdout) == {
        "problem": "There is nobody called nobody-at-all here.",
        "code": "user_unknown",
    }


DESTRUCTIVE = (
    ("user", "disable", "x"),
    ("user", "delete", "x"),
    ("room", "archive", "lobby"),
    ("room", "kick", "lobby", "x"),
    ("ban", "lobby", "x"),
    ("invite", "revoke", "x"),
    ("session", "end", "x", "--all"),
    ("token", "revoke", "1"),
    ("webhook", "drop", "lobby", "1"),
)


@pytest.mark.parametrize("command", DESTRUCTIVE, ids=" ".join)
def test_destructive_commands_do_nothing_without_confirmation(office, command):
    before = office.gives("audit", "--last", "1")
    result = office.admin(*command, stdin="y\n")
    assert result.exit_code == 2
    assert result.stderr.endswith("This asks first, and there is no terminal to answer on: add --yes.\n")
    assert office.gives("audit", "--last", "1") == before


def test_common_options_can_stand_anywhere(office):
    folder = str(office.folder)
    for arguments in (
        ("admin", "--data", folder, "--json", "room", "list"),
        ("admin", "room", "--data", folder, "list", "--json"),
        ("admin", "room", "list", "--data", folder, "--json"),
    ):
        assert json.loads(parley(*arguments).stdout)["rooms"]


def test_the_configuration_file_gives_the_data_folder(office, tmp_path):
    file = tmp_path / "parley.toml"
    file.write_text(f"data = {json.dumps(str(office.folder))}\n")
    assert parley("admin", "--config", str(file), "room", "list").stdout.startswith("ID")
    file.write_text("dta = 1\n")
    result = parley("admin", "--config", str(file), "room", "list")
    assert result.exit_code == 1
    assert "there is no key `dta`" in result.stderr


def test_the_data_option_overrides_the_configuration_file(office, tmp_path):
    file = tmp_path / "parley.toml"
    file.write_text(f"data = {json.dumps(str(tmp_path))}\n")
    assert office.does("--config", str(file), "room", "list")


def test_names_can_not_change_the_path_of_a_request(office):
    office.add("slash")
    office.sign_in("slash")
    before = office.gives("session", "list", "slash")
    for name in ("slash/sessions", "", ".", ".."):
        assert office.fails("user", "delete", name, "-y") == "Error: There is nothing and nobody of that name here."
    assert office.gives("session", "list", "slash") == before


# The guide

GUIDE = Path(__file__).parents[2] / "docs/guide/administration.md"


def leaves(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *names, name)
        else:
            yield (*names, name), command


def test_the_guide_lists_every_command_and_only_existing_options():
    commands = {("admin", *names): command for names, command in leaves(cli.get_command(None, "admin"))}
    commands[("config", "check")] = cli.get_command(None, "config").commands["check"]
    text = GUIDE.read_text(encoding="utf-8")
    summary = {
        ("admin", first, *([] if first in ("ban", "unban", "audit") else [each]))
        for first, rest in re.findall(r"^    parley admin (\w+) +(.+)$", text, re.M)
        for each in rest.split(" | ")
    }
    assert summary | {("config", "check")} == commands.keys()
    shown = re.findall(r"^    \$ parley (.+)$", text, re.M)
    assert len(shown) > 20
    for line in shown:
        words = shlex.split(line)
        [command] = [command for names, command in commands.items() if tuple(words[: len(names)]) == names]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line
