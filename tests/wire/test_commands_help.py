"""Parsing of moderation commands, and the list of commands."""

import pytest

from parley.wire.commands_help import (
    COMMANDS,
    LAST,
    MODERATION,
    QUIET,
    Order,
    Substitution,
    UsageError,
    help_lines,
    parse_deletion,
    parse_number,
    parse_order,
    parse_reaction,
    parse_substitution,
    parse_switch,
    usage,
)


@pytest.mark.parametrize(
    ("command", "argument", "order"),
    [
        ("/invite", "ada", Order("invite", "ada")),
        ("/kick", "ada  two words ", Order("kick", "ada", why="two words")),
        ("/kick", "ada 7d", Order("kick", "ada", why="7d")),
        ("/ban", "ada 7d spam", Order("ban", "ada", duration=7 * 86_400_000, why="spam")),
        ("/ban", "ada spam 7d", Order("ban", "ada", why="spam 7d")),
        ("/unban", "ada", Order("ban", "ada", undo=True)),
        ("/unmute", "ada 7d", Order("mute", "ada", undo=True, why="7d")),
        ("/role", "ada moderator", Order("role", "ada", value="moderator")),
        ("/rename", "#hall", Order("rename", value="#hall")),
        ("/archive", "it is over", Order("archive", why="it is over")),
        ("/reopen", "", Order("archive", undo=True)),
    ],
)
def test_moderation_commands_are_parsed(command: str, argument: str, order: Order) -> None:
    assert parse_order(command, argument) == order


@pytest.mark.parametrize("command", [each for each in MODERATION if each not in ("/archive", "/reopen")])
def test_a_missing_argument_raises_the_usage(command: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_order(command, "")
    assert str(caught.value) == usage(command)
    assert str(caught.value).startswith(command)


def test_role_needs_a_role() -> None:
    with pytest.raises(UsageError, match="owner"):
        parse_order("/role", "ada")


def test_a_typing_error_in_a_duration_is_not_taken_as_a_reason() -> None:
    with pytest.raises(ValueError, match="2weeks is no time"):
        parse_order("/ban", "ada 2weeks spam")


def test_the_list_of_commands_is_aligned() -> None:
    first, *lines, _, _ = help_lines(COMMANDS.values())
    assert first == "Whatever you write goes to the room you are in. Beyond that:"
    assert {line.index(each.about) for line, each in zip(lines, COMMANDS.values(), strict=True)} == {25}


@pytest.mark.parametrize(
    ("argument", "parsed"),
    [
        ("", (None, "")),
        ("text", (None, "text")),
        ("41", (41, "")),
        ("[41]  two words", (41, "two words")),
        ("^ text", (LAST, "text")),
        ("41st place", (None, "41st place")),
        ("[41 text", (None, "[41 text")),
        ("-1 text", (None, "-1 text")),
        ("٤١ text", (None, "٤١ text")),
        ("#41 text", (41, "text")),
        ("9" * 99 + " text", (10**15 - 1, "text")),
    ],
)
def test_a_number_names_a_message(argument: str, parsed: object) -> None:
    assert parse_number(argument) == parsed


@pytest.mark.parametrize("argument", ["41,42", "41st", "[41", "n41 spam", "٤١"])
def test_a_mistyped_number_deletes_nothing(argument: str) -> None:
    with pytest.raises(UsageError):
        parse_deletion(argument)
    assert parse_deletion("spam 41") == (None, "spam 41")


@pytest.mark.parametrize(
    ("line", "substitution"),
    [
        ("s/a/b/", Substitution("a", "b", closed=True)),
        ("s/a b//", Substitution("a b", "", closed=True)),
        ("s/a/b", Substitution("a", "b", closed=False)),
        ("s/he/they/", Substitution("he", "they", closed=True)),
        ("s/e\u0301/e/", Substitution("é", "e", closed=True)),
        ("s/a/", None),
        ("s/a", None),
        ("s//b/", None),
        ("s/a/b/c", None),
        ("s/a/b/g/", None),
        ("s/he/they", None),
        ("S/a/b/", None),
        (" s/a/b/", None),
        ("and/or/not/", None),
    ],
)
def test_few_lines_are_substitutions(line: str, substitution: Substitution | None) -> None:
    assert parse_substitution(line) == substitution


def test_a_substitution_is_plain_text_and_changes_the_first_hit() -> None:
    assert Substitution(".", "!", closed=True).apply("a.b.c") == "a!b.c"
    assert Substitution(r"\d", "x", closed=True).apply("1") is None


@pytest.mark.parametrize(("argument", "reaction"), [("👍", ("👍", True)), ("-:+1:", (":+1:", False))])
def test_a_reaction_has_a_minus_to_take_it_back(argument: str, reaction: tuple[str, bool]) -> None:
    assert parse_reaction("/react", argument) == reaction


@pytest.mark.parametrize("argument", ["", "-", "👍 👍"])
def test_a_reaction_is_one_word(argument: str) -> None:
    with pytest.raises(UsageError):
        parse_reaction("/react", argument)


def test_switches() -> None:
    assert parse_switch("/numbers", "ON") == ("", True)
    assert parse_switch("/quiet", "joins off", QUIET) == ("joins", False)
    for argument in ("", "maybe", "on on", "reactions on"):
        with pytest.raises(UsageError):
            parse_switch("/numbers", argument)
