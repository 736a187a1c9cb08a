"""All API requests for rooms, sessions and other things of other users. They are generated from the table of routes, so
that none is missing.
"""

import itertools
from typing import Final, NamedTuple

from parley.gateways.http.api.routes import ROUTES
from parley.gateways.http.api.routing import Route

STRANGERS: Final = ("owner", "admin", "eve", "bot", "visitor", "nobody")
"""The users who make the requests: the server's owner, an admin, a member, a bot, a guest, and someone without a
session.
"""

ROOMS: Final = ("private id", "private name", "#private name", "direct id", "direct name", "invited by link")
MINE: Final = "mine"
MESSAGE: Final = "message"
EMOJI: Final = "emoji"
IDS: Final = ("session", "token", "invitation", "outgoing webhook", "incoming webhook", "user")


class Ask(NamedTuple):
    """A route with names for the values of its parameters: a thing of ann's, a thing of the requesting user's, or a
    person (persons are not secret).
    """

    route: Route
    places: dict[str, str]


def asks() -> list[Ask]:
    found = []
    for route in ROUTES:
        kinds = {
            "room": ROOMS + ((MINE,) if "id" in route.places else ()),
            "id": IDS,
            "seq": (MESSAGE,),
            "emoji": (EMOJI,),
            "user": ("bob",) if "room" in route.places else ("ann",),
        }
        if not {"room", "id"} & set(route.places):
            continue  # the list of users is not secret
        for values in itertools.product(*(kinds[place] for place in route.places)):
            found.append(Ask(route, dict(zip(route.places, values, strict=True))))
    return found


ASKS: Final = asks()
ROUTES_WITH_IDS: Final = len({(ask.route.method, ask.route.path) for ask in ASKS})
