"""Every refusal has a complete sentence."""

import string

import msgspec
import pytest

from parley.core.refusals import SENTENCES, Refusal, refuse

VALUES = {
    "name": "Ada",
    "limit": 50,
    "length": 8001,
    "lines": 501,
    "seconds": 1.25,
    "why": "it is not JSON",
    "command": "/dance",
    "usage": "/join ROOM",
    "version": 1,
    "window": "15 minutes",
}


def needed(code):
    return {field for _, field, _, _ in string.Formatter().parse(SENTENCES[code]) if field}


@pytest.mark.parametrize("code", SENTENCES)
def test_every_refusal_is_a_complete_sentence(code):
    refusal = refuse(code, **{name: VALUES[name] for name in needed(code)})
    assert refusal.code == code
    assert refusal.retry_after is None
    assert refusal.message[0].isupper()
    assert refusal.message.endswith(".") or code == "command_usage"
    assert "\n" not in refusal.message
    assert "{" not in refusal.message.replace("{ }", "")  # the only braces are those allowed in names


@pytest.mark.parametrize("code", [code for code in SENTENCES if needed(code)])
def test_a_missing_value_raises_an_error(code):
    with pytest.raises(KeyError):
        refuse(code)


def test_an_unknown_code_raises_an_error():
    with pytest.raises(KeyError):
        refuse("because")


def test_examples_of_complete_sentences():
    assert refuse("name_taken", name="ada") == Refusal("name_taken", "The name ada is taken. Choose another.")
    assert refuse("text_too_long", length=12345).message == (
        "A message has at most 8,000 characters, this one has 12,345. It was not sent."
    )
    assert refuse("too_fast", 1250, seconds=1.25).retry_after == 1250
    assert refuse("too_fast", 1250, seconds=1.25).message == "You are sending too fast. Try again in 1.2 s."
    assert refuse("edit_closed", window="15 minutes").message == (
        "Messages here can be edited for 15 minutes. This one is older."
    )
    assert refuse("room_invalid").message.endswith("any of _ - . [ ] { } | ^ ` \\ and no spaces.")


def test_a_refusal_can_be_encoded_as_json():
    assert msgspec.json.decode(msgspec.json.encode(refuse("room_unknown"))) == {
        "code": "room_unknown",
        "message": "There is no such room here.",
        "retry_after": None,
    }
