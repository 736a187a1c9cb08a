"""A client that was away for long gets what has changed instead of every change."""

from typing import Any

from parley.core.commands import Join, Leave
from tests.server.server_fixture import Serve, Server, Web


async def ask(web: Web, **frame: Any) -> dict[str, Any]:
    """Send a request; return its answer."""
    await web.sends(**frame, id="?")
    while (answer := await web.gets_frame()).get("id") != "?":
        pass
    return answer


async def says(web: Web, text: str) -> int:
    """Send a message; return its seq."""
    await web.sends(t="send", key=text.replace(" ", "-"), room=1, text=text)
    while (answer := await web.gets_frame()).get("t") != "stored":
        pass
    seq: int = answer["seq"]
    return seq


async def come_back(server: Server, token: str | None, seen: dict[str, Any]) -> tuple[Web, dict[str, Any]]:
    web = await server.web(token=token, seen=[seen])
    return web, web.ready["rooms"][0]


async def test_many_reactions_to_one_message_come_back_as_one_form(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    bob = await server.web("bob", "lobby")
    eve = await server.web("eve", "lobby")
    popular, deleted = await says(eve, "look"), await says(eve, "not this")
    [room] = (await ask(bob, t="rooms"))["rooms"]
    seen = {"room": 1, "epoch": room["epoch"], "seq": deleted}
    await bob.closes()
    for number in range(120):
        await ask(eve, t="react", room=1, seq=popular, emoji="👍", on=number % 2 == 0)
    await ask(eve, t="edit", room=1, seq=popular, text="look here")
    await ask(eve, t="react", room=1, seq=popular, emoji="🎉")
    await ask(eve, t="erase", room=1, seq=deleted)

    exact, room = await come_back(server, bob.token, seen)
    assert (room["after"], "folded" in room) == (deleted, False)
    await exact.closes()
    few, room = await come_back(server, bob.token, seen | {"fold": 500})
    assert (room["after"], "folded" in room) == (deleted, False)
    await few.closes()

    back, room = await come_back(server, bob.token, seen | {"fold": 50})
    assert (room["after"], room["folded"]) == (room["tip"], deleted)
    forms = await ask(back, t="changes", room=1, after=room["folded"], limit=1)
    [form] = forms["events"]
    assert (form["seq"], form["now"]["text"], form["now"]["reactions"]) == (popular, "look here", [["🎉", 1, False]])
    assert (forms["erased"], forms["more"], forms["upto"]) == ([deleted], True, room["tip"])
    rest = await ask(back, t="changes", room=1, after=forms["next"], limit=10)
    assert [(form["seq"], "text" in form, form["now"]["by"]) for form in rest["events"]] == [(deleted, False, 2)]
    assert not rest["more"]
    # What happens from now on comes by the stream.
    await ask(eve, t="react", room=1, seq=popular, emoji="👍")
    while (frame := await back.gets_frame())["t"] != "events":
        pass
    assert [event["kind"] for event in frame["events"]] == ["reacted"]


async def test_a_page_in_present_form_folds_comings_and_goings(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    bob = await server.web("bob", "lobby")
    first = await says(bob, "hello")
    await ask(bob, t="edit", room=1, seq=first, text="hello all")
    eve = await server.account("eve")
    for _ in range(8):
        await server.does(Join(eve, "lobby"))
        await server.does(Leave(eve, 1))
    last = await says(bob, "gone?")
    page = await ask(bob, t="history", room=1, limit=2, present=True, fold=True)
    assert [event["seq"] for event in page["events"]] == [last]
    [run] = page["runs"]
    assert (run["first"], run["last"], page["first"], page["last"]) == (last - 16, last - 1, last - 16, last)
    page = await ask(bob, t="history", room=1, limit=2, present=True, fold=True, before=page["first"])
    assert page["events"][-1]["now"]["text"] == "hello all"
    assert (page["last"], "runs" in page) == (last - 17, False)
