"""Finds out whether a user is alone on the server."""

from .view import View


def is_alone(view: View, user: int) -> bool:
    """Return whether no one else uses the server: there is no other account except bots, and no other guest is
    connected.

    It examines users only until it finds another one, so it costs little on a server with many.
    """
    return not any(
        other.id != user and other.role != "bot" and (other.account or view.online(other.id))
        for other in view.state.users.values()
    )
