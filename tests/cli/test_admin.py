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
from tests.cli.admin_fixture import PASSWORD, AdminServer, parley


@pytest.fixture(scope="module", params=["data", "x" * PATH_BYTES], ids=["socket", "door"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminServer]:
    """A server with a Unix socket, if the system has them, and one whose folder's path is too long for one."""
    with AdminServer(tmp_path_factory.mktemp(request.param)) as server:
        yield server


def rows(shown: str) -> list[list[str]]:
    return [re.split(r"  +", line) for line in shown.splitlines()]


# People


def test_the_life_of_an_account(server):
    assert server.run("user", "add", "ada", "--role", "admin", "--password-stdin", stdin=f"{PASSWORD}\n") == (
        "ada has an account now, as admin.\n"
    )
    server.sign_in("ada")
    assert server.run("user", "role", "ada", "owner") == "ada is owner now.\n"
    shown = server.run("user", "show", "ADA")
    assert re.search(r"^name +ada$", shown, re.M)
    assert re.search(r"^role +owner$", shown, re.M)
    assert re.search(r"^sessions +1$", shown, re.M)
    server.add("other", "--role", "owner")
    assert server.run("user", "disable", "ada", "--why", "lost a key", "--yes") == "ada is disabled.\n"
    status, problem = server.ask("POST", "/session", {"name": "ada", "password": PASSWORD})
    assert (status, problem["code"]) == (403, "account_disabled")
    assert server.run_json("user", "show", "ada")["user"]["disabled"] is True
    assert server.run("user", "enable", "ada") == "ada is enabled.\n"
    server.sign_in("ada")
    assert server.run("user", "delete", "ada", "--yes") == "ada is deleted.\n"
    assert server.run_failing("user", "show", "ada") == "Error: There is nobody called ada here."


def test_an_account_is_renamed(server):
    server.add("oldname")
    token = server.sign_in("oldname")
    assert server.run("user", "rename", "oldname", "newname") == "oldname is called newname now.\n"
    assert server.ask("GET", "/me", token=token)[1]["user"]["name"] == "newname"
    assert "is taken" in server.run_failing("user", "rename", "newname", "everyone")
    assert server.run_failing("user", "add", "..", "--password-stdin", stdin=f"{PASSWORD}\n").startswith(
        "Error: A name"
    )


def test_a_new_password_ends_the_sessions_of_the_old_one(server):
    server.add("pia")
    token = server.sign_in("pia")
    server.run("user", "passwd", "pia", "--password-stdin", stdin="battery staple\r\n")
    assert server.ask("GET", "/me", token=token)[0] == 401
    assert server.ask("POST", "/session", {"name": "pia", "password": PASSWORD})[0] == 401
    server.sign_in("pia", "battery staple")


def test_a_password_is_read_from_standard_input_completely_or_refused(server):
    server.run_json("user", "add", "umlaut", "--password-stdin", stdin="  grüße, welt \nignored\n".encode())
    server.sign_in("umlaut", "  grüße, welt ")
    result = server.admin("user", "add", "latin", "--password-stdin", stdin="grüße, welt".encode("latin-1"))
    assert result.exit_code == 2
    assert "The password on the standard input is not UTF-8." in result.stderr
    assert server.run_failing("user", "add", "latin", "--password-stdin", stdin="short\n") == (
        "Error: A password has 8 to 256 characters."
    )
    assert "short" not in server.log


@pytest.mark.parametrize("command", [("add", "nobody-yet"), ("passwd", "nobody-yet")])
def test_without_a_terminal_a_password_must_come_from_standard_input(command):
    result = parley("admin", "user", *command)
    assert result.exit_code == 2
    assert result.stderr.endswith("There is no terminal to ask for the password on: add --password-stdin.\n")


def test_the_list_of_users_joins_all_pages(server, monkeypatch):
    for name in ("page-a", "page-b", "page-c"):
        server.add(name)
    monkeypatch.setattr(client, "PAGE_USERS", 2)
    users = server.run_json("user", "list")["users"]
    names = [user["name"] for user in users]
    assert len(names) == len(set(names))
    assert {"page-a", "page-b", "page-c"} <= set(names)
    assert set(users[0]) == {"id", "name", "role", "online", "profile", "disabled", "rooms"}
    [head, *lines] = rows(server.run("user", "list"))
    assert head == ["ID", "NAME", "ROLE", "ROOMS", "STATE"]
    assert [line[1] for line in lines] == names


def test_deleting_an_account_keeps_or_erases_its_messages(server):
    for name, options, left in (("keeper", (), [("deleted user", "hello")]), ("eraser", ("--erase",), [])):
        server.add(name)
        token = server.sign_in(name)
        room = server.make_room(token, f"of-{name}")
        assert server.ask("POST", f"/rooms/{room}/messages", {"text": "hello"}, token)[0] == 201
        server.run("user", "delete", name, *options, "-y")
        reader = server.add(f"reader-{name}") and server.sign_in(f"reader-{name}")
        page = server.ask("GET", f"/rooms/{room}/messages", token=reader)
        assert [(event["name"], event["text"]) for event in page[1]["events"]] == left


def test_an_export_contains_all_of_an_accounts_data(server, tmp_path):
    server.add("xenia")
    token = server.sign_in("xenia")
    room = server.make_room(token, "exports", private=True)
    assert server.ask("POST", f"/rooms/{room}/messages", {"text": "mine"}, token)[0] == 201
    document = json.loads(server.run("user", "export", "xenia"))
    assert document["user"]["name"] == "xenia"
    assert [message["text"] for message in document["messages"]] == ["mine"]
    file = tmp_path / "xenia.json"
    assert server.run("user", "export", "xenia", "--to", str(file)) == f"Everything of xenia is in {file}.\n"
    assert json.loads(file.read_bytes()) == document
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert server.run_failing("user", "export", "xenia", "--to", str(file)) == f"Error: {file} is there already."
    assert json.loads(file.read_bytes()) == document


def test_a_failed_export_leaves_no_file(server, tmp_path, monkeypatch):
    def torn(self, write, *parts):
        write(b'{"user":')
        raise client.AdminError("The server went away before it had answered.")

    server.add("cut-off")
    monkeypatch.setattr(client.AdminClient, "download", torn)
    assert server.run_failing("user", "export", "cut-off", "--to", str(tmp_path / "x.json")).startswith(
        "Error: The server went"
    )
    assert not [*tmp_path.iterdir()]


# Rooms


def test_show_rename_archive_and_reopen_a_room(server):
    server.add("rosa")
    token = server.sign_in("rosa")
    room = server.make_room(token, "roses", private=True)
    [line] = [line for line in rows(server.run("room", "list")) if line[0] == str(room)]
    assert line[1:3] + line[4:] == ["#roses", "1", "private"]
    shown = server.run("room", "show", "#roses")
    assert re.search(r"^kind +private$", shown, re.M)
    assert re.search(r"^\d+ +rosa +owner", shown, re.M)
    assert server.run("room", "rename", "roses", "#tulips") == "#roses is called #tulips now.\n"
    assert server.run("room", "archive", "tulips", "--yes", "--why", "winter") == "#tulips is archived.\n"
    assert server.ask("POST", f"/rooms/{room}/messages", {"text": "?"}, token)[1]["code"] == "archived"
    assert server.run_json("room", "show", "tulips")["room"]["archived"] is True
    assert server.run("room", "reopen", "tulips") == "#tulips is open.\n"
    assert server.ask("POST", f"/rooms/{room}/messages", {"text": "!"}, token)[0] == 201
    assert server.run_failing("room", "show", "roses") == "Error: There is no such room here."


def test_set_role_kick_ban_and_unban(server):
    server.add("gil")
    owner = server.add("gils-host") and server.sign_in("gils-host")
    token, room = server.sign_in("gil"), server.make_room(owner, "gils")
    come_in = ("PUT", f"/rooms/{room}/members/me", None, token)
    assert server.ask(*come_in)[0] == 200
    assert server.run("room", "role", "gils", "gil", "moderator") == "gil is moderator of #gils now.\n"
    roles = {member["name"]: member["role"] for member in server.run_json("room", "show", "gils")["members"]}
    assert roles == {"gil": "moderator", "gils-host": "owner"}
    assert server.run("room", "kick", "gils", "gil", "--yes") == "gil is out of #gils.\n"
    assert server.run_failing("room", "kick", "gils", "gil", "--yes") == "Error: gil is not in this room."
    assert server.ask(*come_in)[0] == 200
    before = datetime.now(UTC)
    banned = server.run_json("ban", "gils", "gil", "--for", "7d", "--why", "spam", "--yes")
    assert (
        timedelta(0)
        <= datetime.fromtimestamp(banned["until"] / 1000, UTC) - before - timedelta(days=7) + timedelta(seconds=1)
        < timedelta(minutes=1)
    )
    assert server.ask(*come_in)[1]["code"] == "banned"
    assert re.search(r"^ID +BANNED +UNTIL\n\d+ +gil +\d{4}-", server.run("room", "show", "gils"), re.M)
    assert server.run("unban", "gils", "gil") == "gil may come to #gils again.\n"
    assert server.ask(*come_in)[0] == 200
    assert server.run("ban", "gils", "gil", "--yes") == "gil is banned from #gils for good.\n"


def test_what_somebody_said_of_late_is_deleted_in_all_rooms_or_in_one(server):
    user = server.add("spammer")
    token = server.sign_in("spammer")
    rooms = [server.make_room(token, f"spam-{number}") for number in range(3)]
    for room in rooms:
        for text in ("buy", "this"):
            assert server.ask("POST", f"/rooms/{room}/messages", {"text": text}, token)[0] == 201
    since = ("message", "delete", "--yes", "--since", "10m", "--user")
    assert server.run(*since, "spammer", "--room", "spam-1", "--why", "ads") == "2 messages are deleted in #spam-1.\n"
    assert server.run_json(*since, str(user["id"])) == {
        "rooms": [{"room": room, "name": f"spam-{at}", "erased": 2} for at, room in enumerate(rooms) if at != 1],
        "erased": 4,
    }
    assert server.run(*since, "spammer") == "0 messages are deleted in all rooms.\n"
    page = server.ask("GET", f"/rooms/{rooms[0]}/messages?everything=true", token=token)[1]
    assert "buy" not in [event["text"] for event in page["events"]]
    assert server.run_failing(*since, "nobody-at-all") == "Error: There is nobody called nobody-at-all here."
    assert "deleted a message of spammer: ads" in server.run("audit")


def test_rooms_of_the_same_name_are_told_apart_by_id(server):
    one, two = (server.add(name) and server.sign_in(name) for name in ("twin-a", "twin-b"))
    first, second = (
        server.make_room(one, "twins", private=True),
        server.make_room(two, "Twins", private=True),
    )
    assert server.run_failing("room", "show", "twins") == (
        f"Error: There are 2 rooms of that name. Say which by its id: {first}, {second}."
    )
    assert server.run_json("room", "show", str(second))["room"]["name"] == "Twins"


def test_a_number_is_an_id_unless_it_has_a_prefix(server):
    user = server.add("4711")
    room = server.make_room(server.sign_in("4711"), "815")
    assert server.run_json("room", "show", "#815")["room"]["id"] == room
    assert server.run_failing("room", "show", "815") == "Error: There is no such room here."
    assert server.run_json("user", "show", "@4711")["user"] == server.run_json("user", "show", str(user["id"]))["user"]


# Invitations


def test_an_invitation_admits_people_as_configured(server):
    server.make_room(server.add("inviter") and server.sign_in("inviter"), "landing", private=True)
    shown = server.admin(
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
    assert (link.scheme, link.netloc) == ("http", server.address)
    code = link.path.removeprefix("/join/")
    [line] = [line for line in rows(server.run("invite", "list")) if "for t" in line]
    assert line[1:4] + line[5:] == ["for t", "member", "1", "#landing", "the server"]
    expires = datetime.strptime(line[4], "%Y-%m-%d %H:%M").astimezone()
    assert timedelta(minutes=115) < expires - datetime.now(UTC) < timedelta(minutes=121)
    body = {"name": "guest-of-t", "password": PASSWORD, "invitation": code, "bearer": True}
    status, admitted = server.ask("POST", "/accounts", body)
    assert (status, admitted["user"]["role"]) == (201, "member")
    assert server.ask("PUT", "/rooms/%23landing/members/me", None, admitted["token"])[0] == 200
    body = {"name": "too-late", "password": PASSWORD, "invitation": code}
    assert server.ask("POST", "/accounts", body)[1]["code"] == "invitation_unknown"


def test_an_invitation_is_revoked_by_the_beginning_of_its_id(server):
    made = server.run_json("invite", "create", "--expires", "never", "--label", "oops")
    assert set(made) == {"invitation", "code", "url"}
    id_ = made["invitation"]["id"]
    assert made["invitation"]["until"] == 0
    assert server.run("invite", "revoke", id_[:10].upper(), "--yes") == (
        "The invitation oops lets nobody in any more.\n"
    )
    assert id_ not in [each["id"] for each in server.run_json("invite", "list")["invitations"]]
    body = {"name": "refused", "password": PASSWORD, "invitation": made["code"]}
    assert server.ask("POST", "/accounts", body)[1]["code"] == "invitation_unknown"
    assert server.run_failing("invite", "revoke", id_, "--yes") == "Error: There is no such invitation."


def test_an_ambiguous_beginning_of_an_id_revokes_nothing(server):
    ids: list[str] = []
    while len({id_[0] for id_ in ids}) == len(ids):  # ends after 17 at most
        ids.append(server.run_json("invite", "create")["invitation"]["id"])
    before = server.run_json("invite", "list")
    assert (
        server.run_failing("invite", "revoke", ids[-1][0], "-y") == "Error: More than one invitation begins like that."
    )
    assert server.run_failing("invite", "revoke", "", "-y") == "Error: There is no such invitation."
    assert server.run_json("invite", "list") == before


def test_bidirectional_control_characters_are_escaped(server):
    server.run("invite", "create", "--label", "rev\u202eesrever")
    assert r"rev\u202eesrever" in server.run("invite", "list")
    assert "\u202e" not in server.run("invite", "list", "--json")
    assert r"rev\u202eesrever" in server.run("audit")


# Sessions and tokens


def test_list_and_end_sessions(server):
    server.add("sis")
    first, second, third = (server.sign_in("sis") for _ in range(3))
    [head, *lines] = rows(server.run("session", "list", "sis"))
    assert head[:3] == ["ID", "KIND", "SINCE"]
    assert [line[1] for line in lines] == ["signed in"] * 3
    assert server.run("session", "end", "sis", lines[1][0], "--yes") == "The session has ended.\n"
    assert [server.ask("GET", "/me", token=token)[0] for token in (first, second, third)] == [200, 401, 200]
    assert server.run_failing("session", "end", "sis", lines[1][0], "--yes").startswith("Error: ")
    assert server.run("session", "end", "sis", "--all", "--yes") == "All sessions of sis have ended.\n"
    assert server.ask("GET", "/me", token=first)[0] == 401
    assert server.run("session", "list", "sis") == "There are no sessions.\n"


@pytest.mark.parametrize("which", [(), ("3", "--all")])
def test_ending_a_session_needs_an_id_or_all(server, which):
    result = server.admin("session", "end", "anybody", *which, "--yes")
    assert result.exit_code == 2
    assert "Say which session by its ID, or --all." in result.stderr


def test_a_bot_signs_in_with_tokens(server):
    shown = server.run("user", "add", "robo", "--role", "bot", "--label", "first")
    assert shown.startswith("robo has an account now, as bot.\n")
    first = shown.split()[-1]
    second = server.run_json("token", "create", "robo", "--label", "second")["token"]
    assert [server.ask("GET", "/me", token=token)[0] for token in (first, second)] == [200, 200]
    tokens = [each for each in server.run_json("token", "list")["tokens"] if each["name"] == "robo"]
    assert [each["label"] for each in tokens] == ["first", "second"]
    shown = server.run("token", "revoke", str(tokens[0]["id"]), "--yes")
    assert shown == "The token of robo is good for nothing any more.\n"
    assert [server.ask("GET", "/me", token=token)[0] for token in (first, second)] == [401, 200]
    assert server.run_failing("token", "revoke", str(tokens[0]["id"]), "--yes") == "Error: There is no such token."
    assert first not in server.log
    assert second not in server.log


def test_tokens_for_people_are_refused(server):
    server.add("human")
    assert (
        server.run_failing("token", "create", "human") == "Error: human is no bot: people come in with their password."
    )


# Webhooks


def test_an_incoming_and_an_outgoing_webhook(server):
    server.make_room(server.add("hooker") and server.sign_in("hooker"), "hooked")
    spoken = server.run_json("webhook", "create", "hooked", "siren")
    assert set(spoken) == {"webhook", "url"}
    told = server.run_json(
        "webhook", "create", "hooked", "mirror", "--to", "https://example.org/x", "--kind", "message"
    )
    assert set(told) == {"webhook", "secret"}
    hooks = server.run_json("webhook", "list", "hooked")["webhooks"]
    assert {(hook["direction"], hook["label"], hook["room_name"]) for hook in hooks} == {
        ("in", "siren", "hooked"), ("out", "mirror", "hooked"),
    }  # fmt: skip
    assert [line[2:4] for line in rows(server.run("webhook", "list"))[1:]] == [["out", "mirror"], ["in", "siren"]]
    id_ = str(told["webhook"]["id"])
    assert server.run("webhook", "resume", "hooked", id_) == f"The webhook {id_} goes on.\n"
    assert server.run("webhook", "drop", "hooked", id_, "--yes") == "The webhook mirror has ended.\n"
    assert server.run_failing("webhook", "resume", "hooked", id_) == "Error: There is no such webhook here."
    assert [hook["label"] for hook in server.run_json("webhook", "list")["webhooks"]] == ["siren"]


# The audit


def test_the_audit_describes_actions_in_words(server):
    server.add("tom")
    token = server.sign_in("tom")
    server.make_room(token, "toms")
    server.add("jerry")
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
        server.run(*arguments)
    shown = server.run("audit", "--last", "10")
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
        f"the server | made invitation {server.run_json('invite', 'list')['invitations'][-1]['id'][:10]} "
        "for members: cheese",
    ]


def test_the_audit_reads_as_many_entries_as_requested(server, monkeypatch):
    for _ in range(5):
        server.run("invite", "create")
    whole = server.run_json("audit", "--last", "100000")["entries"]
    assert [entry["at"] for entry in whole] == sorted(entry["at"] for entry in whole)
    monkeypatch.setattr(client, "PAGE_AUDITED", 2)
    assert server.run_json("audit", "--last", "5")["entries"] == whole[-5:]
    assert server.run_json("audit", "--last", "100000")["entries"] == whole


# Scripts


def test_errors_are_json_too(server):
    result = server.admin("user", "show", "nobody-at-all", "--json")
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
    ("message", "delete", "--user", "x", "--since", "1h"),
    ("invite", "revoke", "x"),
    ("session", "end", "x", "--all"),
    ("token", "revoke", "1"),
    ("webhook", "drop", "lobby", "1"),
)


@pytest.mark.parametrize("command", DESTRUCTIVE, ids=" ".join)
def test_destructive_commands_do_nothing_without_confirmation(server, command):
    before = server.run_json("audit", "--last", "1")
    result = server.admin(*command, stdin="y\n")
    assert result.exit_code == 2
    assert result.stderr.endswith("This asks first, and there is no terminal to answer on: add --yes.\n")
    assert server.run_json("audit", "--last", "1") == before


def test_common_options_can_stand_anywhere(server):
    folder = str(server.folder)
    for arguments in (
        ("admin", "--data", folder, "--json", "room", "list"),
        ("admin", "room", "--data", folder, "list", "--json"),
        ("admin", "room", "list", "--data", folder, "--json"),
    ):
        assert json.loads(parley(*arguments).stdout)["rooms"]


def test_the_configuration_file_gives_the_data_folder(server, tmp_path):
    file = tmp_path / "parley.toml"
    file.write_text(f"data = {json.dumps(str(server.folder))}\n")
    assert parley("admin", "--config", str(file), "room", "list").stdout.startswith("ID")
    file.write_text("dta = 1\n")
    result = parley("admin", "--config", str(file), "room", "list")
    assert result.exit_code == 1
    assert "there is no key `dta`" in result.stderr


def test_the_data_option_overrides_the_configuration_file(server, tmp_path):
    file = tmp_path / "parley.toml"
    file.write_text(f"data = {json.dumps(str(tmp_path))}\n")
    assert server.run("--config", str(file), "room", "list")


def test_names_can_not_change_the_path_of_a_request(server):
    server.add("slash")
    server.sign_in("slash")
    before = server.run_json("session", "list", "slash")
    for name in ("slash/sessions", ""):
        assert (
            server.run_failing("user", "delete", name, "-y") == "Error: There is nothing and nobody of that name here."
        )
    for name in (".", ".."):
        assert server.run_failing("user", "delete", name, "-y") == f"Error: There is nobody called {name} here."
    assert server.run_json("session", "list", "slash") == before


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


def test_a_long_export_shows_its_progress(server, monkeypatch):
    now = iter(range(0, 1_000, 4))
    monkeypatch.setattr("parley.cli.progress.time.monotonic", lambda: float(next(now)))
    server.add("xavier")
    result = server.admin("user", "export", "xavier")
    assert json.loads(result.stdout)["user"]["name"] == "xavier"
    assert result.stderr == "Exporting 0.0 MB (4 s)\n"
