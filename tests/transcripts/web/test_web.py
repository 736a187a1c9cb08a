"""Plays every session in this folder, and checks that each error code occurs in one of them or is listed in
`ELSEWHERE`.
"""

import json

import pytest

from parley.core.refusals import SENTENCES
from tests.server.server_fixture import Serve
from tests.transcripts.session import HERE, play_frames

SESSIONS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "web").glob("*.jsonl"))}

ELSEWHERE = {
    # codes of the line protocol
    "command_unfinished", "command_unknown", "command_usage", "line_invalid", "line_too_long",
    # codes that need a failing disk, an exception in a rule, or exact timing: tests/server has tests for them
    "not_stored", "not_read", "failed", "stopping",
    # never sent, because the connection is closed with a close code instead
    "frame_too_long",
    # codes of the HTTP API and of commands of the server's owner
    "account_unknown", "profile_invalid", "invitation_invalid", "hook_unknown", "key_used",
    # it takes a hundred messages: tests/core has a test for it
    "pins_full",
}  # fmt: skip


@pytest.mark.parametrize("name", SESSIONS)
async def test_session(name: str, serve: Serve) -> None:
    await play_frames(SESSIONS[name], serve)


def test_every_code_is_shown() -> None:
    shown = set()
    for text in SESSIONS.values():
        for line in text.splitlines():
            step = json.loads(line)
            if isinstance(step, list) and step[1] == "gets":
                frames = step[2] if isinstance(step[2], list) else [step[2]]
                shown |= {frame["code"] for frame in frames if frame["t"] == "error"}
    assert shown == SENTENCES.keys() - ELSEWHERE
