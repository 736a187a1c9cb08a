"""Parsing of moderation commands, and the list of commands."""

import pytest

from parley.wire.commands_help import COMMANDS, MODERATION, Order, UsageError, help_lines, parse_order, usage


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
